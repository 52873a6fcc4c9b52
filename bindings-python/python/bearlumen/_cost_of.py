"""The cost of a response or a stream without a client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable, Mapping, Optional, Union

from . import _native
from ._types import CallCost

if TYPE_CHECKING:
    from datetime import datetime


if TYPE_CHECKING:

    def cost_of(
        response: object,
        *,
        provider: Optional[str] = None,
        model: Optional[str] = None,
        url: Optional[str] = None,
        timestamp: Union[datetime, str, float, None] = None,
        headers: Optional[Mapping[str, str]] = None,
    ) -> CallCost:
        """What a provider's response used and cost at list prices. Nothing is recorded or sent.

        ``provider``, ``model``, ``url`` and the response's HTTP ``headers`` help where its body does not show them;
        ``timestamp`` is when the call was made, if not now. Raises :class:`InvalidRequestError` for what is no
        provider's response.
        """

else:  # the native function itself: a call in between would cost a tenth of the pricing
    from ._native import cost_of


def cost_of_stream(
    chunks: Union[str, bytes, bytearray, Iterable[object]],
    *,
    provider: Optional[str] = None,
    model: Optional[str] = None,
    url: Optional[str] = None,
    timestamp: Union[datetime, str, float, None] = None,
) -> CallCost:
    """What a streamed response used and cost, as :func:`cost_of` answers it.

    ``chunks`` is the stream's whole text, or an iterable, gone through once: of the objects or dictionaries that
    a provider's SDK yields, or of the text as it comes from the network, in pieces cut anywhere. Pieces are joined
    as they are: lines need their line ends. A stream that broke off answers what was stated until then, with
    ``incomplete`` true. What the iterable raises is raised.
    """
    return _native.cost_of_stream(chunks, provider, model, url, timestamp)
