"""What the records hold, for type checkers and readers."""

from __future__ import annotations

from typing import List, Literal, Optional

from ._record import Record

Basis = Literal["reported", "exact", "estimated", "unpriced"]
Confidence = Literal["certain", "likely", "ambiguous"]


class ResponseWarning(Record):
    """Something a reader of the numbers should know."""

    code: str
    message: str


class CostLine(Record):
    """One bucket's part of a cost."""

    bucket: str
    quantity: float
    rate: str
    modifiers: List[str]
    amount_nanos: int


class Cost(Record):
    """What a call cost and how well that is known. ``amount`` is ``None`` when no price is known, never 0."""

    amount: Optional[float]
    amount_nanos: Optional[int]
    currency: str
    basis: Basis
    low: Optional[float]
    high: Optional[float]
    price_id: Optional[str]
    lines: List[CostLine]


class Totals(Record):
    """Inclusive token totals."""

    input_tokens: float
    output_tokens: float
    total_tokens: float
    stated_total_tokens: Optional[float]


class CallCost(Record):
    """What ``cost_of()`` and ``cost_of_stream()`` found."""

    provider: str
    format: str
    confidence: Confidence
    candidates: List[str]
    model: Optional[str]
    usage: Record
    totals: Totals
    warnings: List[ResponseWarning]
    cost: Cost
    incomplete: bool

    @property
    def computed_cost(self) -> Optional[Cost]:
        """What it would cost at list prices, where ``cost`` is what the provider states it charged."""
        computed: Optional[Cost] = self.get("computedCost")
        return computed


class DroppedByReason(Record):
    """Events given up, by reason."""

    queue_full: int
    too_large: int
    rejected: int
    expired: int
    closed: int


class DeliveryStats(Record):
    """Where every event is: ``tracked == sent + dropped + pending``, always. ``under_way`` are the streams that are
    tracked and not over: they become events, and count in the others, at their end.
    """

    tracked: int
    sent: int
    dropped: int
    pending: int
    under_way: int
    dropped_by_reason: DroppedByReason


class Ping(Record):
    """The service knows the key."""

    ok: bool
    organization_id: str
