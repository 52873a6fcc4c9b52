# Made of _api/dimensions.py by scripts/async_api.py; change that one.
"""Custom dimensions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from .._call import AsyncCall, path_of
from .._reports import (
    DimensionBreakdown,
    DimensionDefinitions,
    DimensionTrend,
    Granularity,
    NumericSummary,
    NumericTrend,
)

if TYPE_CHECKING:
    from .._call import Date


class AsyncDimensions:
    """The awaited form of ``client.dimensions``"""

    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    async def definitions(self) -> DimensionDefinitions:
        """The custom dimensions, configured or seen on events."""
        return await self._call.get(DimensionDefinitions, "/v1/dimensions")

    async def cost_breakdown(
        self,
        dimension: str,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
    ) -> DimensionBreakdown:
        """Cost by the values of a dimension."""
        return await self._call.get(
            DimensionBreakdown,
            path_of("/v1/dimensions/{dimension}/costs", dimension=dimension),
            start_date=start_date,
            end_date=end_date,
        )

    async def cost_trend(
        self,
        dimension: str,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
        *,
        granularity: Optional[Granularity] = None,
        value: Optional[str] = None,
    ) -> DimensionTrend:
        """Cost over time by the values of a dimension, or of one ``value``."""
        return await self._call.get(
            DimensionTrend,
            path_of("/v1/dimensions/{dimension}/trend", dimension=dimension),
            start_date=start_date,
            end_date=end_date,
            granularity=granularity,
            value=value,
        )

    async def numeric_summary(
        self,
        dimension: str,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
    ) -> NumericSummary:
        """Count, sum, average, bounds and percentiles of a numeric dimension."""
        return await self._call.get(
            NumericSummary,
            path_of("/v1/dimensions/{dimension}/numeric-summary", dimension=dimension),
            start_date=start_date,
            end_date=end_date,
        )

    async def numeric_trend(
        self,
        dimension: str,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
        *,
        granularity: Optional[Granularity] = None,
    ) -> NumericTrend:
        """A numeric dimension over time."""
        return await self._call.get(
            NumericTrend,
            path_of("/v1/dimensions/{dimension}/numeric-trend", dimension=dimension),
            start_date=start_date,
            end_date=end_date,
            granularity=granularity,
        )
