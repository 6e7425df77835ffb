"""A shift compared, till against service."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from checkout.flows.reconcile import totals_of
from checkout.primitives import TOTAL_MAX
from checkout.store.shifts import ShiftRow
from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1.receipt_pb2 import RECEIPT_MODE_TRAINING, AlreadyPaid, Settlement
from tests.service import world
from tests.service.till import Till, line, receipt

if TYPE_CHECKING:
    from tests.service.running import Service

DAY = world.business_day(1)
IN_SHIFT = Settlement(shift="7", business_day=DAY)


async def compare(who: Till, **fields: Any) -> pb.ReconcileShiftResponse:
    request = pb.ReconcileShiftRequest(**({"shift": "7", "business_day": DAY} | fields))
    answer: pb.ReconcileShiftResponse = await who.call("ReconcileShift", request)
    return answer


async def sell(till: Till) -> pb.ShiftTotals:
    """Sales and a return of a shift, and others that do not belong to it; what they come to."""
    towel = receipt(line("towel", 30_00))
    await till.confirm("sold", receipt(card=world.CARD, points_minor=5_00), settlement=IN_SHIFT)
    await till.submit(
        "off line", receipt(card=world.CARD), AlreadyPaid(points_minor=1_00), IN_SHIFT
    )
    await till.confirm("back", towel, settlement=IN_SHIFT)
    await till.take_back("back", return_id="b1", shift="7", business_day=DAY)
    exercise = receipt(mode=RECEIPT_MODE_TRAINING)
    await till.confirm("exercise", exercise, settlement=IN_SHIFT)
    await till.confirm("earlier", towel, settlement=Settlement(shift="6", business_day=DAY))
    await till.confirm("other day", towel, settlement=Settlement(shift="7"))
    return pb.ShiftTotals(
        sales=3,
        sales_minor=75_00 + 99_00 + 30_00,
        returns=1,
        returns_minor=30_00,
        points_spent_minor=6_00,
        points_earned_minor=75 + 99,
    )


async def test_a_shift_that_was_told_whole_agrees(service: Service) -> None:
    """Counts, sums and ids; what belongs to other shifts, days and terminals does not count."""
    till = service.till()
    totals = await sell(till)
    await service.till("north-s1-t2").confirm("next till", receipt(), settlement=IN_SHIFT)
    before = await service.rows()
    answer = await compare(
        till, till=totals, purchase_ids=["sold", "off line", "back"], return_ids=["b1"]
    )
    assert answer.service == totals
    assert answer.agrees
    after = await service.rows()
    assert after == before | {"reconciliation": 1}


async def test_what_is_missing_is_named_on_either_side(service: Service) -> None:
    """Ids that only one side knows, and totals that differ without any id."""
    till = service.till()
    totals = await sell(till)
    answer = await compare(
        till, till=totals, purchase_ids=["sold", "lost", "back"], return_ids=["b1", "b2"]
    )
    assert not answer.agrees
    assert list(answer.purchases_missing_at_service) == ["lost"]
    assert list(answer.purchases_missing_at_till) == ["off line"]
    assert list(answer.returns_missing_at_service) == ["b2"]
    assert list(answer.returns_missing_at_till) == []
    totals.sales_minor += 1
    answer = await compare(till, till=totals)
    assert not answer.agrees
    assert not answer.purchases_missing_at_till
    kept = await service.database.fetch("select missing, agrees from reconciliation order by at")
    assert [tuple(row) for row in kept] == [(3, False), (0, False)]


def test_no_shift_comes_to_more_than_can_be_counted() -> None:
    """Ten of the largest sales do, and each was sold: the sum stops where numbers do."""
    sales = [ShiftRow("sale", f"p{n}", TOTAL_MAX, TOTAL_MAX, TOTAL_MAX) for n in range(10)]
    back = [ShiftRow("return_without_receipt", f"r{n}", TOTAL_MAX, 0, 0) for n in range(10)]
    totals = pb.ShiftTotals(**asdict(totals_of([*sales, *back])))
    assert (totals.sales, totals.returns_without_receipt) == (10, 10)
    for name in ("sales", "points_spent", "points_earned", "returns", "returns_without_receipt"):
        assert getattr(totals, f"{name}_minor") == TOTAL_MAX, name


async def test_another_partner_sees_nothing(service: Service) -> None:
    """Equal codes of store, terminal and shift at another partner are another shift."""
    await sell(service.till())
    answer = await compare(service.till("south-s1-t1"), till=pb.ShiftTotals())
    assert answer.service == pb.ShiftTotals()
    assert answer.agrees
