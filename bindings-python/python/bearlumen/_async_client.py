"""The client of asynchronous code."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Mapping, Optional, Union

from . import _lifetime
from ._api_async.attribution import AsyncAttribution, AsyncCostAttribution
from ._api_async.budgets import AsyncBudgetsResource
from ._api_async.costs import AsyncCosts
from ._api_async.dimensions import AsyncDimensions
from ._api_async.end_users import AsyncEndUsersResource
from ._api_async.insights import AsyncInsightsResource
from ._api_async.margins import AsyncMargins
from ._api_async.revenue import AsyncRevenue
from ._api_async.subscriptions import AsyncSubscriptionsResource
from ._api_async.usage import AsyncUsage
from ._async_transport import AsyncTransport
from ._call import AsyncCall
from ._native import READ_RETRIES
from ._tracking import Tracking
from ._types import DeliveryStats, Ping

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Type

    from ._transport import Verify
    from ._worker import OnError


class AsyncClient(Tracking):
    """:class:`Client` for asynchronous code: what waits is awaited.

    ``track()`` waits for nothing and need not be awaited, though it may be.

    :param api_key: the organisation's key. No environment variable is read for you.
    :param base_url: where the service runs; overrides ``environment``.
    :param environment: ``"production"``, the default, or ``"staging"``.
    :param timeout: seconds a request may wait for the service, and ``flush()`` and ``shutdown()`` by default.
    :param max_retries: how often a question is asked again that got no answer, or one that may pass.
    :param proxy: the url of a proxy, where the environment does not name it.
    :param verify: a file of certificates, or an ``ssl.SSLContext``, where the system's do not suffice.
    :param spool_dir: a folder in which undelivered events survive the end of the process, however it comes.
    :param on_error: called, in a background thread, with a :class:`BearLumenError` for events given up.
    :param delivery: limits and times of delivery other than the defaults, for special surroundings.
    """

    attribution: AsyncAttribution
    budgets: AsyncBudgetsResource
    cost_attribution: AsyncCostAttribution
    costs: AsyncCosts
    dimensions: AsyncDimensions
    end_users: AsyncEndUsersResource
    insights: AsyncInsightsResource
    margins: AsyncMargins
    revenue: AsyncRevenue
    subscriptions: AsyncSubscriptionsResource
    usage: AsyncUsage

    def __init__(
        self,
        api_key: str,
        *,
        base_url: Optional[str] = None,
        environment: Optional[str] = None,
        timeout: float = 30.0,
        max_retries: int = READ_RETRIES,
        proxy: Optional[str] = None,
        verify: Verify = True,
        spool_dir: Union[str, os.PathLike[str], None] = None,
        on_error: Optional[OnError] = None,
        delivery: Optional[Mapping[str, int]] = None,
    ) -> None:
        super().__init__(
            api_key,
            base_url=base_url,
            environment=environment,
            timeout=timeout,
            max_retries=max_retries,
            proxy=proxy,
            verify=verify,
            spool_dir=spool_dir,
            on_error=on_error,
            delivery=delivery,
        )
        self._reader = AsyncTransport(self._settings)
        call = self._call = AsyncCall(self._reader)
        self.attribution = AsyncAttribution(call)
        self.budgets = AsyncBudgetsResource(call)
        self.cost_attribution = AsyncCostAttribution(call)
        self.costs = AsyncCosts(call)
        self.dimensions = AsyncDimensions(call)
        self.end_users = AsyncEndUsersResource(call)
        self.insights = AsyncInsightsResource(call)
        self.margins = AsyncMargins(call)
        self.revenue = AsyncRevenue(call)
        self.subscriptions = AsyncSubscriptionsResource(call)
        self.usage = AsyncUsage(call)

    async def flush(self, timeout: Optional[float] = None) -> DeliveryStats:
        """Sends what is queued and waits until all of it is settled, at most ``timeout`` seconds."""
        await asyncio.to_thread(self._worker.flush, self._deadline(timeout))
        return self.stats()

    async def shutdown(self, timeout: Optional[float] = None) -> DeliveryStats:
        """Takes no more events, delivers those queued within ``timeout`` seconds, and stops the thread. Streams
        still under way are recorded as far as they came.
        """
        deadline = self._deadline(timeout)
        _lifetime.end_streams(self._tracker)
        self._tracker.close()
        await asyncio.to_thread(self._worker.flush, deadline)
        await asyncio.to_thread(self._worker.stop, deadline)
        await self._reader.close()
        return self.stats()

    async def ping(self) -> Ping:
        """Asks the service whether it knows the key."""
        return await self._call.get(Ping, "/v1/ping")

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        await self.shutdown()
