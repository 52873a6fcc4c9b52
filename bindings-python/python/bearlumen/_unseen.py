"""The answer of ``cost_of()`` before anybody looks at it."""

from __future__ import annotations

from typing import Any, Callable

from ._types import CallCost

_LOOKS = (
    "__contains__ __delitem__ __dir__ __eq__ __getattr__ __getitem__ __ior__ __iter__ __len__ __ne__ __or__ "
    "__reduce_ex__ __repr__ __reversed__ __ror__ __setitem__ __sizeof__ clear copy get items keys pop popitem "
    "setdefault update values"
).split()


class UnseenCallCost(CallCost):
    """Fills itself at the first look, and is an ordinary :class:`CallCost` from then on."""

    __slots__ = ()


def _see(answer: Any) -> None:
    # Another thread may be looking too: it finds the same objects, and filling twice changes nothing.
    unseen = dict.get(answer, ...)
    if unseen is not None:
        dict.update(answer, unseen.record())
        dict.pop(answer, ..., None)
    answer.__class__ = CallCost


def _looking(name: str) -> Callable[..., Any]:
    def look(self: UnseenCallCost, *args: Any, **kwargs: Any) -> Any:
        for seen in (self, *args):
            if type(seen) is UnseenCallCost:
                _see(seen)
        return getattr(CallCost, name)(self, *args, **kwargs)

    look.__name__ = name
    return look


for _name in _LOOKS:
    if hasattr(CallCost, _name):  # ``|`` and ``reversed()`` came to dictionaries one after the other
        setattr(UnseenCallCost, _name, _looking(_name))
UnseenCallCost.__name__ = UnseenCallCost.__qualname__ = CallCost.__name__
UnseenCallCost.__module__ = CallCost.__module__
