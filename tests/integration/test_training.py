"""Training mode: answered like a sale, and not a row more afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1.receipt_pb2 import RECEIPT_MODE_TRAINING, Settlement
from tests.service import world
from tests.service.till import line, receipt, refusal_of

if TYPE_CHECKING:
    from tests.service.running import Service


async def test_an_exercise_leaves_no_row(service: Service) -> None:
    """Quote with hold, Hold and Confirm under limits, budgets and points: all tables as before."""
    till = service.till()
    lines = (line("soap", 30_00), line("bread", 50_00, 2))
    sale = receipt(*lines, card=world.CARD, points_minor=10_00)
    exercise = receipt(*lines, card=world.CARD, points_minor=10_00, mode=RECEIPT_MODE_TRAINING)
    exercise.local_time = sale.local_time
    balance_minor = await till.balance_minor()
    before = await service.rows()
    quoted = await till.quote("exercise", exercise, hold=True)
    assert quoted.hold.points_minor == 10_00
    held = await till.hold("exercise", exercise, quoted.quote_token)
    settlement = Settlement(shift="1", receipt_number="1")
    done = await till.confirm(
        "exercise",
        exercise,
        quote_token=held.quote_token,
        settlement=settlement,
        request_id="practised",
    )
    assert (done.status, done.mode) == (pb.STATUS_OK, pb.SALE_MODE_TRAINING)
    assert await service.rows() == before
    assert await till.balance_minor() == balance_minor
    assert (await refusal_of(till.purchase("exercise"))).reason == "PURCHASE_UNKNOWN"
    operation = await till.operation("Confirm", "practised")
    assert operation.state == pb.OPERATION_STATE_NOT_DONE
    real = await till.confirm("real", sale, settlement=settlement, request_id="practised")
    assert real.outcome == done.outcome
    assert real.member.balances == done.member.balances
    assert list(real.slip) == list(done.slip)
    assert not real.receipt_number_taken_by


async def test_a_quote_of_an_exercise_is_none_of_a_sale(service: Service) -> None:
    """A token of training confirms no sale, and training is not submitted from off line."""
    till = service.till()
    exercise = receipt(mode=RECEIPT_MODE_TRAINING)
    quoted = await till.quote("p", exercise)
    sale = receipt()
    sale.local_time = exercise.local_time
    said = await refusal_of(till.confirm("p", sale, quote_token=quoted.quote_token))
    assert said.reason == "RECEIPT_DIFFERS"
    result = await till.submit("p", exercise)
    assert list(result.refused.fields) == ["receipt.mode"]
    said = await refusal_of(till.quote("p", receipt(mode=7)))
    assert (said.reason, said.fields) == ("FIELD_INVALID", ("receipt.mode",))
