"""The answer of ``cost_of()`` before anybody looks at it."""

from __future__ import annotations

from typing import Any, Callable

from ._native import unseen_amount, unseen_cost
from ._record import Record
from ._types import CallCost

_LOOKS = (
    "__contains__ __delitem__ __dir__ __eq__ __getattr__ __getitem__ __ior__ __iter__ __len__ __ne__ __or__ "
    "__reduce_ex__ __repr__ __reversed__ __ror__ __setitem__ __sizeof__ clear copy get items keys pop popitem "
    "setdefault update values"
).split()


class UnseenCallCost(CallCost):
    """Fills itself at the first look, and is an ordinary :class:`CallCost` from then on.

    Whoever asks for the cost alone does not make it fill itself.
    """

    __slots__ = ()

    cost = property(unseen_cost)


class UnseenCost(Record):
    """The same of the cost in it, for whoever asks for the amount alone."""

    __slots__ = ()

    amount = property(unseen_amount)


def _see(answer: Any, seen: type) -> None:
    # Another thread may be looking too: it finds the same objects, and filling twice changes nothing.
    unseen = dict.get(answer, ...)
    if unseen is not None:
        dict.update(answer, unseen.record())
        dict.pop(answer, ..., None)
    answer.__class__ = seen


_SEEN: dict[type, type] = {UnseenCallCost: CallCost, UnseenCost: Record}


def _looking(name: str, seen: type) -> Callable[..., Any]:
    def look(self: Any, *args: Any, **kwargs: Any) -> Any:
        for one in (self, *args):
            if type(one) in _SEEN:
                _see(one, _SEEN[type(one)])
        return getattr(seen, name)(self, *args, **kwargs)

    look.__name__ = name
    return look


for _unseen, _seen in _SEEN.items():
    for _name in _LOOKS:
        if hasattr(_seen, _name):  # ``|`` and ``reversed()`` came to dictionaries one after the other
            setattr(_unseen, _name, _looking(_name, _seen))
    _unseen.__name__ = _unseen.__qualname__ = _seen.__name__
    _unseen.__module__ = _seen.__module__
