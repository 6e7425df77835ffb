"""Receipts that were sold without the service, as a till submits them."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING, Any

import orjson

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import outcome_pb2
from checkout.v1.error_reason_pb2 import ErrorReason
from checkout.v1.receipt_pb2 import (
    AlreadyPaid,
    GivenDiscount,
    PresentedCertificate,
    Settlement,
    TakenCertificate,
)
from tests.races.ledger_state import make_members, violations
from tests.service import world
from tests.service.running import wait_until
from tests.service.till import fresh, line, receipt, refusal_of

if TYPE_CHECKING:
    from tests.service.running import Service


def ago(**past: int) -> str:
    """The tills' clock so long ago."""
    return world.local_now(-dt.timedelta(**past))


def submitted(*purchases: str, **fields: Any) -> list[pb.OfflineReceipt]:
    return [pb.OfflineReceipt(purchase_id=each, receipt=receipt(**fields)) for each in purchases]


def reason_of(result: pb.OfflineResult) -> str:
    """Why a receipt was not taken over; empty if it was."""
    if not result.HasField("refused"):
        return ""
    return ErrorReason.Name(result.refused.reason).removeprefix("ERROR_REASON_")


async def test_one_bad_receipt_never_fails_its_neighbours(service: Service) -> None:
    """Each is answered for itself and in its place, whatever is wrong with another."""
    till = service.till()
    good, again = submitted("first", card=world.CARD), submitted("last", card=world.CARD)
    bad = pb.OfflineReceipt(purchase_id="bad", receipt=receipt(line(amount_minor=1)))
    empty = pb.OfflineReceipt()
    old = submitted("old", local_time=ago(days=8))
    results = await till.submit_all([*good, bad, empty, *old, *again])
    assert [result.purchase_id for result in results] == ["first", "bad", "", "old", "last"]
    assert [reason_of(result) for result in results] == [
        "",
        "LINE_AMOUNT_MISMATCH",
        "FIELD_REQUIRED",
        "RECEIPT_TIME_OUT_OF_WINDOW",
        "",
    ]
    assert list(results[1].refused.fields) == ["receipt.lines[0].amount_minor"]
    assert int(results[3].refused.numbers["off_by_s"]) < 0
    assert await service.database.fetchval("select count(*) from receipt") == 2


async def test_a_receipt_that_is_tried_again_is_not_overtaken(service: Service) -> None:
    """Its member is locked by others for a while; what the till sends behind it is booked later."""
    till, group = service.till(), service.workers[0].group_commit
    async with service.database.transaction():
        await service.database.execute("select from member for update")
        first = asyncio.create_task(till.submit("first", receipt(card=world.CARD)))

        async def is_tried() -> bool:
            return group._deciding is not None

        await wait_until(is_tried, what="the first")
        second = asyncio.create_task(till.submit("second", receipt()))

        async def has_failed_once() -> bool:
            return bool(group._away) or second.done()

        await wait_until(has_failed_once, what="a failure")
        assert not second.done()
    results = await asyncio.gather(first, second)
    assert [reason_of(result) for result in results] == ["", ""]
    booked = await service.database.fetch("select purchase_id from receipt order by confirmed_at")
    assert [purchase_id for (purchase_id,) in booked] == ["first", "second"]


async def test_faults_of_a_receipt_name_their_fields(service: Service) -> None:
    """What a till says that it gave must fit what it sold; paths begin inside the receipt."""
    apple = receipt(line(external_discount_minor=10_00))
    cases: list[tuple[pb.OfflineReceipt, str, str]] = [
        (
            pb.OfflineReceipt(receipt=apple, already_paid=AlreadyPaid(discounts=[given])),
            reason,
            f"already_paid.discounts[0].{field}",
        )
        for given, reason, field in (
            (GivenDiscount(position=1, amount_minor=1), "FIELD_REQUIRED", "campaign"),
            (GivenDiscount(position=1, campaign="c" * 65), "FIELD_OUT_OF_RANGE", "campaign"),
            (GivenDiscount(position=2, campaign="c"), "FIELD_INVALID", "position"),
            (GivenDiscount(position=1, campaign="c"), "FIELD_OUT_OF_RANGE", "amount_minor"),
            (
                GivenDiscount(position=1, campaign="c", amount_minor=90_01),
                "FIELD_OUT_OF_RANGE",
                "amount_minor",
            ),
        )
    ]
    twice = [GivenDiscount(position=1, campaign=code, amount_minor=50_00) for code in "ab"]
    cases += [
        (
            pb.OfflineReceipt(receipt=apple, already_paid=AlreadyPaid(discounts=twice)),
            "FIELD_OUT_OF_RANGE",
            "already_paid.discounts[1].amount_minor",
        ),
        (
            pb.OfflineReceipt(receipt=apple, already_paid=AlreadyPaid(points_minor=-1)),
            "FIELD_OUT_OF_RANGE",
            "already_paid.points_minor",
        ),
        (
            pb.OfflineReceipt(
                receipt=receipt(certificates=[PresentedCertificate(code="4711-0815")])
            ),
            "FIELD_INVALID",
            "receipt.certificates",
        ),
        (
            pb.OfflineReceipt(receipt=receipt(points_max=True)),
            "FIELD_INVALID",
            "receipt.points_to_spend",
        ),
        (
            pb.OfflineReceipt(receipt=apple, settlement=Settlement(shift="s" * 33)),
            "FIELD_OUT_OF_RANGE",
            "settlement.shift",
        ),
    ]
    code = "4711-0815"
    cases += [
        (
            pb.OfflineReceipt(receipt=apple, already_paid=AlreadyPaid(certificates=certificates)),
            reason,
            f"already_paid.certificates{field}",
        )
        for certificates, reason, field in (
            ([TakenCertificate(amount_minor=1)], "FIELD_REQUIRED", "[0].code"),
            ([TakenCertificate(code="!", amount_minor=1)], "FIELD_INVALID", "[0].code"),
            ([TakenCertificate(code=code)], "FIELD_OUT_OF_RANGE", "[0].amount_minor"),
            (
                [TakenCertificate(code=code, amount_minor=90_01)],
                "FIELD_OUT_OF_RANGE",
                "[0].amount_minor",
            ),
            (
                # What was taken for the receipt has room only beside what lies on positions.
                [
                    TakenCertificate(code=code, amount_minor=50_00),
                    TakenCertificate(code=code, amount_minor=50_00, position=1),
                ],
                "FIELD_OUT_OF_RANGE",
                "[0].amount_minor",
            ),
            (
                [TakenCertificate(code=code, amount_minor=1, position=2)],
                "FIELD_INVALID",
                "[0].position",
            ),
            (
                [TakenCertificate(code=code, amount_minor=1, units=1)],
                "FIELD_REQUIRED",
                "[0].position",
            ),
            (
                [TakenCertificate(code=code, amount_minor=1, units=2, position=1)],
                "FIELD_OUT_OF_RANGE",
                "[0].units",
            ),
            (
                [
                    TakenCertificate(code=code, amount_minor=1),
                    TakenCertificate(code="47110815", amount_minor=1),
                ],
                "FIELD_INVALID",
                "[1].code",
            ),
            (
                [
                    TakenCertificate(code=code, amount_minor=1),
                    TakenCertificate(code=code, amount_minor=1, position=1, units=1),
                ],
                "FIELD_INVALID",
                "[1].units",
            ),
            (
                [TakenCertificate(code=f"4711081{i}", amount_minor=1) for i in range(21)],
                "FIELD_OUT_OF_RANGE",
                "",
            ),
        )
    ]
    for message, _, _ in cases:
        message.purchase_id = fresh("faulty")
    results = await service.till().submit_all([message for message, _, _ in cases])
    for result, (_, reason, field) in zip(results, cases, strict=True):
        assert (reason_of(result), field in result.refused.fields) == (reason, True), result
    assert await service.database.fetchval("select count(*) from receipt") == 0


async def test_a_retry_of_the_whole_list_counts_each_receipt_once(service: Service) -> None:
    """After a deadline the till sends the same again, with more: the first answers come back."""
    till = service.till()
    before = await till.balance_minor()
    sent = submitted("a", "b", card=world.CARD, local_time=ago(hours=3))
    first = await till.submit_all(sent)
    more = submitted("c", card=world.CARD, local_time=ago(hours=2))
    second = await till.submit_all([*sent, *more])
    assert list(second[:2]) == list(first)
    assert second[2].confirmed.status == pb.STATUS_OK
    earned = sum(result.confirmed.outcome.points_earned_minor for result in second)
    assert earned > 0
    assert await till.balance_minor() == before + earned
    known = await till.purchase("a")
    assert known.confirmed == first[0].confirmed
    assert known.confirmed.mode == pb.SALE_MODE_OFFLINE


async def test_rules_of_the_time_of_the_sale_count(service: Service) -> None:
    """What was published afterwards changes nothing; the older snapshot is loaded on demand."""
    till, operator = service.till(), service.operator()
    sold_at = ago(minutes=30)
    await service.database.execute(
        "update publication set published_at = published_at - interval '1 hour'"
    )
    for rate_bp in range(1_000, 1_700, 100):
        reward = {"kind": "points_percent", "lane": "points", "rate_bp": rate_bp}
        document = world.campaign("earn", reward)
        await world.put_campaign(service.database, world.NORTH, document)
        await operator.publish()
    newest = (await operator.publish()).snapshot_id

    async def is_followed() -> bool:
        return bool((await till.snapshot_info()).snapshot_id == newest)

    await wait_until(is_followed)
    early = await till.submit("early", receipt(card=world.CARD, local_time=sold_at))
    soon = world.local_now(dt.timedelta(seconds=2))
    late = await till.submit("late", receipt(card=world.CARD, local_time=soon))
    assert early.confirmed.outcome.points_earned_minor == 1_00
    assert late.confirmed.outcome.points_earned_minor == 16_00
    assert early.confirmed.snapshot_id != late.confirmed.snapshot_id == newest


async def test_what_a_till_gives_by_itself_needs_a_permission(service: Service) -> None:
    """Without it receipts are still taken over, as long as the till gave and took nothing."""
    till = service.till("north-s1-t2")
    paid = AlreadyPaid(points_minor=1_00)
    result = await till.submit("p1", receipt(card=world.CARD), paid)
    assert reason_of(result) == "NOT_PERMITTED"
    assert result.refused.numbers["permission"] == "already_paid"
    assert reason_of(await till.submit("p1", receipt(card=world.CARD))) == ""
    held = await till.quote("p2", receipt(), hold=True)
    assert held.status == pb.STATUS_OK
    said = await refusal_of(till.confirm("p2", receipt(), already_paid=True))
    assert (said.reason, said.numbers) == ("NOT_PERMITTED", {"permission": "already_paid"})


async def test_flags_show_wherever_the_purchase_is_asked_for(service: Service) -> None:
    """They are part of the receipt: in the answer, its repetition, GetPurchase, and the table."""
    (card,) = await make_members(service, 1, 5_00)
    till = service.till()
    sale = receipt(line("soap", 100_00), card=card)
    paid = AlreadyPaid(
        discounts=[
            GivenDiscount(position=1, campaign="soap", amount_minor=5_00),
            GivenDiscount(position=1, campaign="nobody's", amount_minor=1_00),
        ],
        points_minor=20_00,
    )
    settlement = Settlement(shift="7", receipt_number="12")
    result = await till.submit("p1", sale, paid, settlement)
    flags = {flag.kind: flag.amount for flag in result.confirmed.flags}
    assert flags == {
        outcome_pb2.FLAG_KIND_CAMPAIGN_UNKNOWN: 1_00,
        outcome_pb2.FLAG_KIND_POINTS_OWED: 15_00,
    }
    assert result.confirmed.outcome.payable_minor == 100_00 - 5_00 - 1_00 - 20_00
    assert result.confirmed.slip
    assert (await till.purchase("p1")).confirmed == result.confirmed
    assert (await till.submit("p1", sale, paid, settlement)).confirmed == result.confirmed
    row = await service.database.fetchrow(
        "select mode, already_paid, flags::text, shift, receipt_number from receipt"
    )
    assert tuple(row) == (
        "offline",
        True,
        '{"points_owed": 1, "campaign_unknown": 1}',
        "7",
        "12",
    )


async def test_another_partner_and_another_till(service: Service) -> None:
    """The same ids at another partner are another sale; the same id at another till is the same."""
    sale = receipt(card=world.CARD)
    first = await service.till().submit("p1", sale)
    elsewhere = await service.till("south-s1-t1").submit("p1", sale)
    assert elsewhere.confirmed.receipt_id != first.confirmed.receipt_id
    other_store = await service.till("north-s2-t1").submit("p1", sale)
    assert reason_of(other_store) == "PURCHASE_CONFIRMED"


async def test_months_that_are_over_do_not_matter(service: Service) -> None:
    """A receipt lies in the month in which it was taken over, whenever it was sold."""
    await service.database.execute(
        "update partner set settings = jsonb_set(settings, '{offline,late_days}', '31')"
    )

    async def is_taken() -> bool:
        result = await service.till().submit(fresh("p"), receipt(local_time=ago(days=30)))
        return reason_of(result) == ""

    await wait_until(is_taken)
    month = await service.database.fetchval("select distinct month from receipt")
    assert month == dt.datetime.now(dt.UTC).date().replace(day=1)


async def test_business_days_bring_no_more_of_the_allowance(service: Service) -> None:
    """A till may name earlier ones: what it may give away is the date's own."""
    till, gives = service.till(), AlreadyPaid(points_minor=8_00)
    offline = orjson.dumps({"terminal_minor": 10_00}).decode()
    await service.database.execute(
        "update partner set settings = settings || jsonb_build_object('offline', $1::jsonb)"
        " where code = 'north'",
        offline,
    )
    await service.workers[0].follower.step()
    said = []
    days = [*(world.business_day(earlier) for earlier in (7, 7, 3, -1)), ""]
    for day in days:
        sale = receipt(line("towel"), card=world.CARD)
        told = await till.submit(fresh("sold"), sale, gives, Settlement(business_day=day))
        said.append(told.refused.reason)
    exceeded = ErrorReason.ERROR_REASON_OFFLINE_ALLOWANCE_EXCEEDED
    assert said == [ErrorReason.ERROR_REASON_UNSPECIFIED, *[exceeded] * 4]
    assert await violations(service) == []
