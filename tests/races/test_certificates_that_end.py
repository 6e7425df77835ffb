"""Certificates that have ended are booked as expired: once, and not what may still be spent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import operator_service_pb2 as op
from checkout.workers.certificate_keeper import CERTIFICATES_MAX
from tests.races.ledger_state import violations
from tests.races.sabotage import take_lock_away
from tests.races.test_lots import DyingStore
from tests.service.till import fresh, line, receipt, refusal_of, shown

if TYPE_CHECKING:
    from tests.service.running import Service

LONG_AGO = "now() - interval '1 hour'"

pytestmark = pytest.mark.usefixtures("only_by_hand")


async def issued(service: Service, count: int = 1) -> list[str]:
    return await service.operator().issue_certificates("gift", count, face=100_00, activate=True)


async def end_all(service: Service, at: str = LONG_AGO) -> None:
    await service.database.execute(f"update certificate set expires_at = {at}")


async def booked(service: Service) -> list[int]:
    """What has been booked as expired."""
    rows = await service.database.fetch(
        "select amount from certificate_entry where against = 'expired' order by amount"
    )
    return [row["amount"] for row in rows]


async def left(service: Service) -> int:
    total: int = await service.database.fetchval("select sum(remaining) from certificate")
    return total


async def test_two_workers_book_each_once(two_workers: Service) -> None:
    """Forty at once, and again: forty entries, and nothing is left."""
    await issued(two_workers, 40)
    await end_all(two_workers)
    steps = [worker.certificate_keeper.step for worker in two_workers.workers]
    await asyncio.gather(*(step() for step in steps))
    for step in steps:
        await step()
    assert await booked(two_workers) == [-100_00] * 40
    assert await left(two_workers) == 0
    assert await violations(two_workers) == []


@pytest.mark.parametrize("numbered", [True, False])
async def test_without_the_lock_only_its_number_keeps_an_end_from_being_booked_twice(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch, *, numbered: bool
) -> None:
    """The race can fail: both book what they read, and entries with the same number are refused."""
    await issued(two_workers)
    await end_all(two_workers)
    if not numbered:
        await two_workers.database.execute(
            "alter table certificate_entry drop constraint certificate_entry_pkey"
        )
    take_lock_away(two_workers, monkeypatch, "certificates", background=True)
    await asyncio.gather(*(worker.certificate_keeper.step() for worker in two_workers.workers))
    assert await booked(two_workers) == [-100_00] * (1 if numbered else 2)
    assert bool(await violations(two_workers)) is not numbered


async def test_a_worker_that_dies_half_way_leaves_the_rest_to_the_next(service: Service) -> None:
    """What was written and not committed is not there; the next step books it."""
    await issued(service, 40)
    await end_all(service)
    (worker,) = service.workers
    store = DyingStore(worker.background_commit._store._pool)  # type: ignore[attr-defined]
    worker.background_commit._store = store
    store.deaths = 1
    await worker.certificate_keeper.step()
    assert store.deaths == 0
    assert await booked(service) == [-100_00] * (40 - CERTIFICATES_MAX)
    assert await violations(service) == []
    await worker.certificate_keeper.step()
    assert await booked(service) == [-100_00] * 40
    assert await left(service) == 0
    assert await violations(service) == []


async def test_what_a_quote_may_still_spend_is_not_booked(service: Service) -> None:
    """Quoted before it ended, confirmed after; the rest goes a quarter of an hour later."""
    (code,) = await issued(service)
    sale = receipt(line("towel", 30_00), certificates=shown(code))
    quoted = await service.till().quote("p", sale)
    await end_all(service, "now()")
    await service.workers[0].certificate_keeper.step()
    assert await booked(service) == []
    sold = await service.till().confirm("p", sale, quote_token=quoted.quote_token)
    assert sold.outcome.certificates_minor == quoted.outcome.certificates_minor > 0
    rest = await left(service)
    await end_all(service)
    await service.workers[0].certificate_keeper.step()
    assert await booked(service) == [-rest]
    assert await violations(service) == []


async def test_what_a_hold_keeps_stays_until_its_end(service: Service) -> None:
    """The rest is booked at once; what the hold gives back, after it."""
    (code,) = await issued(service)
    sale = receipt(line("towel", 30_00), certificates=shown(code))
    held = await service.till().quote("p", sale, hold=True)
    kept = held.outcome.certificates_minor
    assert 0 < kept < 100_00
    await end_all(service)
    await service.workers[0].certificate_keeper.step()
    assert await booked(service) == [kept - 100_00]
    await service.till().cancel("p")
    await service.workers[0].certificate_keeper.step()
    assert sorted(await booked(service)) == sorted([kept - 100_00, -kept])
    assert await violations(service) == []


@pytest.mark.parametrize("is_booked", [False, True])
async def test_what_has_ended_is_worth_nothing_whoever_booked_it(
    service: Service, *, is_booked: bool
) -> None:
    """It is not shown, not moved, and its sale cannot come back; booked or not."""
    (code,) = await service.operator().issue_certificates("gift", 1)
    bought = fresh("gift")
    await service.till().call(
        "Confirm",
        pb.ConfirmRequest(
            request_id=fresh("r"),
            purchase_id=bought,
            receipt=receipt(line("gift", 100_00)),
            settlement={"certificates_sold": [{"position": 1, "code": code}]},
        ),
    )
    await end_all(service)
    if is_booked:
        await service.workers[0].certificate_keeper.step()
    checked = await service.till().call("CheckCertificate", pb.CheckCertificateRequest(code=code))
    assert checked.certificate.left == 0
    assert (
        await refusal_of(service.till().take_back(bought))
    ).reason == "CERTIFICATE_ALREADY_SPENT"
    request = op.MoveCertificateRequest(request_id=fresh("m"), code=code, reason="a test")
    moved = service.operator().call("MoveCertificate", request)
    assert (await refusal_of(moved)).reason == "CERTIFICATE_NOT_ACTIVE"
    assert await violations(service) == []
