"""End users, subscriptions, budgets and events to record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Literal, Mapping, Optional, Union

from ._page import Page
from ._record import Record

if TYPE_CHECKING:
    from typing import TypedDict

    class UsageRecordInput(TypedDict, total=False):
        """An event for ``usage.record_batch()``. Camel case is taken too.

        ``event_type``, ``metric_name`` and ``quantity`` are required unless ``usage`` is given.
        """

        event_type: str
        metric_name: str
        quantity: float
        idempotency_key: str
        event_timestamp: Union[str, int]
        user_id: str
        subscription_id: str
        agent_id: str
        workflow_id: str
        feature: str
        session_id: str
        session_type: str
        provider: str
        model: str
        usage: Mapping[str, float]
        modifiers: Mapping[str, str]
        cost: float
        dimensions: Mapping[str, Union[str, float]]
        metadata: Mapping[str, Any]

else:
    UsageRecordInput = Dict[str, Any]

EndUserStatus = Literal["ACTIVE", "DEACTIVATED"]
BillingCycle = Literal["weekly", "monthly", "quarterly", "yearly"]


class EndUser(Record):
    """Somebody whose usage is tracked. ``external_id`` is your own id, the ``user_id`` of events."""

    id: str
    external_id: str
    name: Optional[str]
    email: Optional[str]
    metadata: Optional[Record]
    status: EndUserStatus
    created_at: str
    updated_at: str
    deactivated_at: Optional[str]


class EndUserResponse(Record):
    """One end user: ``result["endUser"]``, ``result.end_user``."""

    end_user: EndUser


class EndUsers(Page[EndUser]):
    """End users."""

    _rows = "endUsers"

    end_users: List[EndUser]
    active_count: int
    deactivated_count: int


class Subscription(Record):
    """An end user's plan. ``organization_id`` and ``user_id`` are one, and so are the names of the plan."""

    id: str
    user_id: str
    organization_id: str
    pricing_plan_id: str
    plan_id: str
    billing_cycle: Optional[BillingCycle]
    status: Literal["ACTIVE", "CANCELED"]
    current_period_start: str
    current_period_end: str
    stripe_subscription_id: Optional[str]
    metadata: Optional[Record]
    created_at: str
    updated_at: str
    canceled_at: Optional[str]


class Subscriptions(Page[Subscription]):
    """Subscriptions."""

    _rows = "data"

    data: List[Subscription]
    subscriptions: List[Subscription]


class Budget(Record):
    """What may be spent in each billing period, and the period that it is now. Amounts are US dollars."""

    id: str
    name: Optional[str]
    kind: Literal["total", "model", "user", "feature", "agent", "workflow"]
    value: Optional[str]
    amount: float
    amount_nanos: str
    created_at: str
    period_start: str
    period_end: str
    spent: float
    spent_nanos: str
    percent_used: float
    unpriced_event_count: int
    is_floor: bool
    projected: Optional[float]
    projected_low: Optional[float]
    projected_high: Optional[float]
    exhausted_on: Optional[str]
    level: Optional[Literal["critical", "warning"]]
    message: Optional[str]


class Budgets(Page[Budget]):
    """Budgets."""

    _rows = "budgets"

    budgets: List[Budget]


class RevenueEvent(Record):
    """What an end user pays for a period."""

    revenue_event_id: str
    user_id: str
    amount: float
    currency: str
    period_start: str
    period_end: str


class RevenueRecorded(Record):
    """What became of a revenue event. ``recorded`` is false for one that was there already."""

    revenue_event_id: str
    recorded: bool


class RevenueEvents(Page[RevenueEvent]):
    """Revenue events."""

    _rows = "events"

    events: List[RevenueEvent]
