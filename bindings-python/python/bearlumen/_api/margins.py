"""Revenue beside cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from .._call import Call
from .._reports import (
    Granularity,
    MarginSummary,
    MarginTrend,
    UserMargins,
)

if TYPE_CHECKING:
    from .._call import Date


class Margins:
    """``client.margins``"""

    def __init__(self, call: Call) -> None:
        self._call = call

    def summary(self, start_date: Optional[Date] = None, end_date: Optional[Date] = None) -> MarginSummary:
        """The margin of a span of time."""
        return self._call.get(MarginSummary, "/v1/margins/summary", start_date=start_date, end_date=end_date)

    def by_end_user(
        self,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
        *,
        sort: Optional[str] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
    ) -> UserMargins:
        """The margin by end user."""
        return self._call.page(
            UserMargins,
            "/v1/margins/by-end-user",
            start_date=start_date,
            end_date=end_date,
            sort=sort,
            limit=limit,
            offset=offset,
        )

    def trend(
        self,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
        *,
        granularity: Optional[Granularity] = None,
    ) -> MarginTrend:
        """The margin over time."""
        return self._call.get(
            MarginTrend,
            "/v1/margins/trend",
            start_date=start_date,
            end_date=end_date,
            granularity=granularity,
        )
