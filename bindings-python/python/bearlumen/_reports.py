"""What reports answer, for type checkers and readers.

Money is in US dollars, with the exact amount beside it as text of nano-dollars. A total whose events were not all
priced says so: ``is_floor``, and how many.
"""

from __future__ import annotations

from typing import Dict, List, Literal, Optional

from ._page import Page
from ._record import Record
from ._types import Cost

Granularity = Literal["hour", "day", "week", "month"]
TimeWindow = Literal["current-period", "last-period", "last-7-days", "last-30-days"]
Health = Literal["HEALTHY", "AT_RISK", "UNHEALTHY"]


class Totals(Record):
    """Sums over events."""

    total_cost: float
    total_cost_nanos: str
    currency: str
    event_count: int
    unpriced_event_count: int
    estimated_event_count: int
    is_floor: bool
    input_tokens: int
    output_tokens: int
    total_tokens: int


class SpanTotals(Totals):
    """Sums over a span of time. ``period_end`` is its last millisecond."""

    period_start: str
    period_end: str


class CostItem(Totals):
    """One row of a breakdown; ``attribution_value`` is ``None`` for what has no such label."""

    attribution_value: Optional[str]
    percent_of_total: float


class CostBreakdownResponse(SpanTotals):
    """Cost grouped by something. ``result["items"]`` and ``result.breakdown`` are the same rows."""

    breakdown: List[CostItem]


class DimensionBreakdown(CostBreakdownResponse):
    """Cost grouped by a dimension."""

    dimension: str


class UserCostBreakdown(CostBreakdownResponse):
    """Cost of one end user, grouped by something."""

    end_user_id: Optional[str]
    external_id: str


class CostSummary(SpanTotals):
    """Cost of a period beside the period before."""

    previous_period_cost: float
    previous_period_is_floor: bool
    change_amount: float
    change_percent: Optional[float]


class UserCostSummary(CostSummary):
    """Cost of one end user beside the period before."""

    end_user_id: Optional[str]
    external_id: str


class TrendPoint(SpanTotals):
    """One slot of a time series. ``date`` is its local date, or for hours its instant."""

    date: str


class CostTrend(SpanTotals):
    """A time series. Every slot of the range is there. ``result["items"]`` and ``data_points`` are the same."""

    trend: List[TrendPoint]
    data_points: List[TrendPoint]
    granularity: Granularity


class UserCostTrend(CostTrend):
    """The time series of one end user."""

    end_user_id: Optional[str]
    external_id: str


class TokenCounts(Record):
    """Tokens class by class."""

    input: int
    cache_read: int
    cache_write: int
    output: int
    reasoning: int
    other: Dict[str, float]


class DetailedCostItem(CostItem):
    """A row with its token counts."""

    tokens: TokenCounts
    average_cost_per_event: Optional[float]


class DetailedUserCostItem(CostItem):
    """An end user's row."""

    end_user_id: Optional[str]
    external_id: Optional[str]
    end_user_name: Optional[str]
    average_cost_per_event: Optional[float]


class DetailedCosts(Page[DetailedCostItem]):
    """A detailed breakdown, page by page."""

    _rows = "breakdown"

    breakdown: List[DetailedCostItem]
    total_cost: float
    period_start: str
    period_end: str


class DetailedUserCosts(Page[DetailedUserCostItem]):
    """A detailed breakdown by end user, page by page."""

    _rows = "breakdown"

    breakdown: List[DetailedUserCostItem]
    total_cost: float
    period_start: str
    period_end: str


class ValueCount(Record):
    """A value and how many events have it."""

    value: str
    event_count: int


class KeyCount(Record):
    """A dimension's key and how many events have it."""

    key: str
    event_count: int


class DimensionValues(Record):
    """The values of a dimension. The counts are in ``result["items"]``."""

    dimension: str
    period_start: str
    period_end: str


class DimensionKeys(Record):
    """The keys of dimensions: ``result["keys"]``, and in ``result["items"]`` with their counts."""

    period_start: str
    period_end: str


class Series(Totals):
    """The time series of one value."""

    attribution_value: Optional[str]
    other: bool
    points: List[TrendPoint]


class DimensionTrend(SpanTotals):
    """Time series by dimension: the dearest values, and the rest as one."""

    dimension: str
    granularity: Granularity
    series: List[Series]


class Agents(Record):
    """The agents that have events."""

    agents: List[str]
    period_start: str
    period_end: str


class Workflows(Record):
    """The workflows that have events."""

    workflows: List[str]
    period_start: str
    period_end: str


class Values(Record):
    """A list of values: ``result["values"]``."""

    period_start: str
    period_end: str


class Session(Totals):
    """A session and what it cost."""

    session_id: str
    session_type: Optional[str]
    user_id: Optional[str]
    started_at: str
    ended_at: str
    duration_ms: int


class Sessions(Page[Session]):
    """Sessions, the newest first."""

    _rows = "sessions"

    sessions: List[Session]
    period_start: str
    period_end: str


class SessionTypeCosts(Totals):
    """What sessions of one type cost."""

    session_type: Optional[str]
    session_count: int
    average_cost_per_session: Optional[float]
    min_cost: Optional[float]
    max_cost: Optional[float]
    median_cost: Optional[float]
    average_events_per_session: float
    average_duration_ms: float


class SessionComparison(Record):
    """Session types beside each other."""

    session_types: List[SessionTypeCosts]
    period_start: str
    period_end: str


class UsageEvent(Record):
    """An event as it was stored. ``cost`` is ``None`` when no price is known."""

    event_id: str
    event_type: str
    metric_name: str
    quantity: float
    event_timestamp: str
    provider: Optional[str]
    model: Optional[str]
    user_id: Optional[str]
    feature: Optional[str]
    agent_id: Optional[str]
    workflow_id: Optional[str]
    session_id: Optional[str]
    session_type: Optional[str]
    subscription_id: Optional[str]
    input_tokens: int
    output_tokens: int
    total_tokens: int
    cost: Optional[float]
    cost_nanos: Optional[str]
    cost_basis: str
    price_id: Optional[str]
    dimensions: Optional[Record]
    metadata: Optional[Record]
    usage: Record
    warnings: List[str]
    incomplete: bool


class SessionDetail(Record):
    """One session with its events."""

    session: Session
    by_model: List[CostItem]
    by_feature: List[CostItem]
    events: List[UsageEvent]
    has_more: bool


class UsageEvents(Page[UsageEvent]):
    """Events, the newest first."""

    _rows = "events"

    events: List[UsageEvent]
    data: List[UsageEvent]


class UsageSummary(SpanTotals):
    """High-level totals."""

    total_events: int
    total_input_tokens: int
    total_output_tokens: int
    unique_models: int
    unique_providers: int
    unique_end_users: int


class MetricUsage(Totals):
    """Usage of one metric."""

    metric_name: str
    total_quantity: float


class UsageAggregation(SpanTotals):
    """Usage by metric. ``result["items"]`` and ``aggregations`` are the same rows."""

    aggregations: List[MetricUsage]


class Recorded(Record):
    """What became of an event. ``recorded`` is false for one that was there already."""

    recorded: bool
    event_id: str


class BatchResult(Record):
    """What became of one event of a batch."""

    index: int
    recorded: bool
    event_id: Optional[str]
    error: Optional[Record]


class BatchRecorded(Record):
    """What became of a batch. Each event is judged alone."""

    recorded_count: int
    skipped_count: int
    failed_count: int
    results: List[BatchResult]


class EventDetail(UsageEvent):
    """An event with the explanation of its cost."""

    explanation: Cost


class DimensionDefinition(Record):
    """A custom dimension; ``configured`` is false for one that was only seen on events."""

    key: str
    name: Optional[str]
    type: Literal["text", "numeric"]
    description: Optional[str]
    configured: bool


class DimensionDefinitions(Record):
    """The custom dimensions."""

    definitions: List[DimensionDefinition]


class NumericSummary(Record):
    """A numeric dimension's values. Without any, all but the count are ``None``."""

    dimension: str
    count: int
    sum: Optional[float]
    avg: Optional[float]
    min: Optional[float]
    max: Optional[float]
    percentiles: Record
    period_start: str
    period_end: str


class NumericPoint(Record):
    """One slot of a numeric dimension's time series."""

    date: str
    period_start: str
    period_end: str
    count: int
    sum: Optional[float]
    avg: Optional[float]
    min: Optional[float]
    max: Optional[float]


class NumericTrend(Record):
    """A numeric dimension over time. ``result["items"]`` and ``trend`` are the same."""

    dimension: str
    granularity: Granularity
    trend: List[NumericPoint]


class Margin(Record):
    """Revenue beside cost. ``margin_percent`` and ``health`` are ``None`` without revenue."""

    revenue: float
    revenue_nanos: str
    cost: float
    cost_nanos: str
    margin: float
    margin_nanos: str
    margin_percent: Optional[float]
    health: Optional[Health]
    unpriced_event_count: int
    is_floor: bool
    currency: str


class MarginSummary(Record):
    """The margin of a span of time."""

    summary: Margin
    period_start: str
    period_end: str


class UserMargin(Margin):
    """The margin of one end user."""

    end_user_id: Optional[str]
    external_id: Optional[str]
    end_user_name: Optional[str]
    event_count: int


class UserMargins(Page[UserMargin]):
    """Margins by end user."""

    _rows = "endUsers"

    end_users: List[UserMargin]
    summary: Margin
    period_start: str
    period_end: str


class MarginPoint(Margin):
    """One slot of the margin's time series."""

    date: str
    period_start: str
    period_end: str


class MarginTrend(Record):
    """The margin over time. ``result["items"]`` and ``trend`` are the same."""

    trend: List[MarginPoint]
    summary: Margin
    granularity: Granularity
    period_start: str
    period_end: str


class InsightTotals(Totals):
    """Totals beside the period before."""

    unique_models: int
    unique_end_users: int
    average_cost_per_event: Optional[float]
    previous_period_cost: float
    previous_period_is_floor: bool
    change_percent: Optional[float]


class Mover(Record):
    """What changed most."""

    kind: str
    value: Optional[str]
    cost: float
    previous_cost: float
    is_floor: bool
    change_amount: float
    change_percent: Optional[float]


class Insights(Record):
    """What was asked for with ``include``; ``distributions`` are lists of rows by kind."""

    totals: InsightTotals
    distributions: Record
    top_movers: List[Mover]
    period_start: str
    period_end: str
