"""Custom dimensions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from .._call import Call, path_of
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


class Dimensions:
    """``client.dimensions``"""

    def __init__(self, call: Call) -> None:
        self._call = call

    def definitions(self) -> DimensionDefinitions:
        """The custom dimensions, configured or seen on events."""
        return self._call.get(DimensionDefinitions, "/v1/dimensions")

    def cost_breakdown(
        self,
        dimension: str,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
    ) -> DimensionBreakdown:
        """Cost by the values of a dimension."""
        return self._call.get(
            DimensionBreakdown,
            path_of("/v1/dimensions/{dimension}/costs", dimension=dimension),
            start_date=start_date,
            end_date=end_date,
        )

    def cost_trend(
        self,
        dimension: str,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
        *,
        granularity: Optional[Granularity] = None,
        value: Optional[str] = None,
    ) -> DimensionTrend:
        """Cost over time by the values of a dimension, or of one ``value``."""
        return self._call.get(
            DimensionTrend,
            path_of("/v1/dimensions/{dimension}/trend", dimension=dimension),
            start_date=start_date,
            end_date=end_date,
            granularity=granularity,
            value=value,
        )

    def numeric_summary(
        self,
        dimension: str,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
    ) -> NumericSummary:
        """Count, sum, average, bounds and percentiles of a numeric dimension."""
        return self._call.get(
            NumericSummary,
            path_of("/v1/dimensions/{dimension}/numeric-summary", dimension=dimension),
            start_date=start_date,
            end_date=end_date,
        )

    def numeric_trend(
        self,
        dimension: str,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
        *,
        granularity: Optional[Granularity] = None,
    ) -> NumericTrend:
        """A numeric dimension over time."""
        return self._call.get(
            NumericTrend,
            path_of("/v1/dimensions/{dimension}/numeric-trend", dimension=dimension),
            start_date=start_date,
            end_date=end_date,
            granularity=granularity,
        )
