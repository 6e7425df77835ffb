"""What was measured counts only if the books that it left are right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.verifier.verifier import verify
from loadtests.service.unmade import BENCH, unexpected

if TYPE_CHECKING:
    from collections.abc import Collection


async def verified_rows(dsn: str, unmade: Collection[str] = BENCH) -> int:
    """How many rows the verifier checked; `unmade` are checks for which the load makes no rows.

    Raises:
        RuntimeError: it found something, or another check had nothing to look at: the run is void;
            the text names the checks.
    """
    report = await verify(dsn)
    if report.violations:
        names = ", ".join(found.name for found in report.violated)
        raise RuntimeError(f"void: {report.violations} violations: {names}")
    if names := ", ".join(unexpected(report, unmade)):
        raise RuntimeError(f"void: these checks saw no row, so nothing was made of it: {names}")
    return report.rows_checked
