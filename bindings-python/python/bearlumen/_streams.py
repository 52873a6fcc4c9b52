"""Streams that pass through ``track()``: every chunk unchanged and at once, the event at the end."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, AsyncIterator, Generic, Iterator, Optional, Tuple, TypeVar

from . import _kinds, _lifetime, _log
from ._native import Drawing

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Awaitable, Protocol, Type

    from ._native import Recorder, Tracker, TrackResult

T = TypeVar("T")

if TYPE_CHECKING:
    T_co = TypeVar("T_co", covariant=True)

    class EitherIterator(Protocol[T_co]):
        """What can be gone through with ``for`` and with ``async for``."""

        def __iter__(self) -> Iterator[T_co]: ...

        def __next__(self) -> T_co: ...

        def __aiter__(self) -> AsyncIterator[T_co]: ...

        def __anext__(self) -> Awaitable[T_co]: ...


# Where the libraries' streams hold what they draw from. A stream is tapped there, below the helpers that go through it
# themselves, such as ``get_final_message()``; where there is nothing of the kind, the caller's own loop is the tap.
_BELOW = "_raw_stream"
_DRAWS_FROM = ("_iterator", "generator")


class _Tapping:
    """What both kinds of tap share. The end of a tap is the end of the recording."""

    _recorder: Optional[Recorder] = None
    _ended = False

    def __init__(self, source: Any, recorder: Recorder) -> None:
        self._source = source
        self._recorder = recorder
        recorder.open()
        _lifetime.stream_opened(self)

    def end(self, early: bool = True) -> None:
        """Makes the event, once. ``early`` when the stream was left."""
        if self._recorder is not None and not self._ended:
            self._ended = True
            _lifetime.stream_ended(self)
            self._recorder.end(early)

    def release(self) -> None:
        """Another tap makes the event."""
        if not self._ended:
            self._ended = True
            _lifetime.stream_ended(self)

    def belongs_to(self, tracker: Tracker) -> bool:
        """Whether its event goes there."""
        return self._recorder is not None and self._recorder.tracker is tracker

    def abandon(self) -> None:
        """In a forked child: the stream is the parent's."""
        if self._recorder is not None:
            self._recorder.abandon()

    def __getattr__(self, name: str) -> Any:
        # What generators have beside: it is reached through here where the tap took a generator's place.
        return getattr(object.__getattribute__(self, "_source"), name)

    def __del__(self) -> None:
        self.end()


class Tap(_Tapping, Drawing, Iterator[T]):
    """Draws from an iterator and shows each chunk to a recorder. At the end it calls :meth:`end`."""

    def close(self) -> None:
        """Closes the source, where it can be closed."""
        self.end()
        close = getattr(self._source, "close", None)
        if close is not None:
            close()


class AsyncTap(_Tapping, AsyncIterator[T]):
    """Draws from an asynchronous iterator and shows each chunk to a recorder."""

    def __init__(self, source: Any, recorder: Recorder) -> None:
        self._draw: Any = source.__anext__
        self._feed = recorder.feed
        super().__init__(source, recorder)

    def __aiter__(self) -> AsyncTap[T]:
        return self

    async def __anext__(self) -> T:
        while True:
            try:
                chunk: T = await self._draw()
            except StopAsyncIteration:
                self.end(early=False)
                raise
            except BaseException:
                self.end()
                raise
            if not self._feed(chunk):
                return chunk

    async def aclose(self) -> None:
        """Closes the source, where it can be closed."""
        self.end()
        close = getattr(self._source, "aclose", None)
        if close is not None:
            await close()


class EitherTap(AsyncTap[T], Iterator[T]):
    """Draws from what can be gone through in either way, in the way in which it is gone through."""

    def __init__(self, source: Any, recorder: Recorder) -> None:
        # Which way it will be is not known yet, and to ask for an iterator may begin the one or the other.
        self._step = self._draw = None
        self._feed = recorder.feed
        _Tapping.__init__(self, source, recorder)

    async def __anext__(self) -> T:
        if self._draw is None:
            self._draw = self._source.__aiter__().__anext__
        return await super().__anext__()

    def __iter__(self) -> EitherTap[T]:
        return self

    def __next__(self) -> T:
        if self._step is None:
            self._step = iter(self._source).__next__
        while True:
            try:
                chunk: T = self._step()
            except StopIteration:
                self.end(early=False)
                raise
            except BaseException:
                self.end()
                raise
            if not self._feed(chunk):
                return chunk


class Tracked:
    """What ``track()`` answers for a stream: it is used like the stream, and has a ``result``.

    Everything else is the stream's own, its class included: ``isinstance`` answers as for the stream itself.
    """

    _source: Any
    _recorder: Recorder
    _tap: Any
    _walked: Any

    def __init__(self, source: Any, recorder: Recorder, tap: Any = None, walked: Any = None) -> None:
        # What is set on it is set on the stream, but for these.
        own = self.__dict__
        own["_source"] = source
        own["_recorder"] = recorder
        own["_tap"] = tap
        own["_walked"] = walked

    @property
    def result(self) -> TrackResult:
        """What the call used and cost, final once the stream is over. Before, it is what is known so far, with
        ``incomplete`` true. It is there at once; ``await stream.result`` answers the same.
        """
        return self._recorder.result()

    def _entered(self, entered: Any) -> Any:
        if entered is self._source:
            return self
        stream = begin(_kinds.kind_of(type(entered)), entered, self._recorder)
        self.__dict__["_tap"] = getattr(stream, "_tap", None)
        return stream

    def _end(self) -> None:
        if self._tap is not None:
            self._tap.end()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._source, name)
        if name not in ("close", "aclose"):
            return found

        def ended(*args: Any, **options: Any) -> Any:
            try:
                return found(*args, **options)
            finally:
                self._end()

        return ended

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._source, name, value)

    def __dir__(self) -> Any:
        return sorted({*object.__dir__(self), *dir(self._source)})

    def __repr__(self) -> str:
        return f"<tracked {self._source!r}>"

    if not TYPE_CHECKING:

        @property
        def __class__(self):
            return type(self._source)


class TrackedStream(Tracked, Generic[T]):
    """A tracked stream, or what a ``with`` block makes one of."""

    def __iter__(self) -> Iterator[T]:
        return iter(self._walked)

    def __next__(self) -> T:
        chunk: T = next(self._walked)
        return chunk

    def __enter__(self) -> TrackedStream[T]:
        stream: TrackedStream[T] = self._entered(self._source.__enter__())
        return stream

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> Optional[bool]:
        try:
            return bool(self._source.__exit__(kind, error, trace))
        finally:
            self._end()


class AsyncTrackedStream(Tracked, Generic[T]):
    """A tracked asynchronous stream, or what an ``async with`` block makes one of."""

    def __aiter__(self) -> AsyncIterator[T]:
        iterator: AsyncIterator[T] = self._walked.__aiter__()
        return iterator

    async def __anext__(self) -> T:
        chunk: T = await self._walked.__anext__()
        return chunk

    async def __aenter__(self) -> AsyncTrackedStream[T]:
        stream: AsyncTrackedStream[T] = self._entered(await self._source.__aenter__())
        return stream

    async def __aexit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> Optional[bool]:
        try:
            return bool(await self._source.__aexit__(kind, error, trace))
        finally:
            self._end()


class EitherTrackedStream(TrackedStream[T], AsyncTrackedStream[T]):
    """A tracked stream that can be gone through with ``for`` and with ``async for``, as LiteLLM's can."""


def begin(kind: int, value: Any, recorder: Recorder) -> Any:
    """What ``track()`` answers for a value of this kind. What goes wrong here costs the caller nothing."""
    try:
        return _begin(kind, value, recorder)
    except Exception:
        _log.exception("bearlumen: a stream is not tracked")
        recorder.end(early=True)
        return value


def _begin(kind: int, value: Any, recorder: Recorder) -> Any:
    if kind == _kinds.TRACKED:
        return value
    if kind == _kinds.MANAGER:
        return TrackedStream(value, recorder)
    if kind == _kinds.ASYNC_MANAGER:
        return AsyncTrackedStream(value, recorder)
    if kind in (_kinds.HTTP, _kinds.BODY):
        from . import _http

        return _http.begin(kind, value, recorder)
    response = getattr(value, "response", None)
    if response is not None:
        from . import _http

        _http.hint(response, recorder)
    if kind == _kinds.EITHER_ITERATOR:
        either: EitherTap[Any] = EitherTap(value, recorder)
        return EitherTrackedStream(value, recorder, either, either)
    is_async = kind == _kinds.ASYNC_ITERATOR
    wrapper: Any = AsyncTrackedStream if is_async else TrackedStream
    make_tap: Any = AsyncTap if is_async else Tap
    place = _draws_from(value, "__anext__" if is_async else "__next__")
    if place is None:
        tap: Any = make_tap(value.__aiter__() if is_async else iter(value), recorder)
        return wrapper(value, recorder, tap, tap)
    holder, name, source = place
    if isinstance(source, _Tapping):
        # It is tracked already, and counts once.
        return wrapper(value, source._recorder or recorder, source, value)
    tap = make_tap(source, recorder)
    setattr(holder, name, tap)
    return wrapper(value, recorder, tap, value)


def _draws_from(stream: Any, step: str) -> Optional[Tuple[Any, str, Any]]:
    """The object, and the name on it, where a library's stream holds the iterator it draws from."""
    own = getattr(stream, "__dict__", {})
    if own.get(_BELOW) is not None:
        return _draws_from(own[_BELOW], step)
    for name in _DRAWS_FROM:
        if name in own or isinstance(getattr(type(stream), name, None), cached_property):
            source = getattr(stream, name)
            if hasattr(source, step):
                return stream, name, source
    return None
