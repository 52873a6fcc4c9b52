"""Results: dictionaries that answer both spellings of a key, and attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict


def _other_spelling(key: str) -> str:
    if "_" in key:
        first, *rest = key.split("_")
        return first + "".join(word[:1].upper() + word[1:] for word in rest)
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in key)


class Record(Dict[str, Any]):
    """A JSON object as the service sent it. ``r["totalCost"]``, ``r["total_cost"]`` and ``r.total_cost`` are one.

    It is an ordinary dictionary of what was sent, so where a key is named like a dictionary's method
    (``items``), the attribute is the method: write ``r["items"]``.
    """

    __slots__ = ()

    def __missing__(self, key: object) -> Any:
        if isinstance(key, str):
            other = _other_spelling(key)
            if dict.__contains__(self, other):
                return dict.__getitem__(self, other)
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        if dict.__contains__(self, key):
            return True
        return isinstance(key, str) and dict.__contains__(self, _other_spelling(key))

    def get(self, key: str, default: Any = None) -> Any:
        try:
            return self[key]
        except KeyError:
            return default

    if not TYPE_CHECKING:  # declared fields only, for a type checker: a misspelt name is an error

        def __getattr__(self, name):
            try:
                return self[name]
            except KeyError:
                raise AttributeError(f"{type(self).__name__} has no field {name!r}") from None

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self, *map(_other_spelling, self)})


def loads(text: str | bytes) -> Any:
    """Reads JSON; every object becomes a record."""
    import json  # only who reads results pays for it

    return json.loads(text, object_pairs_hook=Record)
