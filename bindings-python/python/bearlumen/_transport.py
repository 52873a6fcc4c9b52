"""HTTP, and nothing about what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Optional, Tuple

from . import _errors, _lifetime, _native, _record

if TYPE_CHECKING:
    import httpx

_BATCH_PATH = "/v1/usage/events/batch"


class Transport:
    """One connection pool to the service, shared by the worker and the reports."""

    def __init__(self, base_url: str, api_key: str, timeout: float) -> None:
        self.base_url = base_url
        self._api_key = api_key
        self._timeout = timeout
        # Opened here, where the client is made, for what it imports: a module that a background thread imports
        # while the process forks stays half imported in the child, and whoever needs it there waits for ever.
        self._pool: Optional[httpx.Client] = self._open()
        _lifetime.watch(self)

    def send_batch(self, body: bytes) -> Tuple[int, Optional[str], bytes]:
        """Status, ``Retry-After`` and body of the answer; raises when there is no whole answer."""
        answer = self._http().post(_BATCH_PATH, content=body, headers={"Content-Type": "application/json"})
        return answer.status_code, answer.headers.get("Retry-After"), answer.content

    def get(self, path: str, params: Optional[Mapping[str, Optional[str]]] = None) -> Any:
        """The answer's record; raises what it stands for when it is no success."""
        import httpx

        given = {name: value for name, value in (params or {}).items() if value is not None}
        try:
            answer = self._http().get(path, params=given)
        except httpx.TimeoutException as error:
            raise _errors.NetworkError(f"no answer from {self.base_url} in time", "timeout") from error
        except httpx.HTTPError as error:
            message = f"cannot reach {self.base_url}: {error}"
            raise _errors.NetworkError(message, "network_error") from error
        try:
            body = _record.loads(answer.content)
        except ValueError:
            body = None
        if not answer.is_success:
            raise _errors.from_answer(answer.status_code, body, answer.headers.get("Retry-After"))
        if not isinstance(body, _record.Record):
            message = f"{self.base_url} does not answer like the service"
            raise _errors.BearLumenError(message, "unexpected_answer", answer.status_code)
        return body

    def close(self) -> None:
        """Closes idle connections. The next request opens new ones."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def start_over(self) -> None:
        """In a forked child: lets go of the parent's connections without a word to the other end."""
        self._pool = None

    def _http(self) -> httpx.Client:
        pool = self._pool
        if pool is None:
            pool = self._pool = self._open()
        return pool

    def _open(self) -> httpx.Client:
        import encodings.idna  # noqa: F401, else imported by the first look-up of a host

        import httpx

        return httpx.Client(
            base_url=self.base_url,
            headers={
                "Authorization": f"Bearer {self._api_key}",
                "User-Agent": f"bearlumen-python/{_native.VERSION}",
                "Accept": "application/json",
            },
            timeout=self._timeout,
        )
