"""What a library's helper runs on, so that the calls it makes by itself are tracked one by one.

A helper makes its calls through its own object: a client it keeps there, or further methods. It is run on a copy of that
object, which holds the tracked client and tracked methods instead; the caller's own object stays as it is.
"""

from __future__ import annotations

import copy
import functools
from contextvars import Context, copy_context
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, Optional, Tuple

from . import _log
from ._native import helpers

if TYPE_CHECKING:
    from ._native import ClientStep

    # A method, its path, and the context in which it counts as called.
    Tracked = Callable[[Any, str, Context], Any]


class StandIns:
    """Those of one client."""

    def __init__(self, client: Any, wrapper: Any, tracked: Tracked) -> None:
        self._client = client
        self._wrapper = wrapper
        self._tracked = tracked

    def method(self, target: Any, path: str, name: str, step: ClientStep) -> Optional[Any]:
        """A method of an object of the client's whose own calls are tracked; ``None`` where it is to be tracked from
        outside, as one call.
        """
        try:
            if step.inner_calls:
                return self._helper(target, path, name, step.inner_calls)
            return self._of_a_copy(target, name, step)
        except Exception:
            _log.exception("bearlumen: calls that %s.%s makes are not seen one by one", path, name)
            return None

    def _helper(self, target: Any, path: str, name: str, inner: Any) -> Optional[Any]:
        """Of a group whose methods call others of the group."""
        made = [(own, getattr(target, own)) for own in inner if callable(getattr(target, own, None))]
        if not made:
            return None
        copy.copy(target)  # what cannot be copied is said now, not when it is called

        @functools.wraps(getattr(target, name))
        def helper(*args: Any, **options: Any) -> Any:
            # Of a stream the calls follow when it is gone through, wherever that is.
            context = copy_context()
            stand_in = copy.copy(target)
            for own, method in made:
                setattr(stand_in, own, self._tracked(method, f"{path}.{name}", context))
            return getattr(stand_in, name)(*args, **options)

        return helper

    def _of_a_copy(self, target: Any, name: str, step: ClientStep) -> Optional[Any]:
        """Of an object that keeps the client, or a group with helpers, and calls that."""
        kept: Dict[str, Any] = {}
        for place, value in vars(target).items():
            if step.makes_calls and value is self._client:
                kept[place] = self._wrapper
            elif step.returns_calls and value is not None:
                group = self._with_helpers(value)
                if group is not None:
                    kept[place] = group
        if not kept:
            return None
        stand_in = copy.copy(target)
        for place, value in kept.items():
            setattr(stand_in, place, value)
        return getattr(stand_in, name)

    def _with_helpers(self, value: Any) -> Optional[Any]:
        """A value that is one of the client's groups with helpers, with those tracked."""
        tracked = {}
        for group, name, inner in _helpers():
            if value is self._reached(group) and callable(getattr(value, name, None)):
                helper = self._helper(value, group, name, inner)
                if helper is not None:
                    tracked[name] = helper
        if not tracked:
            return None
        stand_in = copy.copy(value)
        for name, helper in tracked.items():
            setattr(stand_in, name, helper)
        return stand_in

    def _reached(self, path: str) -> Any:
        found = self._client
        for name in path.split("."):
            found = getattr(found, name, None)
        return found


def _helpers() -> Iterator[Tuple[str, str, Any]]:
    """Group, name, and what it calls."""
    for path, inner in helpers():
        group, _, name = path.rpartition(".")
        yield group, name, inner
