"""Runs every check in read-only transactions of one moment, several at a time if asked to.

A check that meets a value it cannot even read has found a violation, and the others still run.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final, TextIO

import asyncpg

from checkout.verifier.checks import CHECKS, Check
from checkout.verifier.connections import become_verifier, connections_of_one_moment
from checkout.verifier.last_run import keep_report
from checkout.verifier.report import CheckResult, Report, ReportTable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from asyncpg import Connection

    Tell = Callable[[CheckResult], None]

_VERIFIED: Final = 0
_VIOLATED: Final = 1
_NOT_VERIFIED: Final = 2


async def verify(dsn: str, *, connections: int = 1, tell: Tell | None = None) -> Report:
    """Verify a database.

    Args:
        dsn: ``postgresql://…`` of any role that may read all tables; one that may become
            ``checkout_verifier`` does so for the checks.
        connections: how many checks run at the same time, each on a core of the server.
        tell: is called with each result when its check has ended.

    Raises:
        OSError: the database cannot be reached.
        asyncpg.PostgresError: it cannot be verified, for instance because it has no schema.
    """
    async with connections_of_one_moment(dsn, connections) as opened:
        return await run_checks(opened, tell)


async def run_checks(connections: Sequence[Connection[Any]], tell: Tell | None = None) -> Report:
    """Run every check in the open transactions, which keep the role of the verifier."""
    begun_s = time.perf_counter()
    results: dict[str, CheckResult] = {}
    waiting = iter(CHECKS)

    async def take_turns(connection: Connection[Any]) -> None:
        await become_verifier(connection)
        for check in waiting:
            result = await run_check(connection, check)
            results[check.name] = result
            if tell is not None:
                tell(result)

    turns = [asyncio.ensure_future(take_turns(connection)) for connection in connections]
    try:
        await asyncio.gather(*turns)
    finally:
        # What fails on one connection ends the others, too, before they are closed.
        for turn in turns:
            turn.cancel()
        await asyncio.gather(*turns, return_exceptions=True)
    in_order = tuple(results[check.name] for check in CHECKS)
    return Report(in_order, time.perf_counter() - begun_s)


async def run_check(connection: Connection[Any], check: Check) -> CheckResult:
    """Run one check; what it cannot read is a violation, not an error of the verifier."""
    begun_s = time.perf_counter()
    try:
        async with connection.transaction():
            rows_checked, violations = await connection.fetchrow(check.counting)
            keys: list[str] = []
            if violations:
                keys = [row["key"] or "" for row in await connection.fetch(check.naming)]
    except asyncpg.DataError as error:
        rows_checked, violations, keys = 1, 1, [f"cannot be read: {error}"]
    return CheckResult(
        check.name,
        check.sentence,
        rows_checked,
        violations,
        tuple(keys),
        time.perf_counter() - begun_s,
    )


def run_verify(dsn: str, *, require_exercised: bool, out: TextIO, connections: int = 1) -> int:
    """Verify, print what is found as it is found, keep it for the pages; the exit status.

    0: nothing is wrong; with `require_exercised` also every check saw something. 1: it is not so.
    2: the database could not be asked.
    """
    table = ReportTable(out)
    try:
        report, fault = asyncio.run(_verify_and_keep(dsn, connections, table.tell))
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        out.write(f"verify: the database cannot be verified: {error}\n")
        return _NOT_VERIFIED
    if fault:
        out.write(f"verify: {fault}\n")
    table.end(report)
    if report.violations or (require_exercised and report.unexercised):
        return _VIOLATED
    return _VERIFIED


async def _verify_and_keep(dsn: str, connections: int, tell: Tell) -> tuple[Report, str]:
    report = await verify(dsn, connections=connections, tell=tell)
    return report, await keep_report(dsn, report)
