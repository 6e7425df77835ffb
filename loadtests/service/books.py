"""What was measured counts only if the books that it left are right."""

from __future__ import annotations

from checkout.verifier.verifier import verify


async def verified_rows(dsn: str) -> int:
    """How many rows the verifier checked.

    Raises:
        RuntimeError: it found something: the run is void; the text names the checks.
    """
    report = await verify(dsn)
    if report.violations:
        names = ", ".join(found.name for found in report.violated)
        raise RuntimeError(f"void: {report.violations} violations: {names}")
    return report.rows_checked
