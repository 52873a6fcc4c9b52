"""JSON values as objects of the kinds that SDKs make."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any


class Slotted:
    """An object that has attributes but no dictionary."""

    __slots__ = ("_fields",)

    def __init__(self, fields: dict[str, Any]) -> None:
        self._fields = fields

    def __getattr__(self, name: str) -> Any:
        try:
            return self._fields[name]
        except KeyError:
            raise AttributeError(name) from None


def plain_objects(value: Any) -> Any:
    return as_objects(lambda fields: SimpleNamespace(**fields), value)


def slotted_objects(value: Any) -> Any:
    return as_objects(Slotted, value)


def as_objects(make: Any, value: Any) -> Any:
    if isinstance(value, dict):
        return make({name: as_objects(make, item) for name, item in value.items()})
    if isinstance(value, list):
        return [as_objects(make, item) for item in value]
    return value
