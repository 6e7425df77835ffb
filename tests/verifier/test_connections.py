"""Several connections verify one moment, and what they find is told when it is found."""

from __future__ import annotations

import io
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from checkout.verifier import connections, verifier
from checkout.verifier.checks import CHECKS, Check
from checkout.verifier.connections import connections_of_one_moment, verifier_connection
from checkout.verifier.report import CheckResult
from checkout.verifier.verifier import run_check, run_verify, verify
from tests.service.running import as_role

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

_COMMITS = "select pg_current_xact_id()"
_SEES = "select pg_current_snapshot()::text"
_READ_AS_A_WHOLE = {"Seq Scan", "Append", "Materialize", "Hash Join", "Merge Join"}
#: Of these the other side is one row: the head of the history.
_ONE_ROW = {"admin_history_is_whole"}


async def test_all_connections_see_one_moment(
    postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if something is committed while they are opened."""
    others = await asyncpg.connect(postgres_dsn)

    @asynccontextmanager
    async def opened_later(dsn: str, moment: str = "") -> AsyncIterator[asyncpg.Connection[Any]]:
        await others.execute(_COMMITS)
        async with verifier_connection(dsn, moment) as connection:
            yield connection

    monkeypatch.setattr(connections, "verifier_connection", opened_later)
    dsn = as_role(postgres_dsn, "checkout_verifier")
    async with connections_of_one_moment(dsn, 3) as opened:
        seen = [await connection.fetchval(_SEES) for connection in opened]
        assert seen == [seen[0]] * 3
        assert await others.fetchval(_SEES) != seen[0]
    await others.close()


@pytest.mark.parametrize("count", [1, 3])
async def test_each_check_runs_once_and_is_told(postgres_dsn: str, count: int) -> None:
    """On whichever connection; the report has them in their order."""
    told: list[CheckResult] = []
    report = await verify(postgres_dsn, connections=count, tell=told.append)
    assert [result.name for result in report.results] == [check.name for check in CHECKS]
    assert sorted(result.name for result in told) == sorted(check.name for check in CHECKS)
    assert report.elapsed_s > 0


async def test_what_fails_on_one_connection_ends_the_others(
    postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits an hour for the verdict of a run that has none."""

    async def run(connection: asyncpg.Connection[Any], check: Check) -> CheckResult:
        if check is CHECKS[0]:
            raise asyncpg.QueryCanceledError("it took too long")
        await connection.execute("select pg_sleep(3600)")
        raise AssertionError

    monkeypatch.setattr(verifier, "run_check", run)
    with pytest.raises(asyncpg.QueryCanceledError):
        await verify(postgres_dsn, connections=3)


def test_what_was_found_is_printed_before_the_end(
    postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that is broken off after hours has said what it saw."""

    async def run(connection: asyncpg.Connection[Any], check: Check) -> CheckResult:
        if check is CHECKS[3]:
            raise OSError("the server went away")
        return await run_check(connection, check)

    monkeypatch.setattr(verifier, "run_check", run)
    out = io.StringIO()
    assert run_verify(postgres_dsn, require_exercised=False, out=out) == 2
    names = [line.split()[0] for line in out.getvalue().splitlines()]
    assert names == ["check", *(check.name for check in CHECKS[:3]), "verify:"]


async def test_no_check_reads_a_table_once_for_each_row_of_another(postgres_dsn: str) -> None:
    """Not even where statistics say that there is nothing: such a check never ends among many."""
    async with verifier_connection(postgres_dsn) as connection:
        found = {}
        for check in CHECKS:
            explained = await connection.fetchval(f"explain (format json) {check.counting}")
            found[check.name] = list(repeated_reads(json.loads(explained)[0]["Plan"]))
    assert {name for name, reads in found.items() if reads} == _ONE_ROW


def repeated_reads(plan: dict[str, Any]) -> Iterator[str]:
    """Tables on the inner side of a nested loop that nothing leads into."""
    parts = plan.get("Plans", [])
    if plan["Node Type"] == "Nested Loop" and parts[1]["Node Type"] in _READ_AS_A_WHOLE:
        yield from tables_of(parts[1])
    for part in parts:
        yield from repeated_reads(part)


def tables_of(plan: dict[str, Any]) -> Iterator[str]:
    """What a part of a plan reads."""
    if "Relation Name" in plan:
        yield plan["Relation Name"]
    for part in plan.get("Plans", []):
        yield from tables_of(part)
