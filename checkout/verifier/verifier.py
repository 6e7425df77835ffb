"""Runs every check in one read-only transaction: all of them see the same moment.

A check that meets a value it cannot even read has found a violation, and the others still run.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, TextIO

import asyncpg

from checkout.verifier.checks import CHECKS, Check
from checkout.verifier.last_run import keep_report
from checkout.verifier.report import CheckResult, Report, print_report
from checkout.verifier.role import CONNECT_TIMEOUT_S, take_role

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from asyncpg import Connection

#: Longest single check: a year of sales of a large chain takes minutes, no check takes an hour.
CHECK_TIMEOUT_MS: Final = 3_600_000
#: Memory of one sort or hash: those over all entries should not go to disk on a usual machine.
SORT_MEMORY_MB: Final = 128

_VERIFIED: Final = 0
_VIOLATED: Final = 1
_NOT_VERIFIED: Final = 2


async def verify(dsn: str) -> Report:
    """Verify a database.

    Args:
        dsn: ``postgresql://…`` of any role that may read all tables; one that may become
            ``checkout_verifier`` does so for the checks.

    Raises:
        OSError: the database cannot be reached.
        asyncpg.PostgresError: it cannot be verified, for instance because it has no schema.
    """
    async with verifier_connection(dsn) as connection:
        return await run_checks(connection)


@asynccontextmanager
async def verifier_connection(dsn: str) -> AsyncIterator[Connection[Any]]:
    """A connection in a transaction that reads one moment."""
    connection = await asyncpg.connect(
        dsn, timeout=CONNECT_TIMEOUT_S, server_settings={"application_name": "checkout verify"}
    )
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await _become_verifier(connection)
            yield connection
    finally:
        await connection.close()


async def _become_verifier(connection: Connection[Any]) -> None:
    await connection.execute(
        f"set local statement_timeout = {CHECK_TIMEOUT_MS};"
        f"set local work_mem = '{SORT_MEMORY_MB}MB';"
        "set local jit = off"
    )
    await take_role(connection)


async def run_checks(connection: Connection[Any]) -> Report:
    """Run every check in the open transaction, which keeps the role of the verifier."""
    await _become_verifier(connection)
    return Report(tuple([await run_check(connection, check) for check in CHECKS]))


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


def run_verify(dsn: str, *, require_exercised: bool, out: TextIO) -> int:
    """Verify, print the report, keep it for the pages, and tell by the exit status how it went.

    0: nothing is wrong; with `require_exercised` also every check saw something. 1: it is not so.
    2: the database could not be asked.
    """
    try:
        report, fault = asyncio.run(_verify_and_keep(dsn))
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        out.write(f"verify: the database cannot be verified: {error}\n")
        return _NOT_VERIFIED
    if fault:
        out.write(f"verify: {fault}\n")
    print_report(report, out)
    if report.violations or (require_exercised and report.unexercised):
        return _VIOLATED
    return _VERIFIED


async def _verify_and_keep(dsn: str) -> tuple[Report, str]:
    report = await verify(dsn)
    return report, await keep_report(dsn, report)
