"""What is said of pages that are timed: on the way, so that a log tells how far it is; after it."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from loadtests.pages.timing import PageTime

#: So many pages are told together, unless they are too slow.
TOLD_TOGETHER: Final = 50
#: Of the table; what is over its bound is told besides.
ROWS_MAX: Final = 60
_PATH_CHARACTERS: Final = 100


def told(
    pages: Iterable[PageTime], say: Callable[[str], None], seconds_max: float
) -> Iterator[PageTime]:
    """The same pages, each that fails told at once, and now and then how many there were.

    Raises:
        TimeoutError: they take longer than was allowed for; those before have been told.
    """
    began_s = time.monotonic()
    slowest: PageTime | None = None
    for count, one in enumerate(pages, 1):
        if one.failure:
            say(one.failure)
        slowest = max(filter(None, (slowest, one)), key=_share)
        spent_s = time.monotonic() - began_s
        if count % TOLD_TOGETHER == 0:
            say(f"{count} pages in {spent_s:.0f} s; slowest {slowest.p50_ms:.0f} ms {slowest.path}")
        yield one
        if spent_s > seconds_max:
            raise TimeoutError(f"stopped after {count} pages in {spent_s:.0f} s")


def as_table(found: list[PageTime]) -> str:
    """A line for each of the slowest pages, the slowest first."""
    lines = [f"{'page':<100} {'kB':>7} {'p50 ms':>8} {'max ms':>8} {'bound':>6}"]
    for one in sorted(found, key=_share, reverse=True)[:ROWS_MAX]:
        mark = "  OVER" if one.is_over else ""
        lines.append(
            f"{one.path[:_PATH_CHARACTERS]:<100} {one.size_bytes / 1e3:>7.1f} {one.p50_ms:>8.1f}"
            f" {one.max_ms:>8.1f} {one.bound_ms:>6.0f}{mark}"
        )
    return "\n".join(lines)


def as_lists(found: list[PageTime]) -> str:
    """A line for each list: in how many ways it was asked, and what that took."""
    lists: dict[str, list[PageTime]] = {}
    for one in found:
        if one.is_list:
            lists.setdefault(one.path.partition("?")[0], []).append(one)
    lines = [f"{'list':<32} {'asked':>6} {'p50 ms':>8} {'slowest':>8}  by"]
    for path, pages in lists.items():
        slowest = max(pages, key=_share)
        middle = statistics.median(one.p50_ms for one in pages)
        query = slowest.path.partition("?")[2][:_PATH_CHARACTERS]
        lines.append(
            f"{path:<32} {len(pages):>6} {middle:>8.1f} {slowest.p50_ms:>8.1f}  {query}".rstrip()
        )
    return "\n".join(lines)


def _share(page: PageTime) -> float:
    """Of its bound."""
    return page.p50_ms / page.bound_ms
