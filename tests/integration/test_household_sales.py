"""Tills and members who pool points: codes, shifts, exercises, sales of yesterday, statements."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import error_reason_pb2 as reasons
from checkout.v1.receipt_pb2 import RECEIPT_MODE_TRAINING, AlreadyPaid, Settlement
from tests.integration.test_shifts import compare
from tests.races.ledger_state import make_members, violations
from tests.service import world
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from tests.service.running import Service

DAY = world.business_day(1)
POINTS_MINOR = 10_00


async def family(service: Service) -> tuple[list[str], list[str]]:
    """Two members of one household, with points of two: their cards and ids."""
    cards = await make_members(service, 2, POINTS_MINOR)
    members = [(await service.till().identify(card=card)).member_id for card in cards]
    await service.operator().household(*members)
    return cards, members


async def test_a_code_of_one_member_spends_what_all_have(service: Service) -> None:
    """A QR code brings the member with the household; it is good for one sale all the same."""
    cards, members = await family(service)
    till, operator = service.till(), service.operator()
    code = await operator.qr(members[0], spends=True)
    sale = receipt(line("towel", 100_00), qr=code, points_minor=15_00)
    quoted = await till.quote("p", sale, hold=True)
    assert quoted.member.household_id
    assert quoted.hold.points_minor == 15_00
    await operator.leave_household(members[0])
    sold = await till.confirm("p", sale, quote_token=quoted.quote_token)
    assert (sold.status, sold.member.member_id) == (pb.STATUS_OK, members[0])
    assert [await till.balance_minor(card) for card in cards] == [0, 5_00]
    copied = await till.confirm("q", receipt(line("towel", 100_00), qr=code))
    assert copied.identifier_reason == reasons.ERROR_REASON_QR_USED
    looks = await operator.qr(members[1])
    said = await till.quote("r", receipt(line("towel", 100_00), qr=looks, points_minor=1))
    assert said.reason == reasons.ERROR_REASON_QR_NOT_FOR_SPENDING
    assert await violations(service) == []


async def test_a_shift_counts_the_sales_of_households(service: Service) -> None:
    """Wherever its receipts lie: sold on line, off line, and brought back."""
    cards, members = await family(service)
    till, operator = service.till(), service.operator()
    shift = Settlement(shift="7", business_day=DAY)
    towel = line("towel", 50_00)
    await till.confirm("one", receipt(towel, card=cards[0], points_minor=5_00), settlement=shift)
    await till.submit(
        "two", receipt(towel, card=cards[1]), AlreadyPaid(points_minor=1_00), settlement=shift
    )
    await till.confirm("three", receipt(towel, card=cards[1]), settlement=shift)
    await till.take_back("three", return_id="b", shift="7", business_day=DAY)
    await operator.leave_household(members[0])
    totals = pb.ShiftTotals(
        sales=3,
        sales_minor=45_00 + 49_00 + 50_00,
        returns=1,
        returns_minor=50_00,
        points_spent_minor=6_00,
    )
    answer = await compare(
        till, till=totals, purchase_ids=["one", "two", "three"], return_ids=["b"]
    )
    assert answer.service == totals
    assert answer.agrees
    assert await violations(service) == []


async def test_a_list_from_off_line_is_taken_once(service: Service) -> None:
    """Two members spend the same points by themselves; the second owes, as one household."""
    cards, _ = await family(service)
    till = service.till()
    receipts = [
        pb.OfflineReceipt(
            purchase_id=f"off-{n}",
            receipt=receipt(line("towel", 100_00), card=card),
            already_paid=AlreadyPaid(points_minor=15_00),
        )
        for n, card in enumerate(cards)
    ]
    first = await till.submit_all(receipts)
    assert [len(result.confirmed.flags) for result in first] == [0, 1]
    assert await till.submit_all(receipts) == first
    (balance,) = (await till.identify(card=cards[0])).balances
    assert (balance.active_minor, balance.debt_minor) == (-10_00, 10_00)
    for n in (0, 1):
        await till.take_back(f"off-{n}")
    assert [await till.balance_minor(card) for card in cards] == [2 * POINTS_MINOR] * 2
    assert await violations(service) == []


async def test_what_was_sold_before_leaving_the_program_is_told_later(service: Service) -> None:
    """The sale is the member's, and the household's of now; nothing in the books is wrong then."""
    cards, members = await family(service)
    till, operator = service.till(), service.operator()
    await operator.leave(members[0])
    await service.database.execute(
        "update participation set left_at = left_at - interval '5 minutes'"
        " where left_at is not null"
    )
    sold = receipt(line("apple"), card=cards[0])
    sold.local_time = world.local_now(-dt.timedelta(minutes=10))
    told = await till.submit("before", sold)
    assert told.confirmed.member.member_id == members[0]
    assert told.confirmed.outcome.points_earned_minor > 0
    after = await till.submit("after", receipt(line("apple"), card=cards[0]))
    assert after.confirmed.identifier_reason == reasons.ERROR_REASON_PROGRAM_LEFT
    assert await violations(service) == []


async def test_an_exercise_leaves_the_household_as_it_was(service: Service) -> None:
    """Not a row more, of the member or of the household."""
    cards, _ = await family(service)
    till = service.till()
    exercise = receipt(line("apple"), card=cards[0], points_minor=5_00, mode=RECEIPT_MODE_TRAINING)
    before = await service.rows()
    quoted = await till.quote("exercise", exercise, hold=True)
    done = await till.confirm("exercise", exercise, quote_token=quoted.quote_token)
    assert (done.status, done.mode) == (pb.STATUS_OK, pb.SALE_MODE_TRAINING)
    assert await service.rows() == before
    assert await till.balance_minor(cards[1]) == 2 * POINTS_MINOR


async def test_a_households_sale_is_found_and_told_after_the_member_has_left(
    service: Service,
) -> None:
    """Repeated, looked up, explained from what was stored, credited and told as an operation."""
    cards, members = await family(service)
    till, operator = service.till(), service.operator()
    sale = receipt(line("apple"), card=cards[0], points_minor=5_00)
    sold = await till.confirm("p", sale, request_id="c")
    await till.confirm("guest", receipt(line("apple")))
    credited = await till.credit("guest", cards[0], request_id="later")
    await operator.leave_household(members[0])
    assert await till.confirm("p", sale, request_id="c") == sold
    assert (await till.confirm("p", sale)).receipt_id == sold.receipt_id
    assert (await till.purchase("p")).confirmed.receipt_id == sold.receipt_id
    assert (await till.operation("Confirm", "c")).confirm.receipt_id == sold.receipt_id
    assert await till.credit("guest", cards[0]) == credited
    assert (await till.purchase("guest")).credited == credited
    for purchase_id in ("p", "guest"):
        told = await till.call(
            "Explain",
            pb.ExplainRequest(purchase_id=purchase_id, explain=pb.EXPLAIN_LEVEL_APPLIED),
        )
        assert told.is_exact
    assert await violations(service) == []


async def test_everybody_has_a_statement_of_the_pool(service: Service) -> None:
    """It names the purchases of all; who leaves keeps that of the own account, which moved away."""
    cards, members = await family(service)
    till, operator = service.till(), service.operator()
    await till.confirm("one", receipt(line("towel", 50_00), card=cards[0], points_minor=5_00))
    pages = [await till.statement(card) for card in cards]
    assert pages[0] == pages[1]
    assert pages[0].entries[0].purchase_id == "one"
    assert pages[0].balance_minor == pages[0].entries[0].balance_after_minor == 15_00
    await operator.leave_household(members[0])
    own = await till.statement(cards[0])
    assert [entry.kind for entry in own.entries] == [
        pb.ENTRY_KIND_TRANSFER,
        pb.ENTRY_KIND_ADJUSTMENT,
    ]
    assert [entry.amount_minor for entry in own.entries] == [-POINTS_MINOR, POINTS_MINOR]
    assert (await till.statement(cards[1])).entries == pages[1].entries
