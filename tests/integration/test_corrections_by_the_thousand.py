"""One file corrects many members: tried out, killed half-way and gone on with, taken back whole.

All through the commands that managers are told of, as processes of their own.
"""

from __future__ import annotations

import csv
import os
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from tests.races.ledger_state import violations
from tests.service.customers import card_of, make_customers
from tests.service.in_bulk import BulkWatch
from tests.service.loader_runs import LoaderRun, run_loader

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from tests.service.running import Service

#: With a hundred thousand it is `make million`.
COUNT: Final = int(os.environ.get("CORRECTIONS_IN_BULK", "3000"))
#: Far more than it takes on a busy machine.
WITHIN_S: Final = 60 + COUNT / 50
#: One row in so many is bad, each kind in its turn.
BAD_EVERY: Final = 100
#: What a run may come to hold after its first second, however long its file is.
GROWS_MB: Final = 16
_BAD: Final = (
    ("card", "0000000000000", "MEMBER_UNKNOWN"),
    ("points", "1.234", "FIELD_INVALID"),
    ("amount_minor", "-5", "INSUFFICIENT_POINTS"),
    ("currency", "miles", "CURRENCY_UNKNOWN"),
    ("card", "", "FIELD_REQUIRED"),
)
_TOLD: Final = re.compile(r"([\d,]+) of ([\d,]+) rows, [\d,]+ refused")
_SUMMARY: Final = re.compile(r"([\d,]+) rows: (.*) \(([\d,]+) of them before\), [\d.]+ s, .*")


@dataclass(frozen=True, slots=True)
class Written:
    """A file with a row for each member: what it gives in all, and what is told of its bad rows."""

    path: Path
    given_minor: int
    bad: list[list[str]]

    @property
    def good(self) -> int:
        """Rows that can be done."""
        return COUNT - len(self.bad)


def write(path: Path) -> Written:
    """As a spreadsheet of a Russian office has it, letters of two bytes in it."""
    given_minor, bad = 0, []
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("card", "currency", "points", "reason"))
        for number in range(COUNT):
            points = number % 9 + 1
            cells = {"card": card_of(number), "currency": "pts", "points": str(points)}
            if number % BAD_EVERY == BAD_EVERY - 1:
                name, value, reason = _BAD[number // BAD_EVERY % len(_BAD)]
                cells["points" if name == "amount_minor" else name] = value
                shown = f"'{value}" if value.startswith("-") else value
                bad.append([str(number + 2), name, shown, reason])
            else:
                given_minor += points * 100
            writer.writerow((*cells.values(), f"опоздала доставка {number}"))
    return Written(path, given_minor, bad)


@dataclass(frozen=True, slots=True)
class Office:
    """Somebody who runs the commands about one file."""

    service: Service
    report: Path

    async def run(
        self,
        what: str,
        *arguments: str,
        total: int | None = None,
        kill_when: Callable[[], Awaitable[bool]] | None = None,
    ) -> LoaderRun:
        """Run a command; it tells how far of how many it is, and holds no more of a longer file.

        How many these are its last line says, if nobody knows.
        """
        watch = BulkWatch(what, total or 0)
        run = await run_loader(
            self.service, *arguments, watch=watch, within_s=WITHIN_S, kill_when=kill_when
        )
        done = []
        for text in watch.said if kill_when is not None else watch.said[:-1]:
            told = _TOLD.fullmatch(text)
            assert told is not None, text
            done.append(_number(told[1]))
            assert total is None or _number(told[2]) == total, text
        assert done == sorted(done)
        if kill_when is None:
            assert " rows: " in run.last, run
            done.append(_number(run.last.removeprefix("would be: ").split()[0]))
        watch.done(f"the loader at most {run.most_mb:.0f} MB", done[-1] if done else 0)
        assert run.most_mb - run.first_mb < GROWS_MB
        return run

    async def counted(self, state: str) -> int:
        """Corrections of the file in a state."""
        found: int = await self.service.database.fetchval(
            "select count(*) from correction where bulk_id is not null and state = $1", state
        )
        return found

    async def has(self, state: str, rows: int) -> bool:
        """Whether so many are in it."""
        return await self.counted(state) >= rows

    async def kept(self) -> tuple[int, int, int]:
        """Corrections of the file, what they say, and what their members have."""
        row = await self.service.database.fetchrow(
            "select count(*), sum(c.amount_minor)::bigint, sum(a.balance)::bigint"
            " from correction c left join account a using (member_id) where c.bulk_id is not null"
        )
        return row[0], row[1], row[2]

    async def others(self) -> int:
        """Members of the file who have something else than it gives: of each row one."""
        found: int = await self.service.database.fetchval(
            "select count(*) from correction c left join account a using (member_id)"
            " where c.bulk_id is not null and a.balance is distinct from c.amount_minor"
        )
        return found

    def told_bad(self) -> list[list[str]]:
        """What the report says of each bad row, in the order of lines, but for words."""
        with self.report.open(encoding="utf-8", newline="") as file:
            rows = sorted(list(csv.reader(file))[1:], key=lambda row: int(row[0]))
        return [row[:4] for row in rows]


async def try_out(office: Office, file: Written, *sends: str) -> None:
    """Nothing is done, and all is told as if it had been."""
    before = await office.service.rows()
    tried = await office.run("rows tried out", *sends, "--dry-run", total=COUNT)
    assert tried.status == 2, "some rows are bad"
    summary = f"{COUNT:,} rows: {file.good:,} booked, {len(file.bad):,} refused (0 of them before)"
    assert tried.last.startswith(f"would be: {summary}")
    assert await office.service.rows() == before
    assert office.told_bad() == file.bad


async def book(office: Office, file: Written, *sends: str) -> None:
    """Killed half-way and run again: the rest is booked, no row twice, and bad ones are told."""
    half = partial(office.has, "booked", file.good // 2)
    killed = await office.run("rows by a run that is killed", *sends, total=COUNT, kill_when=half)
    done = await office.counted("booked")
    assert killed.status < 0
    assert done < file.good
    run = await office.run("rows by the run that goes on", *sends, total=COUNT)
    assert run.status == 2
    told = _SUMMARY.fullmatch(run.last)
    assert told is not None, run.last
    assert told[2] == f"{file.good:,} booked, {len(file.bad):,} refused"
    # What was on its way when it was killed may have been booked since.
    assert done <= _number(told[3]) < file.good
    assert office.told_bad() == file.bad
    assert await office.kept() == (file.good, file.given_minor, file.given_minor)
    assert await office.others() == 0
    assert await office.service.database.fetchval("select count(*) from bulk") == 1
    assert await violations(office.service) == []


async def undo(office: Office, file: Written, *undoes: str) -> None:
    """Killed half-way and run again: all is taken back, nothing of it twice."""
    half = partial(office.has, "undone", file.good // 2)
    killed = await office.run(
        "rows taken back by a run that is killed", *undoes, total=file.good, kill_when=half
    )
    assert killed.status < 0
    left = await office.counted("booked")
    run = await office.run("rows taken back by the run that goes on", *undoes)
    assert run.status == 0
    told = _SUMMARY.fullmatch(run.last)
    assert told is not None, run.last
    # What was on its way when it was killed may have been taken back since.
    assert 0 < _number(told[1]) <= left
    assert told.groups() == (told[1], f"{told[1]} undone", "0")
    assert await office.counted("undone") == file.good
    assert await office.kept() == (file.good, file.given_minor, 0)
    assert await violations(office.service) == []


async def test_a_long_file_is_done_once_and_taken_back(service: Service, tmp_path: Path) -> None:
    """Bad rows are told one by one, none is booked twice or left out, and nothing is left of it."""
    await make_customers(service, COUNT)
    file = write(tmp_path / "march.csv")
    office = Office(service, tmp_path / "bad.csv")
    sends = ("adjust", str(file.path), "--report", str(office.report))
    await try_out(office, file, *sends)
    await book(office, file, *sends)
    await undo(office, file, "end-bulk", "march", "undo")


def _number(text: str) -> int:
    return int(text.replace(",", ""))
