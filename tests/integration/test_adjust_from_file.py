"""The loader of corrections: pages of a file, bad rows one by one, killed and run again."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

import pytest

from checkout.client import CallRefusedError, OperatorClient
from loaders.adjustments import (
    BadRow,
    FileUnusableError,
    adjust_from_file,
    end_bulk,
    read_rows,
    report_cell,
)
from tests.races.ledger_state import make_members, violations
from tests.service import world
from tests.service.bulks import set_four_eyes
from tests.service.running import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from loaders.adjustments import Adjusted
    from tests.service.running import Service

HEADER = "card,currency,points"


def operator_of(service: Service, author: str = "tester") -> OperatorClient:
    """The client that the command has."""
    return OperatorClient(
        f"127.0.0.1:{service.ports[0]}",
        world.CREDENTIAL,
        partner="north",
        author=author,
        timeout_factor=10,
    )


async def send(
    service: Service, path: Path, *, dry_run: bool = False
) -> tuple[Adjusted, list[BadRow]]:
    """Send a file as the command does, in small pages."""
    bad: list[BadRow] = []
    async with operator_of(service) as operator:
        done = await adjust_from_file(
            operator,
            path,
            bulk=path.stem,
            reason="a test",
            dry_run=dry_run,
            say=lambda _: None,
            on_bad=bad.append,
            page_rows=7,
        )
    return done, bad


def written(path: Path, *lines: str, header: str = HEADER) -> Path:
    """A file with a header and rows."""
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


async def test_a_file_is_done_but_for_its_bad_rows(service: Service, tmp_path: Path) -> None:
    """Each is told with line, field, value and reason; sent again, nothing happens twice."""
    cards = await make_members(service, 20, 1_00)
    lines = [f"{card},pts,{n + 1}" for n, card in enumerate(cards)]
    lines[3:3] = ["99999,pts,1", f"{cards[0]},pts,1.234", f"{cards[0]},pts,-99", ",pts,1"]
    path = written(tmp_path / "march.csv", *lines, f"{cards[1]},miles,1")
    before = await service.rows()
    dry, _ = await send(service, path, dry_run=True)
    assert await service.rows() == before
    done, bad = await send(service, path)
    assert dry.states == done.states == {"booked": 20, "refused": 5}
    told = {(row.line, row.field, row.value, row.reason) for row in bad}
    assert told == {
        (5, "card", "99999", "MEMBER_UNKNOWN"),
        (6, "points", "1.234", "FIELD_INVALID"),
        (7, "amount_minor", "-99", "INSUFFICIENT_POINTS"),
        (8, "card", "", "FIELD_REQUIRED"),
        (26, "currency", "miles", "CURRENCY_UNKNOWN"),
    }
    again, _ = await send(service, path)
    assert (again.states, again.before) == (done.states, 20)
    for n, card in enumerate(cards):
        assert await service.till().balance_minor(card) == 1_00 + (n + 1) * 1_00
    assert await violations(service) == []


async def test_another_file_under_the_same_name_is_refused(
    service: Service, tmp_path: Path
) -> None:
    """Somebody who edits the file and sends it again hears it, and nothing is done."""
    path = written(tmp_path / "march.csv", f"{world.CARD},pts,1")
    await send(service, path)
    written(path, f"{world.CARD},pts,1", f"{world.CARD},pts,2")
    with pytest.raises(CallRefusedError, match="BULK_DIFFERS"):
        await send(service, path)
    assert await service.till().balance_minor() == world.ANN_POINTS_MINOR + 1_00


async def test_nothing_is_sent_of_a_file_that_ends_badly(service: Service, tmp_path: Path) -> None:
    """The command says so of a file that cannot be read, wherever in it that shows."""
    path = written(tmp_path / "march.csv", *[f"{world.CARD},pts,1"] * 2_000)
    with path.open("ab") as file:
        file.write(b"\xff\xfe,pts,1\n")
    with pytest.raises(FileUnusableError, match="UTF-8"):
        await send(service, path)
    assert await service.till().balance_minor() == world.ANN_POINTS_MINOR


async def test_a_bulk_is_approved_by_another_and_taken_back(
    service: Service, tmp_path: Path
) -> None:
    """The whole by its name, page by page; the same author is refused for each row."""
    await set_four_eyes(service, 2_00)
    cards = await make_members(service, 130, 0)
    path = written(tmp_path / "march.csv", *(f"{card},pts,3" for card in cards))
    assert (await send(service, path))[0].states == {"proposed": 130}

    async def end(how: str, author: str) -> Adjusted:
        async with operator_of(service, author) as operator:
            return await end_bulk(operator, "march", how=how, reason="a test", run=f"{how}{author}")

    same = await end("approve", "tester")
    assert same.states == {"refused": 130}
    assert {row.reason for row in same.bad} == {"SAME_AUTHOR"}
    assert (await end("approve", "boss")).states == {"booked": 130}
    assert await service.till().balance_minor(cards[0]) == 3_00
    assert (await end("undo", "tester")).states == {"refused": 130}
    assert (await end("undo", "boss")).states == {"undone": 130}
    assert (await end("undo", "tester")).states == {}
    assert await service.till().balance_minor(cards[0]) == 0
    assert await violations(service) == []


async def test_a_loader_that_is_killed_goes_on_where_it_was(
    service: Service, tmp_path: Path
) -> None:
    """Killed in the middle of a file; the second run books the rest, and no row twice."""
    cards = await make_members(service, 40, 0)
    count = 2_000
    path = written(
        tmp_path / "march.csv", *(f"{cards[n % len(cards)]},pts,1" for n in range(count))
    )
    command = [sys.executable, "-m", "loaders", "adjust", str(path)]
    command += ["--author", "tester", "--reason", "a test", "--partner", "north"]
    environment = os.environ | {
        "CHECKOUT_PORT": str(service.ports[0]),
        "CHECKOUT_SERVICE_CREDENTIAL": world.CREDENTIAL,
    }

    async def booked() -> int:
        found: int = await service.database.fetchval(
            "select count(*) from correction where bulk_id is not null"
        )
        return found

    async def has_begun() -> bool:
        return await booked() > 0

    first = await asyncio.create_subprocess_exec(*command, env=environment)
    await wait_until(has_begun, within_s=60, what="the first page")
    first.kill()
    await first.wait()
    assert 0 < await booked() < count
    second = await asyncio.create_subprocess_exec(*command, env=environment)
    assert await second.wait() == 0
    assert await booked() == count
    assert await service.till().balance_minor(cards[0]) == count // len(cards) * 1_00
    assert await service.database.fetchval("select count(*) from bulk") == 1
    assert await violations(service) == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"card,points\n1,2\n", "currency"),
        (b"card,currency,points,colour\n", "colour"),
        (b"card,card,currency,points\n", "each once"),
        (b"currency,points\n", "names a member"),
        (b"card,currency,points\n\xff\xfe,pts,1\n", "UTF-8"),
        (b"", "names a member"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_as_a_whole(
    tmp_path: Path, content: bytes, says: str
) -> None:
    """Before anything is sent, where the header is wrong."""
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(FileUnusableError, match=says):
        list(read_rows(path))


def test_rows_are_read_with_their_lines_and_columns(tmp_path: Path) -> None:
    """Semicolons, quoted line breaks, a byte order mark, empty columns, cells too many."""
    path = tmp_path / "good.csv"
    text = 'phone;member_id;currency;points;days;reason\n+79001234567;;pts;1;30;"two\nlines"\n'
    text += ";12;pts;-2;;\n;;pts;3;;\n1;2;pts;4;;\n1;;pts;4;;;;\n1;;pts;4;x;\n"
    path.write_text("\ufeff" + text, encoding="utf-8")
    rows = list(read_rows(path))
    good = [row for row in rows if not isinstance(row, BadRow)]
    bad = [row for row in rows if isinstance(row, BadRow)]
    assert [(r.line, r.identifier.phone, r.member_id, r.points, r.days) for r in good] == [
        (3, "+79001234567", "", "1", 30),
        (4, "", "12", "-2", 0),
    ]
    assert [(row.line, row.field, row.reason) for row in bad] == [
        (5, "card", "FIELD_REQUIRED"),
        (6, "card", "FIELD_INVALID"),
        (7, "", "FIELD_INVALID"),
        (8, "days", "FIELD_INVALID"),
    ]


@pytest.mark.parametrize("value", ["=1+1", "@x", "+1", "-1", "\tx"])
def test_no_cell_of_a_report_is_a_formula(value: str) -> None:
    """What a spreadsheet would run is kept as text."""
    assert report_cell(value) == f"'{value}"
    assert report_cell("plain") == "plain"
