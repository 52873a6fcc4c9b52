"""Lists that come page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, AsyncIterator, Awaitable, Callable, Generic, Iterator, Optional, TypeVar

from ._record import Record

if TYPE_CHECKING:
    from typing import Type

T = TypeVar("T", bound=Record)
P = TypeVar("P", bound="Page[Any]")

Fetch = Callable[[int], Any]


class Page(Record, Generic[T]):
    """One page of a list, and the way to the rest."""

    # The rows' name, and who asks for the page at an offset.
    _rows = "items"
    _fetch: Any
    __slots__ = ("_fetch",)

    total: int
    limit: int
    offset: int
    has_more: bool

    def auto_paging_iter(self) -> Iterator[T]:
        """The rows of this page and of all that follow, fetched as they are reached."""
        page: Any = self
        while page is not None:
            yield from page[self._rows]
            following = page._following()
            page = page._fetch(following) if following is not None else None

    def auto_paging_aiter(self) -> AsyncIterator[T]:
        """The same for a page that an :class:`AsyncClient` answered."""
        return self._aiter()

    async def _aiter(self) -> AsyncIterator[T]:
        page: Any = self
        while page is not None:
            for row in page[self._rows]:
                yield row
            following = page._following()
            page = await page._fetch(following) if following is not None else None

    def _following(self) -> Optional[int]:
        rows = self[self._rows]
        if not self.get("hasMore") or not rows:
            return None
        return int(self.get("offset", 0)) + len(rows)


def page_of(kind: Type[P], record: Record, fetch: Callable[[int], Awaitable[P] | P]) -> P:
    """A page that can fetch the others."""
    page = kind(record)
    page._fetch = fetch
    return page
