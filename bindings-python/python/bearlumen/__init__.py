"""Bear Lumen: what every AI call costs.

>>> import bearlumen
>>> client = bearlumen.Client(api_key="sk_...")
>>> result = client.track(response, user_id="user_123", feature="chat")
>>> client.shutdown()
"""

from typing import TYPE_CHECKING, Any

try:
    from . import _native  # noqa: F401
except ImportError as error:
    import platform

    raise ImportError(
        f"bearlumen has no native module for {platform.system()} {platform.machine()} with "
        f"{platform.python_implementation()} {platform.python_version()} here ({error}): "
        "install the package on this very platform, or for it"
    ) from error

from ._advice import (
    Anomalies,
    BudgetCourse,
    ConsideredModel,
    CostRange,
    CurrentModel,
    EstimatedCost,
    Factor,
    Forecast,
    ForecastDay,
    Recommendation,
    Routed,
    RoutingDecision,
    Savings,
    SpendAlert,
    anomalies,
    forecast,
    route,
    savings,
)
from ._client import Client
from ._context import Context
from ._cost_of import cost_of, cost_of_stream
from ._entities import (
    Budget,
    Budgets,
    EndUser,
    EndUserResponse,
    EndUsers,
    RevenueEvent,
    RevenueEvents,
    RevenueRecorded,
    Subscription,
    Subscriptions,
    UsageRecordInput,
)
from ._errors import (
    AuthenticationError,
    BearLumenError,
    DuplicateCustomerError,
    InvalidEmailError,
    InvalidRequestError,
    NetworkError,
    NotFoundError,
    RateLimitError,
)
from ._native import VERSION as __version__
from ._native import TrackResult
from ._provider import Provider
from ._reports import (
    BatchRecorded,
    CostBreakdownResponse,
    CostItem,
    CostSummary,
    CostTrend,
    DetailedCosts,
    DetailedUserCosts,
    DimensionBreakdown,
    DimensionDefinitions,
    DimensionKeys,
    DimensionTrend,
    DimensionValues,
    EventDetail,
    Insights,
    Margin,
    MarginSummary,
    MarginTrend,
    NumericSummary,
    NumericTrend,
    Recorded,
    Session,
    SessionComparison,
    SessionDetail,
    Sessions,
    UsageAggregation,
    UsageEvent,
    UsageEvents,
    UsageSummary,
    UserMargin,
    UserMargins,
)
from ._streams import AsyncTrackedStream, EitherTrackedStream, TrackedStream
from ._types import CallCost, Cost, CostLine, DeliveryStats, Ping

if TYPE_CHECKING:
    from ._async_client import AsyncClient

BearLumen = Client

__all__ = [
    "Anomalies",
    "AsyncClient",
    "AsyncTrackedStream",
    "AuthenticationError",
    "BatchRecorded",
    "BearLumen",
    "BearLumenError",
    "Budget",
    "BudgetCourse",
    "Budgets",
    "CallCost",
    "Client",
    "ConsideredModel",
    "Context",
    "Cost",
    "CostBreakdownResponse",
    "CostItem",
    "CostLine",
    "CostRange",
    "CostSummary",
    "CostTrend",
    "CurrentModel",
    "DeliveryStats",
    "DetailedCosts",
    "DetailedUserCosts",
    "DimensionBreakdown",
    "DimensionDefinitions",
    "DimensionKeys",
    "DimensionTrend",
    "DimensionValues",
    "DuplicateCustomerError",
    "EitherTrackedStream",
    "EndUser",
    "EndUserResponse",
    "EndUsers",
    "EstimatedCost",
    "EventDetail",
    "Factor",
    "Forecast",
    "ForecastDay",
    "Insights",
    "InvalidEmailError",
    "InvalidRequestError",
    "Margin",
    "MarginSummary",
    "MarginTrend",
    "NetworkError",
    "NotFoundError",
    "NumericSummary",
    "NumericTrend",
    "Ping",
    "Provider",
    "RateLimitError",
    "Recommendation",
    "Recorded",
    "RevenueEvent",
    "RevenueEvents",
    "RevenueRecorded",
    "Routed",
    "RoutingDecision",
    "Savings",
    "Session",
    "SessionComparison",
    "SessionDetail",
    "Sessions",
    "SpendAlert",
    "Subscription",
    "Subscriptions",
    "TrackResult",
    "TrackedStream",
    "UsageAggregation",
    "UsageEvent",
    "UsageEvents",
    "UsageRecordInput",
    "UsageSummary",
    "UserMargin",
    "UserMargins",
    "__version__",
    "anomalies",
    "cost_of",
    "cost_of_stream",
    "forecast",
    "route",
    "savings",
]


def __getattr__(name: str) -> Any:
    # Only who uses it pays for what asynchronous code needs.
    if name == "AsyncClient":
        from ._async_client import AsyncClient

        return AsyncClient
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
