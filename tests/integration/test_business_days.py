"""The business day that a till names: near the date of the receipt, of the return, or of today."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1.receipt_pb2 import Settlement
from tests.service import world
from tests.service.clock import move_clock
from tests.service.returns import bring_back
from tests.service.till import fresh, receipt, refusal_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.service.running import Service
    from tests.service.till import Till

    Call = Callable[[Till, str], Awaitable[Any]]


async def _confirm(till: Till, day: str) -> Any:
    settled = Settlement(business_day=day)
    return await till.confirm(fresh("sold"), receipt(), settlement=settled)


async def _confirm_what_is_held(till: Till, day: str) -> Any:
    sale, purchase = receipt(), fresh("held")
    held = await till.quote(purchase, sale, hold=True)
    settled = Settlement(business_day=day)
    return await till.confirm(purchase, sale, quote_token=held.quote_token, settlement=settled)


async def _take_back(till: Till, day: str) -> Any:
    purchase = fresh("back")
    await till.confirm(purchase, receipt())
    return await till.take_back(purchase, business_day=day)


async def _bring_back(till: Till, day: str) -> Any:
    return await bring_back(till, 1, business_day=day)


async def _compare(till: Till, day: str) -> Any:
    return await till.call("ReconcileShift", pb.ReconcileShiftRequest(shift="7", business_day=day))


@pytest.mark.parametrize(
    ("call", "field", "earlier_max"),
    [
        (_confirm, "settlement.business_day", 7),
        (_confirm_what_is_held, "settlement.business_day", 7),
        (_take_back, "business_day", 7),
        (_bring_back, "business_day", 7),
        (_compare, "business_day", 366),
    ],
)
async def test_a_day_far_off_is_refused(
    service: Service, call: Call, field: str, earlier_max: int
) -> None:
    """A till that lost its settings is told so; a night's trade and a long shift are not."""
    till = service.till()
    for day in ("1970-01-01", "2100-01-01", "0001-01-01", "9999-12-31"):
        said = await refusal_of(call(till, day))
        assert (said.code, said.reason) == (
            grpc.StatusCode.INVALID_ARGUMENT,
            "FIELD_OUT_OF_RANGE",
        )
        assert said.fields == (field,)
        assert said.numbers == {
            "value": day,
            "date": world.business_day(),
            "days_before_max": str(earlier_max),
            "days_after_max": "1",
        }
    for off in (earlier_max + 1, -2):
        assert (await refusal_of(call(till, world.business_day(off)))).fields == (field,)
    for off in (earlier_max, -1):
        await call(till, world.business_day(off))


async def test_off_line_it_is_near_the_date_of_the_receipt(service: Service) -> None:
    """As late as the sale itself may be told; nothing of a refused one is written."""
    till = service.till()
    sold = receipt(local_time=world.local_now(-dt.timedelta(days=6)))
    for off in (14, 13, 5, 4):
        settled = Settlement(business_day=world.business_day(off))
        told = await till.submit(fresh("sold"), sold, settlement=settled)
        is_near = off in {13, 5}
        assert told.HasField("confirmed") is is_near
        assert is_near or list(told.refused.fields) == ["settlement.business_day"]
    assert await service.database.fetchval("select count(*) from receipt") == 2


async def test_what_was_taken_back_is_answered_for_ever(service: Service) -> None:
    """A return that is asked for again is not judged by the day on which it is."""
    till, day = service.till(), world.business_day(7)
    await till.confirm("one", receipt())
    first = await till.take_back("one", return_id="r", business_day=day)
    await move_clock(service, dt.timedelta(days=2))
    assert await till.take_back("one", return_id="r", business_day=day) == first
    await till.confirm("two", receipt(local_time=world.local_now(dt.timedelta(days=2))))
    said = await refusal_of(till.take_back("two", business_day=day))
    assert said.fields == ("business_day",)
