"""One file corrects many members: tried out, killed half-way and gone on with, taken back whole.

All through the commands that managers are told of, as processes of their own.
"""

from __future__ import annotations

import csv
import os
import re
from typing import TYPE_CHECKING, Final

from tests.races.ledger_state import violations
from tests.service.customers import card_of, make_customers
from tests.service.in_bulk import BulkWatch
from tests.service.loader_runs import run_loader

if TYPE_CHECKING:
    from pathlib import Path

    from tests.service.running import Service

#: With a hundred thousand it is `make million`.
COUNT: Final = int(os.environ.get("CORRECTIONS_IN_BULK", "3000"))
#: Far more than it takes on a busy machine.
WITHIN_S: Final = 60 + COUNT / 50
#: One row in so many is bad, each kind in its turn.
BAD_EVERY: Final = 100
#: What a run may hold beside one page, however long its file is.
GROWS_MB: Final = 16
_TOLD: Final = re.compile(r"([\d,]+) of ([\d,]+) rows, ([\d,]+) refused")
_SUMMARY: Final = re.compile(r"([\d,]+) rows: (.*) \(([\d,]+) of them before\)")


def written(path: Path) -> tuple[int, list[list[str]]]:
    """A file with a row for each member; the points that it gives, and what is told of bad rows."""
    points, bad = 0, []
    kinds = (
        ("card", "0000000000000", "MEMBER_UNKNOWN"),
        ("points", "1.234", "FIELD_INVALID"),
        ("amount_minor", "'-5", "INSUFFICIENT_POINTS"),
        ("currency", "miles", "CURRENCY_UNKNOWN"),
        ("card", "", "FIELD_REQUIRED"),
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("card", "currency", "points", "reason"))
        for number in range(COUNT):
            cells = {"card": card_of(number), "currency": "pts", "points": str(number % 9 + 1)}
            if number % BAD_EVERY == BAD_EVERY - 1:
                field, value, reason = kinds[number // BAD_EVERY % len(kinds)]
                cells[field.replace("amount_minor", "points")] = value.removeprefix("'")
                bad.append([str(number + 2), field, value, reason])
            else:
                points += number % 9 + 1
            # A spreadsheet's column, with signs that take two bytes.
            writer.writerow((*cells.values(), f"опоздала доставка {number}"))
    return points, bad


def told_bad(report: Path) -> list[list[str]]:
    """What a report says of each row, in the order of lines, but for words."""
    with report.open(encoding="utf-8", newline="") as file:
        rows = sorted(list(csv.reader(file))[1:], key=lambda row: int(row[0]))
    return [row[:4] for row in rows]


def judge_progress(watch: BulkWatch, total: int) -> None:
    """It went up to the whole, with the whole beside it."""
    told = [_TOLD.fullmatch(text) for text in watch.said[:-1]]
    assert None not in told, watch.said
    done = [int(one[1].replace(",", "")) for one in told if one is not None]
    assert done == sorted(done)
    assert {one[2] for one in told if one is not None} <= {f"{total:,}"}


async def test_a_long_file_is_done_once_and_taken_back(service: Service, tmp_path: Path) -> None:
    """The bad rows are told one by one; no row is booked twice or left out, and none is left."""
    await make_customers(service, COUNT)
    path, report = tmp_path / "march.csv", tmp_path / "bad.csv"
    points, bad = written(path)
    good = COUNT - len(bad)
    sends = ("adjust", str(path), "--report", str(report))

    watch = BulkWatch("rows tried out", COUNT)
    before = await service.rows()
    tried = await run_loader(service, *sends, "--dry-run", watch=watch, within_s=WITHIN_S)
    watch.done(f"the loader at most {tried.most_mb:.0f} MB")
    assert tried.status == 2, "some rows were bad"
    assert f"would be: {COUNT:,} rows: {good:,} booked, {len(bad):,} refused (0 of" in tried.last
    assert await service.rows() == before
    assert told_bad(report) == bad
    judge_progress(watch, COUNT)

    async def counted(state: str) -> int:
        found: int = await service.database.fetchval(
            "select count(*) from correction where bulk_id is not null and state = $1", state
        )
        return found

    async def is_half_booked() -> bool:
        return await counted("booked") >= good // 2

    watch = BulkWatch("rows booked by a run that is killed", good)
    killed = await run_loader(
        service, *sends, watch=watch, within_s=WITHIN_S, kill_when=is_half_booked
    )
    # What was on its way is booked, and nobody has heard so.
    done = await counted("booked")
    watch.done(f"the loader at most {killed.most_mb:.0f} MB", done)
    assert killed.status < 0
    assert done < good
    watch = BulkWatch("rows sent by the run that goes on", COUNT)
    run = await run_loader(service, *sends, watch=watch, within_s=WITHIN_S)
    watch.done(f"the loader at most {run.most_mb:.0f} MB")
    assert run.status == 2
    found = _SUMMARY.match(run.last)
    assert found is not None, run.last
    assert found[2] == f"{good:,} booked, {len(bad):,} refused"
    assert int(found[3].replace(",", "")) >= done
    assert told_bad(report) == bad
    judge_progress(watch, COUNT)
    assert max(tried.most_mb - tried.first_mb, run.most_mb - run.first_mb) < GROWS_MB
    assert await counted("booked") == good
    assert await _given(service) == (good, points * 100, points * 100, 0)
    assert await service.database.fetchval("select count(*) from bulk") == 1
    assert await violations(service) == []

    async def is_half_undone() -> bool:
        return await counted("undone") >= good // 2

    undoes = ("end-bulk", "march", "undo")
    watch = BulkWatch("rows taken back by a run that is killed", good)
    killed = await run_loader(
        service, *undoes, watch=watch, within_s=WITHIN_S, kill_when=is_half_undone
    )
    undone = await counted("undone")
    watch.done(f"the loader at most {killed.most_mb:.0f} MB", undone)
    assert killed.status < 0
    assert undone < good
    watch = BulkWatch("rows taken back by the run that goes on", good - undone)
    run = await run_loader(service, *undoes, watch=watch, within_s=WITHIN_S)
    watch.done(f"the loader at most {run.most_mb:.0f} MB")
    assert run.status == 0
    assert f"{good - undone:,} rows: {good - undone:,} undone (0 of" in run.last
    assert "owed" not in run.last
    judge_progress(watch, good - undone)
    assert await counted("undone") == good
    assert await _given(service) == (good, points * 100, 0, good)
    assert await violations(service) == []


async def _given(service: Service) -> tuple[int, int, int, int]:
    """Corrections of the file, what they say, what their members have, and who has something else.

    Each member is in one row of the file.
    """
    row = await service.database.fetchrow(
        "select count(*), sum(c.amount_minor)::bigint, sum(a.balance)::bigint,"
        " count(*) filter (where a.balance is distinct from c.amount_minor)"
        " from correction c left join account a using (member_id) where c.bulk_id is not null"
    )
    return row[0], row[1], row[2], row[3]
