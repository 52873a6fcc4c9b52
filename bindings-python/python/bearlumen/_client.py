"""The client."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Mapping, Optional

from . import _lifetime
from ._costs import Costs
from ._tracking import Tracking
from ._types import DeliveryStats, Ping

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Type

    from ._worker import OnError


class Client(Tracking):
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
        super().__init__(
            api_key,
            base_url=base_url,
            environment=environment,
            timeout=timeout,
            on_error=on_error,
            delivery=delivery,
        )
        self.costs = Costs(self._transport)

    def flush(self, timeout: Optional[float] = None) -> DeliveryStats:
        """Sends what is queued and waits until all of it is settled, at most ``timeout`` seconds."""
        self._worker.flush(self._deadline(timeout))
        return self.stats()

    def shutdown(self, timeout: Optional[float] = None) -> DeliveryStats:
        """Takes no more events, delivers those queued within ``timeout`` seconds, and stops the thread. Streams
        still under way are recorded as far as they came.
        """
        deadline = self._deadline(timeout)
        _lifetime.end_streams(self._tracker)
        self._tracker.close()
        self._worker.flush(deadline)
        self._worker.stop(deadline)
        return self.stats()

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
