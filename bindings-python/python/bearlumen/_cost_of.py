"""The cost of a response without a client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional, Union

from . import _native
from ._types import CallCost

if TYPE_CHECKING:
    from datetime import datetime


def cost_of(
    response: object,
    *,
    provider: Optional[str] = None,
    model: Optional[str] = None,
    url: Optional[str] = None,
    timestamp: Union[datetime, str, float, None] = None,
) -> CallCost:
    """What a provider's response used and cost at list prices. Nothing is recorded or sent.

    ``provider``, ``model`` and ``url`` help where the response does not show them; ``timestamp`` is when the
    call was made, if not now. Raises :class:`InvalidRequestError` for what is no provider's response.
    """
    return CallCost(_native.cost_of(response, provider, model, url, timestamp))
