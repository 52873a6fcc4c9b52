"""The client."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Mapping, Optional, Union

from . import _lifetime
from ._api.attribution import Attribution, CostAttribution
from ._api.budgets import BudgetsResource
from ._api.costs import Costs
from ._api.dimensions import Dimensions
from ._api.end_users import EndUsersResource
from ._api.insights import InsightsResource
from ._api.margins import Margins
from ._api.revenue import Revenue
from ._api.subscriptions import SubscriptionsResource
from ._api.usage import Usage
from ._call import Call
from ._native import READ_RETRIES
from ._tracking import Tracking
from ._types import DeliveryStats, Ping

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Type

    from ._transport import Verify
    from ._worker import OnError


class Client(Tracking):
    """Tracks what AI calls cost and answers what they did cost.

    ``track()`` never blocks on the network and never raises on what a response holds: events travel in the
    background. Before the process ends, call ``shutdown()`` or leave the client's ``with`` block.

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

    attribution: Attribution
    budgets: BudgetsResource
    cost_attribution: CostAttribution
    costs: Costs
    dimensions: Dimensions
    end_users: EndUsersResource
    insights: InsightsResource
    margins: Margins
    revenue: Revenue
    subscriptions: SubscriptionsResource
    usage: Usage

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
        call = self._call = Call(self._transport)
        self.attribution = Attribution(call)
        self.budgets = BudgetsResource(call)
        self.cost_attribution = CostAttribution(call)
        self.costs = Costs(call)
        self.dimensions = Dimensions(call)
        self.end_users = EndUsersResource(call)
        self.insights = InsightsResource(call)
        self.margins = Margins(call)
        self.revenue = Revenue(call)
        self.subscriptions = SubscriptionsResource(call)
        self.usage = Usage(call)

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
        return self._call.get(Ping, "/v1/ping")

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.shutdown()
