"""HTTP, and nothing about what it means."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Mapping, Optional, Tuple, Union

from . import _errors, _lifetime, _native, _record

if TYPE_CHECKING:
    import ssl

    import httpx

    Verify = Union[bool, str, ssl.SSLContext]

_BATCH_PATH = "/v1/usage/events/batch"
_MAX_CONNECTIONS = 100


class Settings:
    """Where the service is and how to speak to it."""

    def __init__(
        self,
        base_url: str,
        api_key: str,
        timeout: float,
        max_retries: int,
        proxy: Optional[str],
        verify: Verify,
    ) -> None:
        self.base_url = base_url
        self.timeout = timeout
        self.max_retries = max_retries
        self._api_key = api_key
        self._proxy = proxy
        self._verify = verify

    def options(self) -> Mapping[str, Any]:
        """What a pool of httpx is made with. Proxies and certificates of the environment count too, as httpx has it."""
        import httpx

        return {
            "base_url": self.base_url,
            "headers": {
                "Authorization": f"Bearer {self._api_key}",
                "User-Agent": f"bearlumen-python/{_native.VERSION}",
                "Accept": "application/json",
            },
            "timeout": self.timeout,
            "proxy": self._proxy,
            "verify": _context(self._verify),
            # As many idle connections as there may be at all: a pool that keeps fewer may close one that it has just
            # given to another thread or task (httpcore 1.0), whose request then fails on a bad file descriptor.
            "limits": httpx.Limits(max_connections=_MAX_CONNECTIONS, max_keepalive_connections=_MAX_CONNECTIONS),
        }


class Transport:
    """One connection pool to the service, shared by the worker and the reports."""

    def __init__(self, settings: Settings) -> None:
        self.base_url = settings.base_url
        self._settings = settings
        # Opened here, where the client is made, for what it imports: a module that a background thread imports
        # while the process forks stays half imported in the child, and whoever needs it there waits for ever.
        self._pool: Optional[httpx.Client] = self._open()
        _lifetime.watch(self)

    def send_batch(self, body: bytes) -> Tuple[int, Optional[str], bytes]:
        """Status, ``Retry-After`` and body of the answer; raises when there is no whole answer."""
        answer = self._http().post(_BATCH_PATH, content=body, headers={"Content-Type": "application/json"})
        return answer.status_code, answer.headers.get("Retry-After"), answer.content

    def request(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] = {},
        body: Optional[Mapping[str, Any]] = None,
        may_repeat: bool = False,
    ) -> _record.Record:
        """The answer's record; raises what it stands for when it is no success. What only reads is asked again where
        that may help.
        """
        import httpx

        failures = 0
        while True:
            outcome: Union[httpx.Response, httpx.HTTPError]
            try:
                outcome = self._http().request(method, path, params=params, json=body)
            except httpx.HTTPError as error:
                outcome = error
            failures += 1
            wait = wait_before_again(outcome, may_repeat or method == "GET", failures, self._settings.max_retries)
            if wait is None:
                return answered(outcome, self.base_url)
            time.sleep(wait)

    def close(self) -> None:
        """Closes idle connections. The next request opens new ones."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def start_over(self) -> None:
        """In a forked child: lets go of the parent's connections without a word to the other end."""
        self._pool = None

    def _http(self) -> httpx.Client:
        _native.notice_fork()
        pool = self._pool
        if pool is None:
            pool = self._pool = self._open()
        return pool

    def _open(self) -> httpx.Client:
        import encodings.idna  # noqa: F401, else imported by the first look-up of a host

        import httpx

        return httpx.Client(**self._settings.options())


def wait_before_again(
    outcome: Union[httpx.Response, httpx.HTTPError], may_repeat: bool, failures: int, max_retries: int
) -> Optional[float]:
    """Seconds to wait before a request is made again, ``None`` when its outcome is final."""
    if not may_repeat:
        # The service may have done what it was asked to.
        return None
    status, retry_after = None, None
    if not isinstance(outcome, Exception):
        if outcome.is_success:
            return None
        status, retry_after = outcome.status_code, outcome.headers.get("Retry-After")
    wait_ms = _native.read_again_ms(status, retry_after, failures, max_retries)
    return None if wait_ms is None else wait_ms / 1000


def answered(outcome: Union[httpx.Response, httpx.HTTPError], base_url: str) -> _record.Record:
    """The record of an answer, or the exception it stands for."""
    import httpx

    if isinstance(outcome, httpx.TimeoutException):
        raise _errors.NetworkError(f"no answer from {base_url} in time", "timeout") from outcome
    if isinstance(outcome, Exception):
        raise _errors.NetworkError(f"cannot reach {base_url}: {outcome}", "network_error") from outcome
    try:
        body = _record.loads(outcome.content)
    except ValueError:
        body = None
    if not outcome.is_success:
        raise _errors.from_answer(outcome.status_code, body, outcome.headers.get("Retry-After"))
    if not isinstance(body, _record.Record):
        message = f"{base_url} does not answer like the service"
        raise _errors.BearLumenError(message, "unexpected_answer", outcome.status_code)
    return body


def _context(verify: Verify) -> Union[bool, ssl.SSLContext]:
    if not isinstance(verify, str):
        return verify
    import ssl

    return ssl.create_default_context(cafile=verify)
