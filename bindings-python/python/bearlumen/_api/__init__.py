"""The resources of a client. ``_api_async`` is made of them by ``scripts/async_api.py``."""
