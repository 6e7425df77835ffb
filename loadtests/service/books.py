"""What was measured counts only if the books that it left are right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.verifier.verifier import verify
from loadtests.service.unmade import BENCH, unexpected

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from checkout.verifier.report import CheckResult

#: Nobody sells any more: the verifier may have both cores.
_CONNECTIONS: Final = 2


async def verified_rows(
    dsn: str,
    unmade: Collection[str] = BENCH,
    tell: Callable[[CheckResult], None] | None = None,
) -> int:
    """How many rows the verifier checked; `unmade` are checks for which the load makes no rows.

    Raises:
        RuntimeError: it found something, or another check had nothing to look at: the run is void;
            the text names the checks.
    """
    report = await verify(dsn, connections=_CONNECTIONS, tell=tell)
    if report.violations:
        names = ", ".join(found.name for found in report.violated)
        raise RuntimeError(f"void: {report.violations} violations: {names}")
    if names := ", ".join(unexpected(report, unmade)):
        raise RuntimeError(f"void: these checks saw no row, so nothing was made of it: {names}")
    return report.rows_checked
