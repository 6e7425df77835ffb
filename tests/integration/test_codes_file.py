"""The file of codes that are issued in bulk: kept where their rows may be there, else gone."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from loaders.codes_file import CodesKeptError, codes_file
from tests.service.commits import DIES, LINGERS, REFUSES, at_commit
from tests.service.running import wait_until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.service.running import Service


@asynccontextmanager
async def table(service: Service) -> AsyncIterator[asyncpg.Connection[Any]]:
    """A connection beside which a table `issued` waits for rows."""
    await service.database.execute("create table issued (code text)")
    connection = await asyncpg.connect(service.dsn)
    try:
        yield connection
    finally:
        await connection.close()


async def issue(connection: asyncpg.Connection[Any], output: Path, then: str = "select 1") -> None:
    """Issue one code, and do something more before the commit."""
    async with codes_file(connection, output) as file:
        file.write("code\n")
        await connection.execute("insert into issued values ('digest')")
        await connection.execute(then)


def contents(folder: Path) -> dict[str, str]:
    """Every file and what it says."""
    return {path.name: path.read_text() for path in folder.iterdir()}


async def issued(service: Service) -> int:
    """How many rows there are."""
    count: int = await service.database.fetchval("select count(*) from issued")
    return count


async def test_the_file_is_there_with_its_rows(service: Service, tmp_path: Path) -> None:
    """Nobody else reads it, and its part is gone."""
    async with table(service) as connection:
        await issue(connection, tmp_path / "codes")
    assert contents(tmp_path) == {"codes": "code\n"}
    assert (tmp_path / "codes").stat().st_mode & 0o777 == 0o600
    assert await issued(service) == 1


@pytest.mark.parametrize("name", ["codes", "codes.part"])
async def test_what_is_there_is_not_touched(service: Service, tmp_path: Path, name: str) -> None:
    """After a crash a part is the only copy of the codes that were committed."""
    (tmp_path / name).write_text("precious")
    async with table(service) as connection:
        with pytest.raises(FileExistsError, match=f"{name} is there already; it is not written"):
            await issue(connection, tmp_path / "codes")
    assert contents(tmp_path) == {name: "precious"}
    assert await issued(service) == 0


async def test_a_connection_that_dies_in_the_commit_keeps_the_part(
    service: Service, tmp_path: Path
) -> None:
    """The rows may be there, so the codes are, and the error names their file."""
    async with table(service) as connection:
        await at_commit(service.database, "issued", DIES)
        with pytest.raises(
            CodesKeptError, match=r"nobody knows whether the codes in .*codes\.part"
        ):
            await issue(connection, tmp_path / "codes")
    assert contents(tmp_path) == {"codes.part": "code\n"}


async def test_who_interrupts_the_commit_finds_the_part(service: Service, tmp_path: Path) -> None:
    """The connection lives, but nobody heard what became of the commit."""
    async with table(service) as connection:
        await at_commit(service.database, "issued", LINGERS)
        task = asyncio.create_task(issue(connection, tmp_path / "codes"))

        async def commits() -> bool:
            """Whether it waits for the answer."""
            found: bool = await service.database.fetchval(
                "select exists (select from pg_stat_activity where wait_event = 'PgSleep'"
                " and datname = current_database())"
            )
            return found

        await wait_until(commits, what="the commit")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert contents(tmp_path) == {"codes.part": "code\n"}


async def test_a_commit_that_is_refused_leaves_no_file(service: Service, tmp_path: Path) -> None:
    """The database said it: there are no rows that the codes could belong to."""
    async with table(service) as connection:
        await at_commit(service.database, "issued", REFUSES)
        with pytest.raises(asyncpg.DiskFullError):
            await issue(connection, tmp_path / "codes")
    assert contents(tmp_path) == {}
    assert await issued(service) == 0


async def test_a_connection_that_dies_before_the_commit_leaves_no_file(
    service: Service, tmp_path: Path
) -> None:
    """COMMIT was never sent, so the next run need not be told of a part that is worth nothing."""
    async with table(service) as connection:
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
            await issue(
                connection, tmp_path / "codes", "select pg_terminate_backend(pg_backend_pid())"
            )
    assert contents(tmp_path) == {}
    assert await issued(service) == 0


async def test_codes_that_cannot_be_put_in_place_are_in_the_part(
    service: Service, tmp_path: Path
) -> None:
    """The rows are there, and the error does not say that nothing was issued."""
    output = tmp_path / "codes"

    async def issue_where_a_folder_appears(connection: asyncpg.Connection[Any]) -> None:
        """Nothing can be renamed to where it is."""
        async with codes_file(connection, output) as file:
            file.write("code\n")
            await connection.execute("insert into issued values ('digest')")
            output.mkdir()

    async with table(service) as connection:
        with pytest.raises(CodesKeptError, match=r"the codes in .*codes\.part were issued"):
            await issue_where_a_folder_appears(connection)
    output.rmdir()
    assert contents(tmp_path) == {"codes.part": "code\n"}
    assert await issued(service) == 1
