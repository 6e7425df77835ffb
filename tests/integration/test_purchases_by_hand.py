"""AddPurchase: what operators add by hand is a receipt like any other, once, and within bounds."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING

import grpc

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import operator_service_pb2 as op
from checkout.v1.receipt_pb2 import Identifier, Line, Settlement
from tests.races.ledger_state import violations
from tests.service import world
from tests.service.gifts import publish_gift_rules, set_stock
from tests.service.purchases import add_purchase, purchase
from tests.service.till import line, receipt, refusal_of

if TYPE_CHECKING:
    from tests.service.running import Service
    from tests.service.till import Said

ALL = world.BY_HAND_MINOR


async def refused(service: Service, request: op.AddPurchaseRequest, partner: str = "north") -> Said:
    """What a call that is refused says."""
    return await refusal_of(service.operator(partner).call("AddPurchase", request))


async def test_a_sum_is_enough(service: Service) -> None:
    """It earns, moves the balance, and is told wherever purchases are, with its author."""
    till, member_id = service.till(), await service.ann()
    before = await till.balance_minor()
    done = await add_purchase(
        service.operator(), 250_00, purchase_id="phoned", receipt_number="17", reason=" No card "
    )
    assert (done.mode, done.already_paid) == (pb.SALE_MODE_MANUAL, False)
    outcome = done.outcome
    assert (outcome.discount_minor, outcome.payable_minor) == (0, 250_00)
    assert outcome.points_earned_minor > 0
    assert await till.balance_minor() == before + outcome.points_earned_minor
    receipts = await service.operator().call(
        "ListReceipts", op.ListReceiptsRequest(member_id=member_id)
    )
    (told,) = receipts.receipts
    assert (told.purchase_id, told.mode, told.receipt_number) == ("phoned", "manual", "17")
    assert (told.store, told.terminal, told.payable_minor) == ("s1", "", 250_00)
    entry = (await till.statement()).entries[0]
    assert (entry.purchase_id, entry.amount_minor) == ("phoned", outcome.points_earned_minor)
    row = await service.database.fetchrow(
        "select * from intervention where kind = 'purchase_added'"
    )
    assert (row["author"], row["reason"]) == ("tester", "No card")
    assert (str(row["receipt_id"]), str(row["member_id"])) == (done.receipt_id, member_id)
    assert await violations(service) == []


async def test_a_number_is_known_by_the_date_on_its_paper(service: Service) -> None:
    """Whatever business day the till counted it to: nobody earns twice for a night's purchase."""
    settled = Settlement(receipt_number="17", business_day=world.business_day(1))
    await service.till().confirm("at night", receipt(card=world.CARD), settlement=settled)
    said = await refused(service, purchase(250_00, receipt_number="17"))
    assert (said.reason, said.numbers) == ("RECEIPT_NUMBER_TAKEN", {"purchase_id": "at night"})
    assert (await add_purchase(service.operator(), 250_00, receipt_number="18")).receipt_id


async def test_it_comes_back_as_any_purchase(service: Service) -> None:
    """A till takes it back by its purchase id, in parts: then nothing of it is left."""
    till = service.till()
    before = await till.balance_minor()
    lines = [line("apple", 100_00), line("soap", 50_00, 2, external_discount_minor=5_00)]
    await add_purchase(service.operator(), 145_00, purchase_id="phoned", lines=lines)
    first = await till.take_back("phoned", {2: 1_000})
    assert first.returned.money_minor == 45_00
    rest = await till.take_back("phoned")
    assert rest.returned.money_minor == 100_00
    assert await till.balance_minor() == before
    assert await violations(service) == []


async def test_a_member_may_be_named_by_id(service: Service) -> None:
    """As the page of a member does; another partner's member does not exist."""
    member_id = await service.ann()
    done = await add_purchase(service.operator(), 10_00, member_id=member_id)
    assert done.member.member_id == member_id
    foreign = await refused(service, purchase(10_00, member_id=member_id), partner="south")
    assert (foreign.code, foreign.reason) == (grpc.StatusCode.NOT_FOUND, "MEMBER_UNKNOWN")


async def test_a_repetition_is_answered_and_adds_nothing(two_workers: Service) -> None:
    """Under the same request id, under another one, and from twenty hands at both workers."""
    request = purchase(10_00, request_id="r", purchase_id="phoned")
    answers = await asyncio.gather(
        *(
            two_workers.operator(worker=number % 2).call("AddPurchase", request)
            for number in range(20)
        )
    )
    assert len({answer.SerializeToString(deterministic=True) for answer in answers}) == 1
    again = op.AddPurchaseRequest()
    again.CopyFrom(request)
    again.request_id = "other"
    assert await two_workers.operator().call("AddPurchase", again) == answers[0]
    again.request_id, again.reason = "r", "another reason"
    assert (await refused(two_workers, again)).reason == "REQUEST_ID_REUSED"
    again.request_id, again.amount_minor = "third", 11_00
    assert (await refused(two_workers, again)).reason == "PURCHASE_CONFIRMED"
    assert await two_workers.database.fetchval("select count(*) from receipt") == 1
    assert (
        await two_workers.database.fetchval(
            "select count(*) from intervention where kind = 'purchase_added'"
        )
        == 1
    )


async def test_a_number_stands_for_one_purchase_of_a_store_and_day(service: Service) -> None:
    """Whatever the terminal and shift; also one that a till has sold."""
    sold = receipt(line("apple"))
    paper = Settlement(shift="1", receipt_number="17")
    await service.till().confirm("sold", sold, settlement=paper)
    for place in ({}, {"terminal": "t1", "shift": "1"}, {"terminal": "t9"}):
        taken = await refused(service, purchase(10_00, receipt_number="17", **place))
        assert (taken.code, taken.reason) == (
            grpc.StatusCode.ALREADY_EXISTS,
            "RECEIPT_NUMBER_TAKEN",
        )
    await add_purchase(service.operator(), 10_00, receipt_number="17", store="s2")
    yesterday = world.local_now(-dt.timedelta(days=1))
    await add_purchase(service.operator(), 10_00, receipt_number="17", local_time=yesterday)
    requests = [purchase(10_00, receipt_number="18", terminal="t1") for _ in range(10)]
    done = await asyncio.gather(
        *(service.operator().call("AddPurchase", request) for request in requests),
        return_exceptions=True,
    )
    assert sum(isinstance(each, op.AddPurchaseResponse) for each in done) == 1


async def test_one_author_adds_no_more_than_allowed_in_a_day(two_workers: Service) -> None:
    """Counted exactly, whoever adds at once at both workers; another author has their own."""
    part = ALL // 4
    # The count is there by now: who would make it waits for whoever makes it, also without a lock.
    await add_purchase(two_workers.operator(), part)
    done = await asyncio.gather(
        *(
            two_workers.operator(worker=number % 2).call("AddPurchase", purchase(part))
            for number in range(10)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(each, op.AddPurchaseResponse) for each in done) == 3
    over = await refused(two_workers, purchase(1))
    assert (over.code, over.reason) == (
        grpc.StatusCode.FAILED_PRECONDITION,
        "PURCHASE_ALLOWANCE_EXCEEDED",
    )
    # As for four eyes: another spelling is no other author.
    respelled = await refusal_of(add_purchase(two_workers.operator(author="Tester"), 1))
    assert respelled.reason == "PURCHASE_ALLOWANCE_EXCEEDED"
    await add_purchase(two_workers.operator(author="boss"), ALL)
    assert await violations(two_workers) == []


async def test_without_the_setting_nobody_adds_anything(service: Service) -> None:
    """It is a permission of the partner's."""
    await service.database.execute("update partner set settings = settings - 'manual_purchases'")
    for worker in service.workers:
        await worker.follower.step()
    told = await refused(service, purchase(1))
    assert (told.code, told.reason) == (grpc.StatusCode.PERMISSION_DENIED, "NOT_PERMITTED")


async def test_what_is_wrong_is_said_with_its_field(service: Service) -> None:
    """Each refused call names what is to blame, and nothing of it is kept."""
    far = {"days": 8}
    for fields, reason, field in (
        ({"amount_minor": 0}, "FIELD_OUT_OF_RANGE", "amount_minor"),
        ({"amount_minor": -5}, "FIELD_OUT_OF_RANGE", "amount_minor"),
        ({"amount_minor": 10**15 + 1}, "FIELD_OUT_OF_RANGE", "amount_minor"),
        ({"lines": [line("apple", 9_99)]}, "FIELD_INVALID", "amount_minor"),
        ({"lines": [Line(position=1)]}, "FIELD_REQUIRED", "lines[0].sku"),
        (
            {"lines": [line(), line()], "amount_minor": 200_00},
            "LINE_POSITION_REPEATED",
            "lines[1].position",
        ),
        ({"store": "nowhere"}, "FIELD_INVALID", "store"),
        ({"store": ""}, "FIELD_REQUIRED", "store"),
        ({"local_time": ""}, "FIELD_REQUIRED", "local_time"),
        ({"local_time": "yesterday"}, "FIELD_INVALID", "local_time"),
        ({"reason": "  "}, "FIELD_REQUIRED", "reason"),
        ({"purchase_id": ""}, "FIELD_REQUIRED", "purchase_id"),
        ({"receipt_number": "1" * 33}, "FIELD_OUT_OF_RANGE", "receipt_number"),
        ({"terminal": "t\0"}, "FIELD_INVALID", "terminal"),
        ({"identifier": Identifier(qr="x")}, "FIELD_INVALID", "identifier.qr"),
        ({"member_id": "ann"}, "FIELD_INVALID", "member_id"),
        (
            {"local_time": world.local_now(-dt.timedelta(**far))},
            "RECEIPT_TIME_OUT_OF_WINDOW",
            "",
        ),
        (
            {"local_time": world.local_now(dt.timedelta(minutes=20))},
            "RECEIPT_TIME_OUT_OF_WINDOW",
            "",
        ),
        ({"local_time": "9999-12-31T23:59:59"}, "RECEIPT_TIME_OUT_OF_WINDOW", ""),
        ({"local_time": "0001-01-01T00:00:00"}, "RECEIPT_TIME_OUT_OF_WINDOW", ""),
        ({"identifier": Identifier(card="2900000000994")}, "MEMBER_UNKNOWN", ""),
    ):
        request = purchase(**({"amount_minor": 10_00} | fields))
        told = await refused(service, request)
        assert told.reason == reason, (fields, told)
        if field:
            assert told.fields[0] == field, (fields, told)
    nobody = purchase(10_00)
    nobody.ClearField("who")
    assert (await refused(service, nobody)).reason == "FIELD_REQUIRED"
    assert await service.database.fetchval("select count(*) from receipt") == 0


async def test_what_its_till_held_is_free_again(service: Service) -> None:
    """The till held the purchase and failed: added by hand, nothing stays set aside for it."""
    await publish_gift_rules(service)
    await set_stock(service.operator(), 5)
    sale = receipt(line("bread", 200_00), line("soap", position=2), card=world.CARD, points_minor=1)
    held = await service.till().quote("p", sale, hold=True)
    assert (held.hold.points_minor, len(held.outcome.issued)) == (1, 1)
    await add_purchase(service.operator(), 200_00, purchase_id="p")
    (hold,) = await service.database.fetch("select state from hold")
    assert hold["state"] == "voided"
    assert await violations(service) == []
