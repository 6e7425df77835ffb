"""Keeps what the last whole run found, for whoever looks later: the pages for managers show it.

The one thing that the verifier writes, after its checks and in a transaction of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import asyncpg

from checkout.verifier.role import CONNECT_TIMEOUT_S, take_role

if TYPE_CHECKING:
    from checkout.verifier.report import Report

_KEEP: Final = """
insert into verified_check
    (name, place, sentence, rows_checked, violations, keys, elapsed_ms, verified_at)
values ($1, $2, $3, $4, $5, $6, $7, transaction_timestamp())
"""
#: Of two that end at once the later one waits, and then takes the place of the other.
_LOCK: Final = "lock table verified_check in share row exclusive mode"


async def keep_report(dsn: str, report: Report) -> str:
    """Put a run in the place of the one before it; empty, or why that could not be done.

    A role that only reads and a standby verify as well as others: it is no fault of the books.
    """
    try:
        connection = await asyncpg.connect(
            dsn, timeout=CONNECT_TIMEOUT_S, server_settings={"application_name": "checkout verify"}
        )
        try:
            async with connection.transaction():
                await take_role(connection)
                await connection.execute(_LOCK)
                await connection.execute("delete from verified_check")
                await connection.executemany(
                    _KEEP,
                    [
                        (
                            result.name,
                            place,
                            result.sentence,
                            result.rows_checked,
                            result.violations,
                            list(result.keys),
                            int(result.elapsed_s * 1_000),
                        )
                        for place, result in enumerate(report.results)
                    ],
                )
        finally:
            await connection.close()
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return f"the pages for managers do not hear of this run: {error}"
    return ""
