"""HTTP responses handed to ``track()``: their url and headers say who answered, their body what was used.

A body that was read is there; ``track()`` never waits for one that was not. It is recorded as the caller reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from . import _kinds
from ._streams import AsyncTap, Tap, Tracked
from ._streams import begin as _begin_stream

if TYPE_CHECKING:
    from ._native import Recorder, Tracker, TrackResult

_STREAMED = ("text/event-stream", "application/x-ndjson", "application/jsonl", "application/vnd.amazon.eventstream")

# The methods of the HTTP libraries that go through a body, by what they yield.
_PIECES = ("iter_bytes", "iter_text", "iter_content", "iter_chunks", "aiter_bytes", "aiter_text")
_LINES = ("iter_lines", "aiter_lines")
_WHOLE = ("read", "aread")

# What is longer is no response; the native module draws the same line.
_MAX_BODY = 64 * 1024 * 1024


def hint(response: Any, recorder: Recorder) -> None:
    """Tells a recorder whose answer this is."""
    try:
        url = response.url
    except Exception:  # a response made by hand has none
        url = None
    recorder.hint(str(url) if url is not None else None, _texts(getattr(response, "headers", None)))


def begin(kind: int, value: Any, recorder: Recorder) -> Any:
    """What ``track()`` answers for a response: its result where it was read, else the response, tracked."""
    if kind == _kinds.BODY:
        return TrackedBody(value, recorder, False)
    # The providers' libraries hold the HTTP response inside one of their own.
    response = getattr(value, "http_response", value)
    hint(response, recorder)
    headers = _texts(getattr(response, "headers", None)) or {}
    stated = next((text for name, text in headers.items() if name.lower() == "content-type"), "")
    is_stream = stated.partition(";")[0].strip().lower() in _STREAMED
    body = _read(response)
    if body is None:
        return TrackedBody(value, recorder, is_stream)
    return _settle(recorder, body, is_stream)


def _settle(recorder: Recorder, body: bytes, is_stream: bool) -> TrackResult:
    if not is_stream:
        return recorder.whole(body)
    recorder.feed(body)
    return recorder.end()


def _read(response: Any) -> Optional[bytes]:
    """The body, if it is there. The public names would fetch it."""
    own = getattr(response, "__dict__", {})
    for name in ("_content", "_body"):
        body = own.get(name)
        if isinstance(body, (bytes, bytearray)):
            return bytes(body)
    return None


def _texts(headers: Any) -> Optional[dict[str, str]]:
    try:
        return {str(name): str(value) for name, value in headers.items()}
    except Exception:
        return None  # a hint, no more


class _Pieces:
    """Stands between a tap and its recorder: pieces of a body, cut anywhere."""

    def __init__(self, recorder: Recorder, is_stream: bool, line_end: str = "") -> None:
        self._recorder = recorder
        self._is_stream = is_stream
        self._line_end = line_end
        self._body = bytearray()
        self.open = recorder.open
        self.abandon = recorder.abandon

    @property
    def tracker(self) -> Tracker:
        return self._recorder.tracker

    def feed(self, piece: Any) -> bool:
        """Takes a piece; none is hidden."""
        if self._is_stream:
            self._recorder.feed(piece)
            if self._line_end:
                self._recorder.feed(self._line_end)
        elif len(self._body) < _MAX_BODY:
            self._body += piece.encode() if isinstance(piece, str) else piece
            self._body += self._line_end.encode()
        return False

    def end(self, early: bool = False) -> None:
        """Makes the event."""
        if self._is_stream or early:
            # A body that is cut says nothing that could be read.
            self._recorder.end(early)
        else:
            self._recorder.whole(bytes(self._body))


class TrackedBody(Tracked):
    """A response whose body the caller has yet to read."""

    def __init__(self, source: Any, recorder: Recorder, is_stream: bool) -> None:
        super().__init__(source, recorder)
        self.__dict__["_is_stream"] = is_stream
        # Counts as open from here on, so that the event is not forgotten when nothing is read.
        self.__dict__["_tap"] = Tap(iter(()), _Pieces(recorder, is_stream))  # type: ignore[arg-type]

    def _pieces(self, line_end: str = "") -> Any:
        return _Pieces(self._recorder, self.__dict__["_is_stream"], line_end)

    def _tapped(self, iterator: Any, line_end: str = "") -> Any:
        make_tap: Any = AsyncTap if hasattr(iterator, "__anext__") else Tap
        tap = make_tap(iterator, self._pieces(line_end))
        # What ends now is this one; the first only stood for it.
        self.__dict__["_tap"].release()
        self.__dict__["_tap"] = tap
        return tap

    def _whole(self, body: Any) -> Any:
        if isinstance(body, (bytes, bytearray)):
            _settle(self._recorder, bytes(body), self.__dict__["_is_stream"])
            self._end()
        return body

    def __getattr__(self, name: str) -> Any:
        found = super().__getattr__(name)
        if name in _PIECES or name in _LINES:
            line_end = "\n" if name in _LINES else ""
            return lambda *args, **options: self._tapped(found(*args, **options), line_end)
        if name in _WHOLE:
            return self._reading(found)
        if name in ("content", "text"):
            # It was fetched by asking for it.
            self._whole(_read(self._source))
        if name in ("json", "parse"):
            return self._then_read(found)
        return found

    def _reading(self, read: Any) -> Any:
        def reading(*args: Any, **options: Any) -> Any:
            body = read(*args, **options)
            if hasattr(body, "__await__"):
                return self._awaited(body)
            if not args and not options:
                return self._whole(body)
            return self._part(body)

        return reading

    async def _awaited(self, body: Any) -> Any:
        return self._whole(await body)

    def _part(self, body: Any) -> Any:
        parts = self.__dict__.setdefault("_parts", self._pieces())
        parts.feed(body)
        if not body:
            parts.end()
            self._end()
        return body

    def _then_read(self, method: Any) -> Any:
        def reading(*args: Any, **options: Any) -> Any:
            answer = method(*args, **options)
            return self._parsed_later(answer) if hasattr(answer, "__await__") else self._parsed(answer)

        return reading

    async def _parsed_later(self, answer: Any) -> Any:
        return self._parsed(await answer)

    def _parsed(self, answer: Any) -> Any:
        kind = _kinds.kind_of(type(answer))
        if kind in (_kinds.ITERATOR, _kinds.ASYNC_ITERATOR, _kinds.EITHER_ITERATOR):
            self.__dict__["_tap"].release()
            stream = _begin_stream(kind, answer, self._recorder)
            self.__dict__["_tap"] = stream._tap
            return stream
        self._whole(_read(getattr(self._source, "http_response", self._source)))
        return answer

    def __iter__(self) -> Any:
        return self._tapped(iter(self._source))

    def __enter__(self) -> Any:
        return self._entered(self._source.__enter__())

    def __exit__(self, *error: Any) -> Any:
        try:
            return self._source.__exit__(*error)
        finally:
            self._end()

    async def __aenter__(self) -> Any:
        return self._entered(await self._source.__aenter__())

    async def __aexit__(self, *error: Any) -> Any:
        try:
            return await self._source.__aexit__(*error)
        finally:
            self._end()
