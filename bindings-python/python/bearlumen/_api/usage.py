"""Events: recording them one by one, and what was recorded."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional, Sequence, Union

from .._call import Call, body, camel, path_of
from .._reports import (
    BatchRecorded,
    EventDetail,
    Recorded,
    UsageAggregation,
    UsageEvents,
    UsageSummary,
)

if TYPE_CHECKING:
    from .._call import Date
    from .._entities import UsageRecordInput


class Usage:
    """``client.usage``"""

    def __init__(self, call: Call) -> None:
        self._call = call

    def record(
        self,
        event_type: Optional[str] = None,
        metric_name: Optional[str] = None,
        quantity: Optional[float] = None,
        *,
        idempotency_key: Optional[str] = None,
        event_timestamp: Union[Date, int, None] = None,
        user_id: Optional[str] = None,
        subscription_id: Optional[str] = None,
        agent_id: Optional[str] = None,
        workflow_id: Optional[str] = None,
        feature: Optional[str] = None,
        session_id: Optional[str] = None,
        session_type: Optional[str] = None,
        provider: Optional[str] = None,
        model: Optional[str] = None,
        usage: Optional[Mapping[str, float]] = None,
        modifiers: Optional[Mapping[str, str]] = None,
        cost: Optional[float] = None,
        dimensions: Optional[Mapping[str, Union[str, float]]] = None,
        metadata: Optional[Mapping[str, Any]] = None,
    ) -> Recorded:
        """Records an event and waits for the service to have it. ``recorded`` is false for one that it had already.

        ``event_type``, ``metric_name`` and ``quantity`` are required unless ``usage`` is given. Without an
        ``idempotency_key`` every call is a new event. To follow a provider's responses, ``track()`` is the better way.
        """
        event = body(
            event_type=event_type,
            metric_name=metric_name,
            quantity=quantity,
            idempotency_key=idempotency_key or _fresh_key(),
            event_timestamp=event_timestamp,
            user_id=user_id,
            subscription_id=subscription_id,
            agent_id=agent_id,
            workflow_id=workflow_id,
            feature=feature,
            session_id=session_id,
            session_type=session_type,
            provider=provider,
            model=model,
            usage=usage,
            modifiers=modifiers,
            cost=cost,
            dimensions=dimensions,
            metadata=metadata,
        )
        return self._call.record(Recorded, "/v1/usage/events", event)

    def record_batch(self, events: Sequence[Union[UsageRecordInput, Mapping[str, Any]]]) -> BatchRecorded:
        """Records 1 to 1000 events. Each is judged alone: ``failed_count`` and ``results`` say what became of them."""
        return self._call.record(
            BatchRecorded, "/v1/usage/events/batch", {"events": [_event(event) for event in events]}
        )

    def events(
        self,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
        *,
        model: Optional[str] = None,
        provider: Optional[str] = None,
        user_id: Optional[str] = None,
        feature: Optional[str] = None,
        agent_id: Optional[str] = None,
        workflow_id: Optional[str] = None,
        session_id: Optional[str] = None,
        subscription_id: Optional[str] = None,
        metric_name: Optional[str] = None,
        event_type: Optional[str] = None,
        basis: Optional[str] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
    ) -> UsageEvents:
        """Events of a span of time, the newest first, 100 a page unless ``limit`` (at most 1000) says otherwise."""
        return self._call.page(
            UsageEvents,
            "/v1/usage/events",
            start_date=start_date,
            end_date=end_date,
            model=model,
            provider=provider,
            user_id=user_id,
            feature=feature,
            agent_id=agent_id,
            workflow_id=workflow_id,
            session_id=session_id,
            subscription_id=subscription_id,
            metric_name=metric_name,
            event_type=event_type,
            basis=basis,
            limit=limit,
            offset=offset,
        )

    def query(
        self,
        subscription_id: Optional[str] = None,
        metric_name: Optional[str] = None,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
    ) -> UsageEvents:
        """The older name of ``events``."""
        return self._call.page(
            UsageEvents,
            "/v1/usage/query",
            subscription_id=subscription_id,
            metric_name=metric_name,
            start_date=start_date,
            end_date=end_date,
            limit=limit,
            offset=offset,
        )

    def retrieve(self, event_id: str) -> EventDetail:
        """One event, with the explanation of its cost."""
        return self._call.get(EventDetail, path_of("/v1/usage/events/{event_id}", event_id=event_id))

    def aggregation(
        self,
        subscription_id: Optional[str] = None,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
        *,
        metric_name: Optional[str] = None,
    ) -> UsageAggregation:
        """Usage by metric."""
        return self._call.get(
            UsageAggregation,
            "/v1/usage/aggregation",
            subscription_id=subscription_id,
            start_date=start_date,
            end_date=end_date,
            metric_name=metric_name,
        )

    def summary(
        self,
        subscription_id: Optional[str] = None,
        start_date: Optional[Date] = None,
        end_date: Optional[Date] = None,
    ) -> UsageSummary:
        """High-level totals."""
        return self._call.get(
            UsageSummary,
            "/v1/usage/summary",
            subscription_id=subscription_id,
            start_date=start_date,
            end_date=end_date,
        )


def _fresh_key() -> str:
    # Fixed before the request, so that whoever repeats it does not record the event twice.
    return f"rec_{os.urandom(16).hex()}"


def _event(given: Mapping[str, Any]) -> Dict[str, Any]:
    event = body(**{camel(name): value for name, value in given.items()})
    event.setdefault("idempotencyKey", _fresh_key())
    return event
