"""How a resource asks the service: paths, parameters, answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional, Sequence, TypeVar, Union

from . import _errors
from ._page import Page, page_of
from ._record import Record

if TYPE_CHECKING:
    from datetime import date
    from typing import Type

    from ._async_transport import AsyncTransport
    from ._transport import Transport

    Date = Union[str, date]

R = TypeVar("R", bound=Record)
P = TypeVar("P", bound=Page[Any])


class Call:
    """Asks and waits."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self, kind: Type[R], path: str, **params: Any) -> R:
        """Reads."""
        return kind(self._transport.request("GET", path, query(params)))

    def page(self, kind: Type[P], path: str, **params: Any) -> P:
        """Reads a page of a list."""

        def fetch(offset: int) -> P:
            return self.page(kind, path, **{**params, "offset": offset})

        return page_of(kind, self._transport.request("GET", path, query(params)), fetch)

    def send(self, kind: Type[R], method: str, path: str, body: Optional[Mapping[str, Any]] = None) -> R:
        """Writes."""
        return kind(self._transport.request(method, path, {}, body))

    def record(self, kind: Type[R], path: str, body: Mapping[str, Any]) -> R:
        """Writes what has an idempotency key: doing it twice harms nobody."""
        return kind(self._transport.request("POST", path, {}, body, may_repeat=True))


class AsyncCall:
    """The same, awaited."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def get(self, kind: Type[R], path: str, **params: Any) -> R:
        """Reads."""
        return kind(await self._transport.request("GET", path, query(params)))

    async def page(self, kind: Type[P], path: str, **params: Any) -> P:
        """Reads a page of a list."""

        async def fetch(offset: int) -> P:
            return await self.page(kind, path, **{**params, "offset": offset})

        return page_of(kind, await self._transport.request("GET", path, query(params)), fetch)

    async def send(self, kind: Type[R], method: str, path: str, body: Optional[Mapping[str, Any]] = None) -> R:
        """Writes."""
        return kind(await self._transport.request(method, path, {}, body))

    async def record(self, kind: Type[R], path: str, body: Mapping[str, Any]) -> R:
        """Writes what has an idempotency key: doing it twice harms nobody."""
        return kind(await self._transport.request("POST", path, {}, body, may_repeat=True))


def path_of(template: str, **ids: object) -> str:
    """A path with its ids, quoted. An empty one would make another path."""
    from urllib.parse import quote  # only who names an id pays for it

    quoted = {}
    for name, value in ids.items():
        if not isinstance(value, (str, int)) or isinstance(value, bool) or value == "":
            raise _errors.InvalidRequestError(f"{name} must be a text that is not empty", "validation_error")
        quoted[name] = quote(str(value), safe="")
    return template.format(**quoted)


def query(params: Mapping[str, Any]) -> Dict[str, str]:
    """Parameters as they stand in a url; what is ``None`` was left out."""
    return {name: _text(name, value) for name, value in params.items() if value is not None}


def _text(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    if isinstance(value, Sequence):
        return ",".join(_text(name, item) for item in value)
    raise _errors.InvalidRequestError(f"{name} must be a text, a number or a date", "validation_error")


def body(**fields: Any) -> Dict[str, Any]:
    """A request's fields in the service's spelling; what is ``None`` was left out."""
    return {camel(name): _moment(value) for name, value in fields.items() if value is not None}


def camel(name: str) -> str:
    """``event_type`` as ``eventType``."""
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def _moment(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    # The service reads a number of dollars from JSON.
    return float(value) if type(value).__name__ == "Decimal" else value
