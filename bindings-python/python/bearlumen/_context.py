"""Attribution for everything tracked inside a ``with`` block."""

from __future__ import annotations

from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Any, Dict, Optional

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Type

Ambient = ContextVar[Optional[Dict[str, Any]]]

_MERGED = ("dimensions", "metadata")


class Context:
    """What ``client.context()`` answers. A block inside another adds to it; leaving it restores what was."""

    def __init__(self, ambient: Ambient, options: Dict[str, Any]) -> None:
        self._ambient = ambient
        self._options = {name: value for name, value in options.items() if value is not None}
        self._tokens: list[Token[Optional[Dict[str, Any]]]] = []

    def __enter__(self) -> None:
        around = self._ambient.get(None) or {}
        options = {**around, **self._options}
        for name in _MERGED:
            if isinstance(around.get(name), dict) and isinstance(self._options.get(name), dict):
                options[name] = {**around[name], **self._options[name]}
        self._tokens.append(self._ambient.set(options))

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self._ambient.reset(self._tokens.pop())
