"""The client."""

from __future__ import annotations

import time
import weakref
from typing import TYPE_CHECKING, Any, Mapping, Optional, Union

from . import _errors
from ._costs import Costs
from ._transport import Transport
from ._types import DeliveryStats, Ping
from ._worker import Worker

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal
    from types import TracebackType
    from typing import Type

    from ._native import TrackResult
    from ._worker import OnError

_HOSTS = {"production": "https://api.bearlumen.com", "staging": "https://api.staging.bearlumen.com"}


class Client:
    """Tracks what AI calls cost and answers what they did cost.

    ``track()`` never blocks on the network and never raises on what a response holds: events travel in the
    background. Before the process ends, call ``shutdown()`` or leave the client's ``with`` block.

    :param api_key: the organisation's key. No environment variable is read for you.
    :param base_url: where the service runs; overrides ``environment``.
    :param environment: ``"production"``, the default, or ``"staging"``.
    :param timeout: seconds a request may wait for the service, and ``flush()`` and ``shutdown()`` by default.
    :param on_error: called, in a background thread, with a :class:`BearLumenError` for events given up.
    :param delivery: limits and times of delivery other than the defaults, for special surroundings.
    """

    costs: Costs

    def __init__(
        self,
        api_key: str,
        *,
        base_url: Optional[str] = None,
        environment: Optional[str] = None,
        timeout: float = 30.0,
        on_error: Optional[OnError] = None,
        delivery: Optional[Mapping[str, int]] = None,
    ) -> None:
        api_key = _checked_key(api_key)
        url = _checked_url(base_url, environment)
        if isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or not timeout > 0:
            raise _errors.InvalidRequestError("timeout must be a number of seconds above 0", "validation_error")
        self.base_url = url
        self._timeout = float(timeout)
        self._transport = Transport(url, api_key, self._timeout)
        self._worker = Worker(self._transport, on_error, delivery)
        self._tracker = self._worker.tracker
        self.costs = Costs(self._transport)
        # Who drops a client without shutdown() still gets its events delivered, and its thread back.
        weakref.finalize(self, self._worker.retire).atexit = False

    def track(
        self,
        response: object,
        *,
        user_id: Union[str, int, None] = None,
        feature: Optional[str] = None,
        agent_id: Union[str, int, None] = None,
        workflow_id: Union[str, int, None] = None,
        session_id: Union[str, int, None] = None,
        session_type: Optional[str] = None,
        dimensions: Optional[Mapping[str, Union[str, float, bool, None]]] = None,
        timestamp: Union[datetime, str, float, None] = None,
        idempotency_key: Optional[str] = None,
        subscription_id: Union[str, int, None] = None,
        metadata: Optional[Mapping[str, Any]] = None,
        provider: Optional[str] = None,
        model: Optional[str] = None,
        url: Optional[str] = None,
        units: Optional[Mapping[str, Union[float, Decimal]]] = None,
        cost: Union[float, Decimal, None] = None,
    ) -> TrackResult:
        """Records the cost of a call and returns at once.

        :param response: the provider's response: its SDK's object, a dictionary, or JSON text. ``None`` for
            what has none, with ``model`` and ``units`` or ``cost``.
        :param timestamp: when the call was made, if not now: a ``datetime``, ISO 8601 text, or seconds since
            1970 as ``time.time()`` gives them.
        :param idempotency_key: makes two calls of ``track()`` one event.
        :param provider: who answered, where the response does not show it; so with ``model`` and ``url``.
        :param units: usage beyond the response's own, such as ``{"characters": 1500}``.
        :param cost: what the call cost in US dollars, when you know.
        """
        return self._tracker.track(
            response,
            user_id,
            feature,
            agent_id,
            workflow_id,
            session_id,
            session_type,
            dimensions,
            timestamp,
            idempotency_key,
            subscription_id,
            metadata,
            provider,
            model,
            url,
            units,
            cost,
        )

    def flush(self, timeout: Optional[float] = None) -> DeliveryStats:
        """Sends what is queued and waits until all of it is settled, at most ``timeout`` seconds."""
        self._worker.flush(self._deadline(timeout))
        return self.stats()

    def shutdown(self, timeout: Optional[float] = None) -> DeliveryStats:
        """Takes no more events, delivers those queued within ``timeout`` seconds, and stops the thread."""
        deadline = self._deadline(timeout)
        self._tracker.close()
        self._worker.flush(deadline)
        self._worker.stop(deadline)
        return self.stats()

    def stats(self) -> DeliveryStats:
        """Where every event is: ``tracked == sent + dropped + pending``."""
        return DeliveryStats(self._tracker.stats())

    def ping(self) -> Ping:
        """Asks the service whether it knows the key."""
        return Ping(self._transport.get("/v1/ping"))

    def _deadline(self, timeout: Optional[float]) -> float:
        return time.monotonic() + (self._timeout if timeout is None else timeout)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.shutdown()

    def __repr__(self) -> str:
        return f"<bearlumen.Client base_url={self.base_url!r}>"


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
