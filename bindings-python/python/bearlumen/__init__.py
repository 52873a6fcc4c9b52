"""Bear Lumen: what every AI call costs.

>>> import bearlumen
>>> client = bearlumen.Client(api_key="sk_...")
>>> result = client.track(response, user_id="user_123", feature="chat")
>>> client.shutdown()
"""

from ._client import Client
from ._cost_of import cost_of, cost_of_stream
from ._errors import (
    AuthenticationError,
    BearLumenError,
    DuplicateCustomerError,
    InvalidEmailError,
    InvalidRequestError,
    NetworkError,
    NotFoundError,
    RateLimitError,
)
from ._native import VERSION as __version__
from ._native import TrackResult
from ._types import (
    CallCost,
    Cost,
    CostBreakdownResponse,
    CostItem,
    CostLine,
    CostSummary,
    DeliveryStats,
    Ping,
)

BearLumen = Client

__all__ = [
    "AuthenticationError",
    "BearLumen",
    "BearLumenError",
    "CallCost",
    "Client",
    "Cost",
    "CostBreakdownResponse",
    "CostItem",
    "CostLine",
    "CostSummary",
    "DeliveryStats",
    "DuplicateCustomerError",
    "InvalidEmailError",
    "InvalidRequestError",
    "NetworkError",
    "NotFoundError",
    "Ping",
    "RateLimitError",
    "TrackResult",
    "__version__",
    "cost_of",
    "cost_of_stream",
]
