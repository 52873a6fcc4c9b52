"""HTTP for asynchronous code: the reports. Events travel in the background thread."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Mapping, Optional, Union

from ._transport import Settings, answered, wait_before_again

if TYPE_CHECKING:
    import httpx

    from ._record import Record


class AsyncTransport:
    """One connection pool for the event loop in which it is used."""

    def __init__(self, settings: Settings) -> None:
        self.base_url = settings.base_url
        self._settings = settings
        self._pool: Optional[httpx.AsyncClient] = None
        self._loop: Optional[asyncio.AbstractEventLoop] = None

    async def request(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] = {},
        body: Optional[Mapping[str, Any]] = None,
        may_repeat: bool = False,
    ) -> Record:
        """The answer's record; raises what it stands for when it is no success."""
        import httpx

        failures = 0
        while True:
            outcome: Union[httpx.Response, httpx.HTTPError]
            try:
                outcome = await self._http().request(method, path, params=params, json=body)
            except httpx.HTTPError as error:
                outcome = error
            failures += 1
            wait = wait_before_again(outcome, may_repeat or method == "GET", failures, self._settings.max_retries)
            if wait is None:
                return answered(outcome, self.base_url)
            await asyncio.sleep(wait)

    async def close(self) -> None:
        """Closes idle connections. The next request opens new ones."""
        pool, self._pool = self._pool, None
        if pool is not None and self._loop is asyncio.get_running_loop():
            await pool.aclose()

    def _http(self) -> httpx.AsyncClient:
        loop = asyncio.get_running_loop()
        if self._pool is None or self._loop is not loop:
            import httpx

            # Connections belong to their loop; those of one that has ended went with it.
            self._pool, self._loop = httpx.AsyncClient(**self._settings.options()), loop
        return self._pool
