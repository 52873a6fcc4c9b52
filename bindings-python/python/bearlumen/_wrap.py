"""``client.wrap()``: a provider's client whose calls are tracked.

Which calls those are, and which of them have to be asked for their usage, the core says.
"""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any, Callable, Dict, Optional, Tuple

from . import _log
from ._native import asks_for_usage, client_step, is_model_parameter
from ._stand_ins import StandIns
from ._streams import Tracked

if TYPE_CHECKING:
    from contextvars import Context

TrackOne = Callable[..., Any]

# Where the libraries' clients keep the url they send to.
_URLS = (
    "base_url",
    "meta.endpoint_url",
    "sdk_configuration.server_url",
    "_client.base_url",
    "_api_client._http_options.base_url",
)


def wrap(track: TrackOne, client: Any) -> Any:
    """The client, tracked."""
    if type(client) is _Wrapped:
        return client
    url = _url_of(client)

    def tracked(method: Any, path: str, context: Optional[Context] = None) -> Any:
        return _call(track, method, path, url, context)

    wrapper = object.__new__(_Wrapped)
    stand_ins = StandIns(client, wrapper, tracked)
    wrapper.__dict__.update(_track=track, _target=client, _path="", _tracked=tracked, _stand_ins=stand_ins)
    return wrapper


class _Wrapped:
    """A client, or a group of its calls. All but its calls is the client's own, its class included."""

    def __getattr__(self, name: str) -> Any:
        own = object.__getattribute__(self, "__dict__")
        target = own["_target"]
        found = getattr(target, name)
        if name.startswith("_"):
            return found
        path = f"{own['_path']}.{name}" if own["_path"] else name
        step = client_step(path)
        if inspect.isroutine(found):
            if step.inner_calls or step.makes_calls or step.returns_calls:
                method = own["_stand_ins"].method(target, own["_path"], name, step)
                if method is not None:
                    return method
            if step.is_call:
                return own["_tracked"](found, path)
            if step.returns_client:
                return _answering(found, lambda client: wrap(own["_track"], client))
            if step.returns_calls:
                return _answering(found, lambda group: _group(own, group, f"{path}()"))
        elif step.is_raw_view:
            return _group(own, found, own["_path"])
        elif step.leads_on:
            return _group(own, found, path)
        return found

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.__dict__["_target"], name, value)

    def __enter__(self) -> Any:
        entered = self.__dict__["_target"].__enter__()
        return self if entered is self.__dict__["_target"] else entered

    def __exit__(self, *error: Any) -> Any:
        return self.__dict__["_target"].__exit__(*error)

    async def __aenter__(self) -> Any:
        entered = await self.__dict__["_target"].__aenter__()
        return self if entered is self.__dict__["_target"] else entered

    async def __aexit__(self, *error: Any) -> Any:
        return await self.__dict__["_target"].__aexit__(*error)

    def __dir__(self) -> Any:
        return dir(self.__dict__["_target"])

    def __repr__(self) -> str:
        return f"<tracked {self.__dict__['_target']!r}>"

    if not TYPE_CHECKING:

        @property
        def __class__(self):
            return type(self.__dict__["_target"])


def _group(own: Dict[str, Any], target: Any, path: str) -> Any:
    """A part of the client that holds calls."""
    wrapper = object.__new__(_Wrapped)
    wrapper.__dict__.update(own, _target=target, _path=path)
    return wrapper


def _call(track: TrackOne, method: Any, path: str, url: Optional[str], context: Optional[Context]) -> Any:
    """A method whose answers are tracked, in a context other than their caller's where one is given. What goes wrong in
    tracking never reaches the caller.
    """

    def prepared(options: Dict[str, Any]) -> Tuple[Dict[str, Any], bool]:
        is_stream = options.get("stream", path.endswith("stream"))
        if is_stream is not True or not asks_for_usage(path, url):
            return options, False
        stated = options.get("stream_options") or {}
        if not isinstance(stated, dict) or stated.get("include_usage") is not None:
            return options, False
        return {**options, "stream_options": {**stated, "include_usage": True}}, True

    def tracked(answer: Any, args: Tuple[Any, ...], options: Dict[str, Any], hides_usage: bool) -> Any:
        try:
            model = _model_of(args, options)
            if context is None:
                made = track(answer, model=model, url=url)
            else:
                made = context.copy().run(track, answer, model=model, url=url)
            if not issubclass(type(made), Tracked):
                return answer
            if hides_usage:
                made._recorder.hide_usage()
            # In a dictionary the tracked stream has taken the place of the stream.
            return answer if isinstance(answer, dict) else made
        except Exception:
            _log.exception("bearlumen: a call is not tracked")
        return answer

    @functools.wraps(method)
    def call(*args: Any, **options: Any) -> Any:
        asked, hides_usage = prepared(options)
        answer = method(*args, **asked)
        if inspect.isawaitable(answer):
            return later(answer, args, options, hides_usage)
        return tracked(answer, args, options, hides_usage)

    async def later(answer: Any, args: Tuple[Any, ...], options: Dict[str, Any], hides_usage: bool) -> Any:
        return tracked(await answer, args, options, hides_usage)

    return call


def _answering(method: Any, wrapped: Callable[[Any], Any]) -> Any:
    @functools.wraps(method)
    def call(*args: Any, **options: Any) -> Any:
        return wrapped(method(*args, **options))

    return call


def _model_of(args: Tuple[Any, ...], options: Dict[str, Any]) -> Optional[str]:
    for name, value in options.items():
        if isinstance(value, str) and is_model_parameter(name):
            return value
    return args[0] if args and isinstance(args[0], str) else None


def _url_of(client: Any) -> Optional[str]:
    """Where a client sends its requests, if it can be seen."""
    for place in _URLS:
        found: Any = client
        try:
            for name in place.split("."):
                found = getattr(found, name)
        except Exception:
            continue
        if found is not None and not callable(found):
            return str(found)
    return None
