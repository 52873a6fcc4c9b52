# Made of _api/* by scripts/async_api.py; change that one.
"""The resources of an asynchronous client."""
