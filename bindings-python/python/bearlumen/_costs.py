"""Cost reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional, Union

from ._types import CostBreakdownResponse, CostSummary

if TYPE_CHECKING:
    from datetime import date

    from ._transport import Transport

    Date = Union[str, date]


def _text(moment: Optional[Date]) -> Optional[str]:
    return moment if moment is None or isinstance(moment, str) else moment.isoformat()


class Costs:
    """``client.costs``. Dates are ISO 8601 texts, ``date`` or ``datetime``; a plain end date is that whole day."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def by_model(
        self, start_date: Optional[Date] = None, end_date: Optional[Date] = None
    ) -> CostBreakdownResponse:
        """Cost grouped by model."""
        return self._by("model", start_date, end_date)

    def by_provider(
        self, start_date: Optional[Date] = None, end_date: Optional[Date] = None
    ) -> CostBreakdownResponse:
        """Cost grouped by provider."""
        return self._by("provider", start_date, end_date)

    def by_feature(
        self, start_date: Optional[Date] = None, end_date: Optional[Date] = None
    ) -> CostBreakdownResponse:
        """Cost grouped by feature."""
        return self._by("feature", start_date, end_date)

    def by_agent(
        self, start_date: Optional[Date] = None, end_date: Optional[Date] = None
    ) -> CostBreakdownResponse:
        """Cost grouped by agent."""
        return self._by("agent", start_date, end_date)

    def by_workflow(
        self, start_date: Optional[Date] = None, end_date: Optional[Date] = None
    ) -> CostBreakdownResponse:
        """Cost grouped by workflow."""
        return self._by("workflow", start_date, end_date)

    def by_end_user(
        self, start_date: Optional[Date] = None, end_date: Optional[Date] = None
    ) -> CostBreakdownResponse:
        """Cost grouped by end user."""
        return self._by("end-user", start_date, end_date)

    def summary(
        self,
        time_window: Optional[str] = None,
        *,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
    ) -> CostSummary:
        """Cost of a period beside the period before: a named window such as ``last-7-days``, or dates."""
        params = {"time_window": time_window, "start_date": _text(start_date), "end_date": _text(end_date)}
        return CostSummary(self._transport.get("/v1/cost-data/summary", params))

    def _by(self, what: str, start: Optional[Date], end: Optional[Date]) -> CostBreakdownResponse:
        params = {"start_date": _text(start), "end_date": _text(end)}
        return CostBreakdownResponse(self._transport.get(f"/v1/cost-data/by-{what}", params))
