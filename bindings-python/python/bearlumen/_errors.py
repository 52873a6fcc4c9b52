"""The exceptions of the package."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Tuple, Type

from . import _native

# Class, code, message, correlation id, status and number of events, as the native module tells of them.
Problem = Tuple[str, str, str, str, int, int]


class BearLumenError(Exception):
    """Base of everything this package raises.

    ``code`` is stable and meant for programs, ``message`` for people. ``correlation_id`` names the request
    in a support ticket. In ``on_error``, ``events`` says how many events were given up.
    """

    message: str
    code: str
    status: Optional[int]
    correlation_id: Optional[str]
    details: Mapping[str, Any]
    events: int

    def __init__(
        self,
        message: str,
        code: str = "",
        status: Optional[int] = None,
        correlation_id: Optional[str] = None,
        details: Optional[Mapping[str, Any]] = None,
        events: int = 0,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status
        self.correlation_id = correlation_id
        self.details = details if details is not None else {}
        self.events = events

    def __str__(self) -> str:
        notes = [self.code, self.correlation_id]
        noted = ", ".join(note for note in notes if note)
        return f"{self.message} ({noted})" if noted else self.message


class InvalidRequestError(BearLumenError):
    """A parameter is missing or wrong; the message names it."""


class InvalidEmailError(BearLumenError):
    """The e-mail address is malformed."""


class DuplicateCustomerError(BearLumenError):
    """An end user with this external id exists already."""


class AuthenticationError(BearLumenError):
    """The API key is missing or invalid, or lacks the scope."""


class NotFoundError(BearLumenError):
    """There is no such resource."""


class RateLimitError(BearLumenError):
    """Too many requests. ``retry_after`` is in seconds, when the service said."""

    retry_after: Optional[float] = None


class NetworkError(BearLumenError):
    """The service could not be reached, or could not answer in time."""


_CLASSES: Dict[str, Type[BearLumenError]] = {
    cls.__name__: cls
    for cls in (
        BearLumenError,
        InvalidRequestError,
        InvalidEmailError,
        DuplicateCustomerError,
        AuthenticationError,
        NotFoundError,
        RateLimitError,
        NetworkError,
    )
}


def from_problem(problem: Problem) -> BearLumenError:
    """The exception for what delivery gave up."""
    cls, code, message, correlation_id, status, events = problem
    return _CLASSES[cls](message, code, status or None, correlation_id or None, events=events)


def from_answer(status: int, body: Any, retry_after: Optional[str]) -> BearLumenError:
    """The exception for an error answer, whatever its body holds."""
    stated = body.get("error") if isinstance(body, dict) else None
    fields: Mapping[str, Any] = stated if isinstance(stated, dict) else {}

    def text(name: str) -> Optional[str]:
        value = fields.get(name)
        return value if isinstance(value, str) else None

    cls, code = _native.error_class(text("code"), status)
    details = fields.get("details")
    error = _CLASSES[cls](
        text("message") or f"the service answered {status}",
        code,
        status,
        text("correlationId"),
        details if isinstance(details, dict) else None,
    )
    if isinstance(error, RateLimitError) and retry_after is not None:
        error.retry_after = _native.retry_after_seconds(retry_after)
    return error
