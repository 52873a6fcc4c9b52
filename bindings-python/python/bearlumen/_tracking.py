"""What both clients do without the network: tracking."""

from __future__ import annotations

import os
import time
import weakref
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, AsyncIterator, Dict, Iterator, Mapping, Optional, TypeVar, Union, overload

from . import _advice, _errors, _native
from ._context import Ambient, Context
from ._transport import Settings, Transport
from ._types import DeliveryStats
from ._worker import Worker

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from typing_extensions import TypedDict, Unpack

    from ._native import TrackResult
    from ._transport import Verify
    from ._streams import AsyncTrackedStream, EitherIterator, EitherTrackedStream, TrackedStream
    from ._worker import OnError

    class TrackOptions(TypedDict, total=False):
        """What ``track()`` may be told of a call."""

        user_id: Union[str, int, None]
        feature: Optional[str]
        agent_id: Union[str, int, None]
        workflow_id: Union[str, int, None]
        session_id: Union[str, int, None]
        session_type: Optional[str]
        dimensions: Optional[Mapping[str, Union[str, float, bool, None]]]
        timestamp: Union[datetime, str, float, None]
        idempotency_key: Optional[str]
        subscription_id: Union[str, int, None]
        metadata: Optional[Mapping[str, Any]]
        provider: Optional[str]
        model: Optional[str]
        url: Optional[str]
        units: Optional[Mapping[str, Union[float, Decimal]]]
        cost: Union[float, Decimal, None]

_HOSTS = {"production": "https://api.bearlumen.com", "staging": "https://api.staging.bearlumen.com"}

T = TypeVar("T")


class Tracking(_native.Tracks):
    """The part of a client that waits for nothing. See :class:`Client`."""

    def __init__(
        self,
        api_key: str,
        *,
        base_url: Optional[str] = None,
        environment: Optional[str] = None,
        timeout: float = 30.0,
        max_retries: int = _native.READ_RETRIES,
        proxy: Optional[str] = None,
        verify: Verify = True,
        spool_dir: Union[str, os.PathLike[str], None] = None,
        on_error: Optional[OnError] = None,
        delivery: Optional[Mapping[str, int]] = None,
    ) -> None:
        api_key = _checked_key(api_key)
        url = _checked_url(base_url, environment)
        if isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or not timeout > 0:
            raise _errors.InvalidRequestError("timeout must be a number of seconds above 0", "validation_error")
        if isinstance(max_retries, bool) or not isinstance(max_retries, int) or max_retries < 0:
            raise _errors.InvalidRequestError("max_retries must be a whole number of 0 or more", "validation_error")
        self.base_url = url
        self._timeout = float(timeout)
        self._settings = Settings(url, api_key, self._timeout, max_retries, proxy, verify)
        self._transport = Transport(self._settings)
        spool = None if spool_dir is None else (os.fspath(spool_dir), _native.spool_label(url, api_key))
        self._worker = Worker(self._transport, on_error, delivery, spool)
        self._tracker = self._worker.tracker
        self._deliver_by(self._tracker)
        self._ambient: Optional[Ambient] = None
        # Who drops a client without shutdown() still gets its events delivered, and its thread back.
        weakref.finalize(self, self._worker.retire).atexit = False

    if TYPE_CHECKING:
        # The method itself is native.
        # A stream is an object too: the first declaration that fits counts.
        @overload  # type: ignore[override]
        def track(  # type: ignore[overload-overlap]
            self, response: EitherIterator[T], **options: Unpack[TrackOptions]
        ) -> EitherTrackedStream[T]: ...

        @overload
        def track(  # type: ignore[overload-overlap]
            self, response: AsyncIterator[T], **options: Unpack[TrackOptions]
        ) -> AsyncTrackedStream[T]: ...

        @overload
        def track(  # type: ignore[overload-overlap]
            self, response: Iterator[T], **options: Unpack[TrackOptions]
        ) -> TrackedStream[T]: ...

        @overload
        def track(
            self, response: object, **options: Unpack[TrackOptions]
        ) -> TrackResult: ...

        def track(self, response: object, **options: Any) -> Any: ...

    else:
        track = _native.Tracks.track

    def context(
        self,
        *,
        user_id: Union[str, int, None] = None,
        feature: Optional[str] = None,
        agent_id: Union[str, int, None] = None,
        workflow_id: Union[str, int, None] = None,
        session_id: Union[str, int, None] = None,
        session_type: Optional[str] = None,
        dimensions: Optional[Mapping[str, Union[str, float, bool, None]]] = None,
        subscription_id: Union[str, int, None] = None,
        metadata: Optional[Mapping[str, Any]] = None,
    ) -> Context:
        """Attributes everything that is tracked inside the ``with`` block, in this thread or task and the tasks it
        starts. What ``track()`` is told itself counts; a block inside another adds to it.
        """
        if self._ambient is None:
            self._ambient = ContextVar("bearlumen", default=None)
            self._tracker.take_options_from(self._ambient)
        options: Dict[str, Any] = {
            "user_id": user_id,
            "feature": feature,
            "agent_id": agent_id,
            "workflow_id": workflow_id,
            "session_id": session_id,
            "session_type": session_type,
            "dimensions": dimensions,
            "subscription_id": subscription_id,
            "metadata": metadata,
        }
        return Context(self._ambient, options)

    def wrap(self, client: T) -> T:
        """A provider's client whose calls are tracked, streamed or not. It is used like the client it is made of,
        which stays as it is.

        Where a stream states its usage only when asked, it is asked, and the chunk that answers is kept from who did
        not ask for it.
        """
        from ._wrap import wrap

        wrapped: T = wrap(self.track, client)
        return wrapped

    # Of the caller's own numbers: neither the service nor the network is asked.
    forecast = staticmethod(_advice.forecast)
    anomalies = staticmethod(_advice.anomalies)
    savings = staticmethod(_advice.savings)
    route = staticmethod(_advice.route)

    def stats(self) -> DeliveryStats:
        """Where every event is: ``tracked == sent + dropped + pending``."""
        _native.notice_fork()
        return DeliveryStats(self._tracker.stats(), underWay=self._tracker.open_streams)

    def _deadline(self, timeout: Optional[float]) -> float:
        # Asked for before anything is awaited: what the parent had queued is the parent's.
        _native.notice_fork()
        return time.monotonic() + (self._timeout if timeout is None else timeout)

    def __repr__(self) -> str:
        return f"<bearlumen.{type(self).__name__} base_url={self.base_url!r}>"


def _checked_key(api_key: object) -> str:
    if not isinstance(api_key, str) or not api_key.strip():
        raise _errors.AuthenticationError(
            "api_key is required: pass your key in, no environment variable is read for you", "unauthorized"
        )
    key = api_key.strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise _errors.AuthenticationError("api_key holds characters that no key has", "unauthorized")
    return key


def _checked_url(base_url: object, environment: object) -> str:
    if base_url is None:
        host = _HOSTS.get(environment or "production") if isinstance(environment, (str, type(None))) else None
        if host is None:
            names = " or ".join(repr(name) for name in _HOSTS)
            raise _errors.InvalidRequestError(f"environment must be {names}", "validation_error")
        return host
    if not isinstance(base_url, str) or not base_url.startswith(("http://", "https://")):
        raise _errors.InvalidRequestError("base_url must start with http:// or https://", "validation_error")
    return base_url.rstrip("/")
