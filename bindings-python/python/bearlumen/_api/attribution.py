"""Who and what costs go to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional, Sequence

from .._call import Call, path_of
from .._reports import (
    Agents,
    CostBreakdownResponse,
    DimensionBreakdown,
    DimensionKeys,
    DimensionTrend,
    DimensionValues,
    Granularity,
    SessionComparison,
    SessionDetail,
    Sessions,
    Values,
    Workflows,
)

if TYPE_CHECKING:
    from .._call import Date


class Attribution:
    """``client.attribution``"""

    def __init__(self, call: Call) -> None:
        self._call = call

    def by_dimension(
        self,
        dimension: str,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
    ) -> DimensionBreakdown:
        """Cost by a dimension that events are tagged with, or by one of the built-in ones: ``model``, ``provider``, ..."""
        return self._call.get(
            DimensionBreakdown,
            "/v1/attribution/by-dimension",
            dimension=dimension,
            start_date=start_date,
            end_date=end_date,
        )

    def dimension_values(
        self,
        dimension: str,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
    ) -> DimensionValues:
        """The values of a dimension."""
        return self._call.get(
            DimensionValues,
            "/v1/attribution/dimension-values",
            dimension=dimension,
            start_date=start_date,
            end_date=end_date,
        )

    def dimension_keys(
        self,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
    ) -> DimensionKeys:
        """The dimensions that have data."""
        return self._call.get(
            DimensionKeys, "/v1/attribution/dimension-keys", start_date=start_date, end_date=end_date
        )

    def time_series(
        self,
        dimension: str,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
        *,
        granularity: Optional[Granularity] = None,
        limit: Optional[int] = None,
    ) -> DimensionTrend:
        """Cost over time by dimension: the ``limit`` dearest values, and the rest as one."""
        return self._call.get(
            DimensionTrend,
            "/v1/attribution/time-series",
            dimension=dimension,
            start_date=start_date,
            end_date=end_date,
            granularity=granularity,
            limit=limit,
        )

    def agents(self, start_date: Optional[Date] = None, end_date: Optional[Date] = None) -> Agents:
        """The agents that have data."""
        return self._call.get(Agents, "/v1/attribution/agents", start_date=start_date, end_date=end_date)

    def workflows(self, start_date: Optional[Date] = None, end_date: Optional[Date] = None) -> Workflows:
        """The workflows that have data."""
        return self._call.get(
            Workflows, "/v1/attribution/workflows", start_date=start_date, end_date=end_date
        )

    def sessions(
        self,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
        *,
        session_type: Optional[str] = None,
        user_id: Optional[str] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
    ) -> Sessions:
        """Sessions with their cost, the newest first. A session belongs to the range in which it started."""
        return self._call.page(
            Sessions,
            "/v1/attribution/sessions",
            start_date=start_date,
            end_date=end_date,
            session_type=session_type,
            user_id=user_id,
            limit=limit,
            offset=offset,
        )

    def session_comparison(
        self,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
        *,
        session_types: Optional[Sequence[str]] = None,
    ) -> SessionComparison:
        """Session types beside each other: all, or those named."""
        return self._call.get(
            SessionComparison,
            "/v1/attribution/session-comparison",
            start_date=start_date,
            end_date=end_date,
            session_types=session_types,
        )

    def session_detail(self, session_id: str) -> SessionDetail:
        """One session with its events."""
        return self._call.get(
            SessionDetail, path_of("/v1/attribution/sessions/{session_id}", session_id=session_id)
        )


class CostAttribution:
    """``client.cost_attribution``: the older names of some of the above."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def by_agent(
        self,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
    ) -> CostBreakdownResponse:
        """Cost grouped by agent."""
        return self._call.get(
            CostBreakdownResponse, "/v1/cost-attribution/by-agent", start_date=start_date, end_date=end_date
        )

    def by_workflow(
        self,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
    ) -> CostBreakdownResponse:
        """Cost grouped by workflow."""
        return self._call.get(
            CostBreakdownResponse,
            "/v1/cost-attribution/by-workflow",
            start_date=start_date,
            end_date=end_date,
        )

    def list_agents(self, start_date: Optional[Date] = None, end_date: Optional[Date] = None) -> Values:
        """The agents that have data: ``result["values"]``."""
        return self._call.get(Values, "/v1/cost-attribution/agents", start_date=start_date, end_date=end_date)

    def list_workflows(self, start_date: Optional[Date] = None, end_date: Optional[Date] = None) -> Values:
        """The workflows that have data."""
        return self._call.get(
            Values, "/v1/cost-attribution/workflows", start_date=start_date, end_date=end_date
        )
