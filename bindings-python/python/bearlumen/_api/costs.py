"""Cost reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from .._call import Call, path_of
from .._reports import (
    CostBreakdownResponse,
    CostSummary,
    CostTrend,
    DetailedCosts,
    DetailedUserCosts,
    Granularity,
    UserCostBreakdown,
    UserCostSummary,
    UserCostTrend,
)

if TYPE_CHECKING:
    from .._call import Date



class Costs:
    """``client.costs``. Dates are ISO 8601 texts, ``date`` or ``datetime``; a plain end date is that whole day."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def by_model(
        self, start_date: Optional[Date] = None, end_date: Optional[Date] = None
    ) -> CostBreakdownResponse:
        """Cost grouped by model."""
        return self._call.get(
            CostBreakdownResponse, "/v1/cost-data/by-model", start_date=start_date, end_date=end_date
        )

    def by_provider(
        self, start_date: Optional[Date] = None, end_date: Optional[Date] = None
    ) -> CostBreakdownResponse:
        """Cost grouped by provider."""
        return self._call.get(
            CostBreakdownResponse, "/v1/cost-data/by-provider", start_date=start_date, end_date=end_date
        )

    def by_feature(
        self, start_date: Optional[Date] = None, end_date: Optional[Date] = None
    ) -> CostBreakdownResponse:
        """Cost grouped by feature."""
        return self._call.get(
            CostBreakdownResponse, "/v1/cost-data/by-feature", start_date=start_date, end_date=end_date
        )

    def by_agent(
        self, start_date: Optional[Date] = None, end_date: Optional[Date] = None
    ) -> CostBreakdownResponse:
        """Cost grouped by agent."""
        return self._call.get(
            CostBreakdownResponse, "/v1/cost-data/by-agent", start_date=start_date, end_date=end_date
        )

    def by_workflow(
        self, start_date: Optional[Date] = None, end_date: Optional[Date] = None
    ) -> CostBreakdownResponse:
        """Cost grouped by workflow."""
        return self._call.get(
            CostBreakdownResponse, "/v1/cost-data/by-workflow", start_date=start_date, end_date=end_date
        )

    def by_end_user(
        self, start_date: Optional[Date] = None, end_date: Optional[Date] = None
    ) -> CostBreakdownResponse:
        """Cost grouped by end user."""
        return self._call.get(
            CostBreakdownResponse, "/v1/cost-data/by-end-user", start_date=start_date, end_date=end_date
        )

    def trend(
        self,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
        *,
        granularity: Optional[Granularity] = None,
    ) -> CostTrend:
        """Cost over time, by day unless ``granularity`` says otherwise."""
        return self._call.get(
            CostTrend, "/v1/cost-data/trend", start_date=start_date, end_date=end_date, granularity=granularity
        )

    def summary(
        self,
        time_window: Optional[str] = None,
        *,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
    ) -> CostSummary:
        """Cost of a period beside the period before: a named window such as ``last-7-days``, or dates."""
        return self._call.get(
            CostSummary, "/v1/cost-data/summary", time_window=time_window, start_date=start_date, end_date=end_date
        )

    def detailed_by_model(
        self,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
        *,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
    ) -> DetailedCosts:
        """Cost by model with token counts."""
        return self._call.page(
            DetailedCosts,
            "/v1/cost-data/detailed/by-model",
            start_date=start_date,
            end_date=end_date,
            limit=limit,
            offset=offset,
        )

    def detailed_by_provider(
        self,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
        *,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
    ) -> DetailedCosts:
        """Cost by provider with token counts."""
        return self._call.page(
            DetailedCosts,
            "/v1/cost-data/detailed/by-provider",
            start_date=start_date,
            end_date=end_date,
            limit=limit,
            offset=offset,
        )

    def detailed_by_end_user(
        self,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
        *,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
    ) -> DetailedUserCosts:
        """Cost by end user with token counts."""
        return self._call.page(
            DetailedUserCosts,
            "/v1/cost-data/detailed/by-end-user",
            start_date=start_date,
            end_date=end_date,
            limit=limit,
            offset=offset,
        )

    def for_user(self, external_id: str) -> UserCosts:
        """The same questions for one end user, by your own id."""
        return UserCosts(self._call, external_id)


class UserCosts:
    """``client.costs.for_user()``."""

    def __init__(self, call: Call, external_id: str) -> None:
        self._call = call
        self._path = path_of("/v1/end-user-costs/{external_id}/", external_id=external_id)

    def summary(
        self,
        time_window: Optional[str] = None,
        *,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
    ) -> UserCostSummary:
        """Cost of a period beside the period before."""
        return self._call.get(
            UserCostSummary,
            self._path + "summary",
            time_window=time_window,
            start_date=start_date,
            end_date=end_date,
        )

    def by_model(
        self, start_date: Optional[Date] = None, end_date: Optional[Date] = None
    ) -> UserCostBreakdown:
        """Cost grouped by model."""
        return self._call.get(
            UserCostBreakdown, self._path + "by-model", start_date=start_date, end_date=end_date
        )

    def by_provider(
        self, start_date: Optional[Date] = None, end_date: Optional[Date] = None
    ) -> UserCostBreakdown:
        """Cost grouped by provider."""
        return self._call.get(
            UserCostBreakdown, self._path + "by-provider", start_date=start_date, end_date=end_date
        )

    def by_feature(
        self, start_date: Optional[Date] = None, end_date: Optional[Date] = None
    ) -> UserCostBreakdown:
        """Cost grouped by feature."""
        return self._call.get(
            UserCostBreakdown, self._path + "by-feature", start_date=start_date, end_date=end_date
        )

    def trend(
        self,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
        *,
        granularity: Optional[Granularity] = None,
    ) -> UserCostTrend:
        """Cost over time."""
        return self._call.get(
            UserCostTrend, self._path + "trend", start_date=start_date, end_date=end_date, granularity=granularity
        )
