# Made of _api/insights.py by scripts/async_api.py; change that one.
"""What changed, and where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional, Sequence

from .._call import AsyncCall
from .._reports import Insights

if TYPE_CHECKING:
    from .._call import Date


class AsyncInsightsResource:
    """The awaited form of ``client.insights``"""

    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    async def summary(
        self,
        start: Optional[Date] = None,
        end: Optional[Date] = None,
        *,
        include: Optional[Sequence[str]] = None,
        limit: Optional[int] = None,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
    ) -> Insights:
        """Totals beside the period before, and what ``include`` asks for: ``distributions``, ``top_movers``."""
        return await self._call.get(
            Insights,
            "/v1/insights/summary",
            start=start,
            end=end,
            include=include,
            limit=limit,
            start_date=start_date,
            end_date=end_date,
        )
