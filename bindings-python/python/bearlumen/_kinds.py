"""What a value handed to ``track()`` is, by its type: asked once for each."""

from __future__ import annotations

from typing import Mapping, Sequence

RESPONSE = 0  # as the native module knows it
ITERATOR = 1
ASYNC_ITERATOR = 2
MANAGER = 3  # what a ``with`` block makes a stream of
ASYNC_MANAGER = 4
HTTP = 5
TRACKED = 6
BODY = 7  # an open body of bytes
EITHER_ITERATOR = 8  # its caller goes through it with ``for`` or with ``async for``


def kind_of(cls: type) -> int:
    """The kind of the instances of a class."""
    from ._streams import Tracked

    def has(*names: str) -> bool:
        return all(hasattr(cls, name) for name in names)

    if issubclass(cls, Tracked):
        return TRACKED
    # Containers hold what they are; models are iterable too, over their fields.
    if issubclass(cls, (Mapping, Sequence)) or has("__len__") or has("__pydantic_fields__") or has("__fields__"):
        return RESPONSE
    if has("raise_for_status") or has("http_request"):
        return HTTP
    # An iterable that can be closed draws from something: it can be gone through once.
    is_async = has("__anext__") or has("__aiter__", "close") or has("__aiter__", "aclose")
    is_iterator = has("__next__") or has("__iter__", "close")
    if is_async:
        return EITHER_ITERATOR if is_iterator else ASYNC_ITERATOR
    if has("read", "iter_chunks"):
        return BODY
    if is_iterator:
        return ITERATOR
    if has("__aenter__") and not has("__enter__"):
        return ASYNC_MANAGER
    if has("__enter__", "__exit__"):
        return MANAGER
    return RESPONSE
