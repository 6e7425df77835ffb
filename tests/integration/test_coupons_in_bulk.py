"""Coupons issued in bulk by COPY: all or none, with the codes in a file or from one."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from checkout.v1 import coupon_pb2 as cp
from loaders.codes_file import CodesKeptError
from loaders.coupons import CHUNK, BulkIssue, CouponsRefusedError, issue_in_bulk
from tests.races.ledger_state import violations
from tests.service import world
from tests.service.commits import DIES, at_commit
from tests.service.coupons import OFF_MINOR, SERIES, check, issue
from tests.service.in_bulk import BulkWatch
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.service.running import Service

#: With a million it is `make million`.
COUNT = int(os.environ.get("COUPONS_IN_BULK", "45000"))


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def issue_many(
    service: Service, say: Callable[[str], None] = lambda _: None, **more: Any
) -> int:
    """Issue in bulk as the service's own role."""
    call = BulkIssue(
        **{"partner": "north", "series": SERIES, "author": "bulk", "reason": "a test"} | more
    )
    connection = await asyncpg.connect(service.dsn)
    try:
        await connection.execute("set role checkout_app")
        return await issue_in_bulk(connection, bytes.fromhex(world.PEPPER), call, say)
    finally:
        await connection.close()


async def test_made_codes_are_in_the_file_and_work(shop: Service, tmp_path: Path) -> None:
    """As many as asked, in pieces that are told; the history keeps the file's hash."""
    output = tmp_path / "codes.txt"
    watch = BulkWatch("coupons", COUNT)
    assert await issue_many(shop, watch.say, count=COUNT, output=output, valid_days=30) == COUNT
    size = await shop.database.fetchval("select pg_total_relation_size('coupon')")
    watch.end(size, output.stat().st_size)
    codes = output.read_text().split()
    assert len(set(codes)) == COUNT
    told = [int(text.split()[0].replace(",", "")) for text in watch.said]
    assert told == [*range(CHUNK, COUNT, CHUNK), COUNT]
    row = await shop.database.fetchrow(
        "select source, coupons, author, file_hash from coupon_issue"
    )
    digest = hashlib.sha256(output.read_bytes()).digest()
    assert tuple(row) == ("file", COUNT, "bulk", digest)
    entry = await shop.database.fetchrow(
        "select author, reason, action, after::text from admin_history"
        " where record = 'coupon_issue'"
    )
    assert tuple(entry)[:3] == ("bulk", "a test", "created")
    after = {"series_code": SERIES, "count": COUNT, "file_sha256": digest.hex()}
    assert json.loads(entry["after"]) == after
    assert output.stat().st_mode & 0o077 == 0
    assert not output.with_name("codes.txt.part").exists()
    till = shop.till()
    for code in (codes[0], codes[-1].lower()):
        checked = await check(till, code)
        assert checked.state == cp.COUPON_STATE_VALID
        assert checked.coupon.valid_until
    sold = await till.confirm("p", receipt(line("towel", 20_00), coupons=[codes[20_000]]))
    assert sold.outcome.discount_minor == OFF_MINOR
    assert await violations(shop) == []


async def test_given_codes_are_digested(shop: Service, tmp_path: Path) -> None:
    """One a line, capitals not mattering; nothing of them is stored but their last characters."""
    path = tmp_path / "given.txt"
    path.write_text("SUMMER-0001\n\nsummer-0002  \n")
    assert await issue_many(shop, codes=path, uses_max=2) == 2
    assert (await check(shop.till(), "Summer-0002")).coupon.uses_left == 2
    dump = str(await shop.database.fetch("select * from coupon"))
    assert "0001" in dump
    assert "SUMMER" not in dump.upper()
    assert await violations(shop) == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("A-1\nA-2\na-1\n", "lines 1 and 3 have the same code"),
        ("A-1\nTAKEN\n", "line 2: the code is a coupon's already"),
        ("A-1\nA 2\n", "line 2: a code has 1 to 64 characters, no blanks"),
        (f"A-1\n{'x' * 65}\n", "line 2: a code has 1 to 64 characters, no blanks"),
        (f"A-1\n{world.COUPON.lower()}\n", "line 2: a campaign names this code itself"),
        ("\n", "there is nothing to issue"),
    ],
)
async def test_a_faulty_file_issues_nothing(
    shop: Service, tmp_path: Path, text: str, says: str
) -> None:
    """The line is named, and the others are not issued either."""
    await issue(shop.operator(), codes=["TAKEN"])
    path = tmp_path / "given.txt"
    path.write_text(text)
    with pytest.raises(CouponsRefusedError, match=says):
        await issue_many(shop, codes=path)
    assert await shop.database.fetchval("select count(*) from coupon") == 1
    assert await shop.database.fetchval("select count(*) from coupon_issue") == 1


async def test_what_fails_leaves_no_file(shop: Service, tmp_path: Path) -> None:
    """A series that nobody has; a failure in the middle."""
    output = tmp_path / "codes.txt"
    with pytest.raises(CouponsRefusedError, match="no coupon series 'other'"):
        await issue_many(shop, count=5, output=output, series="other")

    def fail(_: str) -> None:
        raise OSError("the disk is full")

    connection = await asyncpg.connect(shop.dsn)
    call = BulkIssue(
        partner="north", series=SERIES, author="a", reason="b", count=30_000, output=output
    )
    with pytest.raises(OSError, match="the disk is full"):
        await issue_in_bulk(connection, bytes(32), call, fail)
    await connection.close()
    assert files_in(tmp_path) == []
    assert await shop.database.fetchval("select count(*) from coupon") == 0


@pytest.mark.parametrize("name", ["codes.txt", "codes.txt.part"])
async def test_codes_are_never_written_over(shop: Service, tmp_path: Path, name: str) -> None:
    """A file that is there, or its part, may be the only copy of codes that were issued before."""
    (tmp_path / name).write_text("mine")
    with pytest.raises(FileExistsError, match=f"{name} is there already"):
        await issue_many(shop, count=5, output=tmp_path / "codes.txt")
    assert files_in(tmp_path) == [tmp_path / name]
    assert (tmp_path / name).read_text() == "mine"
    assert await shop.database.fetchval("select count(*) from coupon") == 0


async def test_a_connection_that_dies_in_the_commit_keeps_the_codes(
    shop: Service, tmp_path: Path
) -> None:
    """The coupons may be there: all of their codes are in the part."""
    await at_commit(shop.database, "coupon_issue", DIES)
    with pytest.raises(CodesKeptError, match="nobody knows"):
        await issue_many(shop, count=5, output=tmp_path / "codes.txt")
    assert files_in(tmp_path) == [tmp_path / "codes.txt.part"]
    assert len(set((tmp_path / "codes.txt.part").read_text().split())) == 5
