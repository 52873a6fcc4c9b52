"""What will it cost, what is odd, what would have been cheaper, which model should answer: computed here, of the caller's
own numbers. Nothing is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Literal, Mapping, Optional, Sequence, Type, TypeVar, Union

from . import _errors, _native
from ._call import camel
from ._record import Record, loads

if TYPE_CHECKING:
    from datetime import date, datetime

    Day = Union[str, date]
    Moment = Union[str, datetime]

R = TypeVar("R", bound=Record)
Severity = Literal["critical", "warning", "info"]
Quality = Literal["basic", "standard", "high", "top"]


class CostRange(Record):
    """US dollars and the interval around them; exactly, as decimal text of nano-dollars."""

    cost: float
    cost_nanos: str
    low: float
    low_nanos: str
    high: float
    high_nanos: str


class ForecastDay(CostRange):
    """One day ahead."""

    date: str


class Factor(Record):
    """Something the forecast found, with its figures."""

    code: str
    message: str


class Forecast(Record):
    """What the coming days will cost. ``status`` is ``"ok"`` or ``"too_little_data"``, with the ``reason``."""

    status: Literal["ok", "too_little_data"]
    reason: Optional[str]
    history_days: int
    horizon_days: int
    level: int
    projected: Optional[CostRange]
    next_7_days: Optional[CostRange]
    next_30_days: Optional[CostRange]
    confidence: Optional[int]
    trend: Optional[Literal["increasing", "decreasing", "stable"]]
    factors: List[Factor]
    daily: List[ForecastDay]


class SpendAlert(Record):
    """Something to look at: of what, where it is of one thing; when, where it is of a day; what it was and what was
    expected instead, where those were compared.
    """

    type: Literal["spike", "drop", "step", "trend", "new", "unpriced", "budget"]
    level: Severity
    message: str
    kind: Optional[str]
    value: Optional[str]
    date: Optional[str]
    actual: Optional[float]
    actual_nanos: Optional[str]
    expected: Optional[CostRange]


class BudgetCourse(Record):
    """Where a budget is going."""

    budget_nanos: str
    spent_nanos: str
    until: str
    period: Optional[CostRange]
    exhausted_on: Optional[str]


class Anomalies(Record):
    """What is odd, the weightiest first, and the course of the budget that was asked about. Series that were too short
    stand in ``skipped``, with the reason.
    """

    alerts: List[SpendAlert]
    budget: Optional[BudgetCourse]
    checked: int
    skipped: List[Record]


class QualityChange(Record):
    """Where the vendors place both models."""

    change: Literal["same", "higher", "lower", "unknown"]
    to: Optional[Quality]


class ComputedFrom(Record):
    """What a saving is computed from."""

    events: int
    to: Optional[str]
    days: Optional[int]
    buckets: Record
    method: str


class Recommendation(Record):
    """What would have been cheaper, by how much, and under which assumptions."""

    kind: Literal["model", "batch", "flex", "cache"]
    provider: str
    model: str
    to_provider: str
    to_model: str
    quality: QualityChange
    saved: float
    saved_nanos: str
    saved_percent: int
    baseline_nanos: str
    alternative_nanos: str
    basis: Literal["exact", "estimated"]
    assumptions: List[str]
    message: str
    computed_from: ComputedFrom


class Savings(Record):
    """Alternatives, the greatest saving first. Those of one row exclude each other; ``potential_nanos`` adds the best of
    each row that keeps the quality.
    """

    recommendations: List[Recommendation]
    potential_nanos: str
    actual_nanos: str
    skipped: List[Record]


class EstimatedCost(Record):
    """What a call would cost, at its likely tokens and at their bounds."""

    cost: float
    cost_nanos: str
    low_nanos: str
    high_nanos: str


class RoutingDecision(Record):
    """The model to take."""

    provider: str
    model: str
    quality: Quality
    reason: str
    estimated_cost: Optional[EstimatedCost]
    latency_ms: Optional[int]


class ConsideredModel(Record):
    """A model and how it fares; ``reasons`` say what it lacks."""

    provider: str
    model: str
    quality: Quality
    quality_from: str
    estimated_cost: Optional[EstimatedCost]
    latency_ms: Optional[int]
    outcome: Literal["chosen", "adequate", "rejected"]
    reasons: List[str]


class CurrentModel(Record):
    """The model in use beside the decision."""

    provider: str
    model: str
    quality: Optional[Quality]
    estimated_cost: Optional[EstimatedCost]
    saved_nanos: Optional[str]
    change: Literal["none", "unknown", "quality_upgrade", "cost_downgrade", "sideways"]


class Routed(Record):
    """Which model should answer; ``decision`` is ``None`` when none is adequate."""

    decision: Optional[RoutingDecision]
    reason: str
    priority: Literal["cost", "quality", "latency", "balanced"]
    requirement: Record
    tokens: Record
    considered: List[ConsideredModel]
    against: Optional[CurrentModel]
    limits_from: str


def forecast(
    question: Optional[Mapping[str, Any]] = None,
    /,
    *,
    start: Optional[Day] = None,
    daily_nanos: Optional[Sequence[Union[int, str]]] = None,
    horizon_days: Optional[int] = None,
    level: Optional[int] = None,
) -> Forecast:
    """What the coming days will cost, with intervals, a confidence and the reasons.

    :param question: the whole question as a mapping, instead of or beside its fields.
    :param start: the first day of the series.
    :param daily_nanos: what whole days in a row cost, in nano-dollars; a day that is not over stays out.
    :param horizon_days: days ahead, 1 to 90; 30 when absent.
    :param level: what per cent of truths an interval is meant to hold: 50, 80 (when absent), 90, 95 or 99.
    """
    return _answer(
        Forecast, "forecast", question, start=start, daily_nanos=daily_nanos, horizon_days=horizon_days, level=level
    )


def anomalies(
    question: Optional[Mapping[str, Any]] = None,
    /,
    *,
    series: Optional[Sequence[Mapping[str, Any]]] = None,
    unpriced: Optional[Sequence[Mapping[str, Any]]] = None,
    budget: Optional[Mapping[str, Any]] = None,
    check_days: Optional[int] = None,
    least_nanos: Optional[int] = None,
) -> Anomalies:
    """Days that were not to be expected, steps, trends, first costs, calls without a price, and a budget's course.

    :param question: the whole question as a mapping, instead of or beside its fields.
    :param series: ``{"kind": "model", "value": "gpt-4o", "start": …, "daily_nanos": […]}``, one for each thing watched.
    :param unpriced: ``{"provider", "model", "first_seen", "events"}`` of calls without a price.
    :param budget: ``{"nanos", "until", "spent_nanos", "today_nanos", "series": {"start", "daily_nanos"}}``.
    :param check_days: how many of the latest days are judged, 1 to 7; 1 when absent.
    :param least_nanos: differences below are not told; a cent when absent.
    """
    return _answer(
        Anomalies,
        "anomalies",
        question,
        series=series,
        unpriced=unpriced,
        budget=budget,
        check_days=check_days,
        least_nanos=least_nanos,
    )


def savings(
    question: Optional[Mapping[str, Any]] = None,
    /,
    *,
    usage: Optional[Sequence[Mapping[str, Any]]] = None,
    events: Optional[Sequence[Mapping[str, Any]]] = None,
    at: Optional[Moment] = None,
    from_: Optional[Day] = None,
    to: Optional[Day] = None,
    providers: Optional[Sequence[str]] = None,
    models: Optional[Sequence[str]] = None,
    cache_percent: Optional[int] = None,
    same_quality_only: Optional[bool] = None,
    limit: Optional[int] = None,
    own_prices: Optional[Mapping[str, Any]] = None,
) -> Savings:
    """What the same usage would have cost on other models, in batches or with a cache.

    :param question: the whole question as a mapping, instead of or beside its fields.
    :param usage: sums by model: ``{"provider", "model", "events", "cost_nanos", "buckets": {"input": n, …}}``.
    :param events: single calls: ``{"provider", "model", "at", "cost_nanos", "buckets"}``.
    :param at: the time whose prices hold; now when absent.
    :param from_: the first day that the usage is of, and ``to`` the last: said back.
    :param providers: compare with models of these alone; so with ``models``.
    :param cache_percent: the share of input to suppose cached.
    :param own_prices: the caller's own rates and discounts.
    """
    return _answer(
        Savings,
        "savings",
        question,
        usage=usage,
        events=events,
        at=at,
        from_=from_,
        to=to,
        providers=providers,
        models=models,
        cache_percent=cache_percent,
        same_quality_only=same_quality_only,
        limit=limit,
        own_prices=own_prices,
    )


def route(
    question: Optional[Mapping[str, Any]] = None,
    /,
    *,
    prompt: Optional[str] = None,
    input_tokens: Optional[int] = None,
    output_tokens: Optional[int] = None,
    modalities: Optional[Sequence[str]] = None,
    priority: Optional[Literal["cost", "quality", "latency", "balanced"]] = None,
    quality_requirement: Optional[str] = None,
    max_latency_ms: Optional[int] = None,
    max_cost_nanos: Optional[int] = None,
    providers: Optional[Sequence[str]] = None,
    models: Optional[Sequence[str]] = None,
    latencies: Optional[Sequence[Mapping[str, Any]]] = None,
    current: Optional[Mapping[str, str]] = None,
    own_prices: Optional[Mapping[str, Any]] = None,
    at: Optional[Moment] = None,
) -> Routed:
    """The cheapest adequate model for a prompt, and all that were considered. The prompt goes nowhere.

    :param question: the whole question as a mapping, instead of or beside its fields.
    :param prompt: measured for its tokens, unless ``input_tokens`` says how many they are.
    :param output_tokens: how long the answer may be; 500 when absent.
    :param modalities: what the prompt holds: some of ``text``, ``image``, ``audio``, ``video``.
    :param priority: what decides among adequate models; ``cost`` when absent.
    :param quality_requirement: ``low``, ``medium``, ``high`` or ``highest``; that of ``current`` when absent.
    :param latencies: the caller's own: ``{"provider", "model", "latency_ms"}``.
    :param current: ``{"provider", "model"}`` in use, which the decision is compared with.
    :param at: the time whose prices hold; now when absent.
    """
    return _answer(
        Routed,
        "route",
        question,
        prompt=prompt,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        modalities=modalities,
        priority=priority,
        quality_requirement=quality_requirement,
        max_latency_ms=max_latency_ms,
        max_cost_nanos=max_cost_nanos,
        providers=providers,
        models=models,
        latencies=latencies,
        current=current,
        own_prices=own_prices,
        at=at,
    )


# Those that ask for the time whose prices hold.
_PRICED = ("savings", "route")


def _answer(kind: Type[R], name: str, question: Optional[Mapping[str, Any]], **fields: Any) -> R:
    import json  # only who asks pays for it

    if question is not None and not isinstance(question, Mapping):
        raise _errors.InvalidRequestError("Invalid question: expected a mapping", "validation_error")
    asked: Dict[str, Any] = dict(question or {})
    asked.update((camel(field.rstrip("_")), value) for field, value in fields.items() if value is not None)
    if name in _PRICED and asked.get("at") is None:
        from datetime import datetime, timezone

        asked["at"] = datetime.now(timezone.utc)
    try:
        text = json.dumps(asked, allow_nan=False, default=_plain)
    except (TypeError, ValueError) as error:
        raise _errors.InvalidRequestError(f"Invalid question: {error}", "validation_error") from None
    return kind(loads(_native.advice(name, text)))


def _plain(value: Any) -> Any:
    if hasattr(value, "astimezone"):
        # Without a time zone it is local time, as everywhere in Python.
        return value.astimezone().isoformat()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (Sequence, set, frozenset)) and not isinstance(value, (bytes, bytearray)):
        return list(value)
    raise TypeError(f"{type(value).__name__} is nothing that JSON holds")
