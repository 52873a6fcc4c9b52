# Made of _api/subscriptions.py by scripts/async_api.py; change that one.
"""Subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Optional

from .._call import AsyncCall, body, path_of
from .._entities import Subscription, Subscriptions

if TYPE_CHECKING:
    from .._call import Date
    from .._entities import BillingCycle


class AsyncSubscriptionsResource:
    """The awaited form of ``client.subscriptions``"""

    def __init__(self, call: AsyncCall) -> None:
        self._call = call

    async def create(
        self,
        organization_id: Optional[str] = None,
        plan_id: Optional[str] = None,
        billing_cycle: Optional[BillingCycle] = None,
        start_date: Optional[Date] = None,
        *,
        user_id: Optional[str] = None,
        pricing_plan_id: Optional[str] = None,
        current_period_start: Optional[Date] = None,
        current_period_end: Optional[Date] = None,
        stripe_subscription_id: Optional[str] = None,
        metadata: Optional[Mapping[str, Any]] = None,
    ) -> Subscription:
        """Puts an end user on a plan: by cycle and start, from which the period follows, or by ``user_id``,
        ``pricing_plan_id`` and the period itself.
        """
        fields = body(
            organization_id=organization_id,
            plan_id=plan_id,
            billing_cycle=billing_cycle,
            start_date=start_date,
            user_id=user_id,
            pricing_plan_id=pricing_plan_id,
            current_period_start=current_period_start,
            current_period_end=current_period_end,
            stripe_subscription_id=stripe_subscription_id,
            metadata=metadata,
        )
        return await self._call.send(Subscription, "POST", "/v1/subscriptions", fields)

    async def retrieve(self, subscription_id: str) -> Subscription:
        """One subscription."""
        path = path_of("/v1/subscriptions/{subscription_id}", subscription_id=subscription_id)
        return await self._call.get(Subscription, path)

    async def update(
        self,
        subscription_id: str,
        *,
        plan_id: Optional[str] = None,
        pricing_plan_id: Optional[str] = None,
        billing_cycle: Optional[BillingCycle] = None,
        current_period_start: Optional[Date] = None,
        current_period_end: Optional[Date] = None,
        stripe_subscription_id: Optional[str] = None,
        metadata: Optional[Mapping[str, Any]] = None,
    ) -> Subscription:
        """Changes what is given."""
        path = path_of("/v1/subscriptions/{subscription_id}", subscription_id=subscription_id)
        fields = body(
            plan_id=plan_id,
            pricing_plan_id=pricing_plan_id,
            billing_cycle=billing_cycle,
            current_period_start=current_period_start,
            current_period_end=current_period_end,
            stripe_subscription_id=stripe_subscription_id,
            metadata=metadata,
        )
        return await self._call.send(Subscription, "PATCH", path, fields)

    async def cancel(self, subscription_id: str) -> Subscription:
        """Cancels a subscription."""
        path = path_of("/v1/subscriptions/{subscription_id}/cancel", subscription_id=subscription_id)
        return await self._call.send(Subscription, "POST", path)

    async def list(
        self,
        organization_id: Optional[str] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
        *,
        user_id: Optional[str] = None,
        status: Optional[str] = None,
    ) -> Subscriptions:
        """Subscriptions, of one end user where one is given."""
        return await self._call.page(
            Subscriptions,
            "/v1/subscriptions",
            organization_id=organization_id,
            limit=limit,
            offset=offset,
            user_id=user_id,
            status=status,
        )
