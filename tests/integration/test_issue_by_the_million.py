"""Certificates issued by COPY: all or nothing, and the codes are those that tills read."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from checkout.v1 import certificate_pb2 as certs
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1.receipt_pb2 import Settlement, SoldCertificate
from loaders import issue_certificates as issuing
from loaders.codes_file import CodesKeptError
from loaders.issue_certificates import Order, UnknownSeriesError, issue_certificates
from tests.races.ledger_state import violations
from tests.service import world
from tests.service.commits import DIES, at_commit
from tests.service.in_bulk import BulkWatch
from tests.service.running import Service, as_role
from tests.service.till import line, receipt, shown

ORDER = Order(
    partner="north", series="gift", count=250, face=None, author="tester", reason="for the racks"
)


#: With a million it is `make million`.
COUNT = int(os.environ.get("CERTIFICATES_IN_BULK", "250"))


async def issue(
    service: Service,
    output: Path,
    order: Order = ORDER,
    say: Callable[[str], None] = lambda _: None,
) -> None:
    """Issue as the service's own role."""
    connection = await asyncpg.connect(as_role(service.dsn, "checkout_app"))
    try:
        await issue_certificates(connection, order, bytes.fromhex(world.PEPPER), output, say)
    finally:
        await connection.close()


async def test_codes_of_the_file_are_sold_and_spent(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In several copies, with progress; each code once, and good at a till once it is sold."""
    step = max(COUNT // 20, 100)
    monkeypatch.setattr(issuing, "ROWS_PER_COPY", step)
    output = tmp_path / "codes.csv"
    watch = BulkWatch("certificates", COUNT)
    await issue(service, output, replace(ORDER, count=COUNT), watch.say)
    size = await service.database.fetchval("select pg_total_relation_size('certificate')")
    watch.end(size, output.stat().st_size)
    told = [*range(step, COUNT, step), COUNT]
    assert watch.said == [f"{done:,} of {COUNT:,} certificates" for done in told]
    assert output.stat().st_mode & 0o777 == 0o600
    entry = await service.database.fetchrow(
        "select author, reason, after::text from admin_history where record = 'certificate_batch'"
    )
    assert tuple(entry)[:2] == ("tester", "for the racks")
    after = json.loads(entry["after"])
    assert after["file_sha256"] == hashlib.sha256(output.read_bytes()).hexdigest()
    assert (after["count"], after["series_code"]) == (COUNT, "gift")
    with output.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["code"] for row in rows}) == COUNT
    code = rows[-1]["code"]
    till = service.till()
    request = pb.CheckCertificateRequest(code=code)
    checked: pb.CheckCertificateResponse = await till.call("CheckCertificate", request)
    assert checked.certificate.certificate_id == rows[-1]["certificate_id"]
    assert checked.certificate.status == certs.CERTIFICATE_STATUS_NOT_ACTIVE
    sells = Settlement(certificates_sold=[SoldCertificate(position=1, code=code)])
    await till.confirm("sold", receipt(line("gift", 100_00)), settlement=sells)
    paid = await till.confirm("paid", receipt(line("towel", 40_00), certificates=shown(code)))
    assert paid.outcome.certificates_minor == 40_00
    assert await violations(service) == []


async def test_what_fails_half_way_leaves_nothing(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second copy fails: no row, no batch, no file of codes that nobody knows."""
    monkeypatch.setattr(issuing, "ROWS_PER_COPY", 100)
    await service.database.execute(
        "create function full_disk() returns trigger language plpgsql as"
        " $$ begin if (select count(*) from certificate) > 150 then raise disk_full; end if;"
        " return new; end $$"
    )
    await service.database.execute(
        "create trigger full_disk before insert on certificate"
        " for each row execute function full_disk()"
    )
    with pytest.raises(asyncpg.DiskFullError):
        await issue(service, tmp_path / "codes.csv")
    assert os.listdir(tmp_path) == []  # noqa: PTH208
    assert await service.database.fetchval("select count(*) from certificate") == 0
    assert await service.database.fetchval("select count(*) from certificate_batch") == 0
    assert not await service.database.fetchval(
        "select count(*) from admin_history where record = 'certificate_batch'"
    )


@pytest.mark.parametrize("name", ["codes.csv", "codes.csv.part"])
async def test_codes_are_never_written_over(service: Service, tmp_path: Path, name: str) -> None:
    """A file that is there, or its part, may be the only copy of codes that were issued before."""
    there = tmp_path / name
    there.write_text("precious")
    with pytest.raises(FileExistsError, match=f"{name} is there already"):
        await issue(service, tmp_path / "codes.csv")
    assert os.listdir(tmp_path) == [name]  # noqa: PTH208
    assert there.read_text() == "precious"
    assert await service.database.fetchval("select count(*) from certificate") == 0


async def test_a_connection_that_dies_in_the_commit_keeps_the_codes(
    service: Service, tmp_path: Path
) -> None:
    """The certificates may be there: all of their codes are in the part."""
    await at_commit(service.database, "certificate_batch", DIES)
    with pytest.raises(CodesKeptError, match="nobody knows"):
        await issue(service, tmp_path / "codes.csv")
    with (tmp_path / "codes.csv.part").open(newline="") as file:
        assert len({row["code"] for row in csv.DictReader(file)}) == ORDER.count


@pytest.mark.parametrize("change", [{"series": "none"}, {"partner": "west"}])
async def test_a_series_that_nobody_takes_is_not_issued(
    service: Service, tmp_path: Path, change: dict[str, str]
) -> None:
    """Nobody could spend it."""
    fields = {name: getattr(ORDER, name) for name in ORDER.__slots__}
    with pytest.raises(UnknownSeriesError):
        await issue(service, tmp_path / "codes.csv", Order(**(fields | change)))
