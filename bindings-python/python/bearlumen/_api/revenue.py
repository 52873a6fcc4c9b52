"""Revenue, which turns costs into margins."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Optional, Union

from .._call import Call, body
from .._entities import RevenueEvents, RevenueRecorded

if TYPE_CHECKING:
    from decimal import Decimal

    from .._call import Date


class Revenue:
    """``client.revenue``"""

    def __init__(self, call: Call) -> None:
        self._call = call

    def record(
        self,
        user_id: str,
        amount: Union[float, Decimal],
        period_start: Date,
        period_end: Date,
        *,
        currency: Optional[str] = None,
        idempotency_key: Optional[str] = None,
        subscription_id: Optional[str] = None,
        description: Optional[str] = None,
    ) -> RevenueRecorded:
        """Records what an end user, by your own id, pays in US dollars for a period. It is spread evenly over it."""
        fields = body(
            user_id=user_id,
            amount=amount,
            currency=currency,
            period_start=period_start,
            period_end=period_end,
            idempotency_key=idempotency_key or f"rev_{os.urandom(16).hex()}",
            subscription_id=subscription_id,
            description=description,
        )
        return self._call.record(RevenueRecorded, "/v1/revenue/events", fields)

    def list(
        self,
        user_id: Optional[str] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
    ) -> RevenueEvents:
        """What was recorded."""
        return self._call.page(
            RevenueEvents,
            "/v1/revenue/events",
            user_id=user_id,
            limit=limit,
            offset=offset,
        )
