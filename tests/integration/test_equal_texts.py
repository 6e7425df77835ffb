"""Texts that read the same are the same, however their letters are put together."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from checkout.v1 import outcome_pb2, receipt_pb2
from tests.service import world
from tests.service.coupons import issue
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from tests.service.running import Service

#: `й` and `ё` are one sign each here, and two below.
SUMMER = "ЛЕТНИЙ-ЁЖ"
TWIN = unicodedata.normalize("NFD", SUMMER)
FRUIT: dict[str, Any] = {"kind": "percent", "lane": "goods", "rate_bp": 5_000}


async def test_a_promo_code_is_one_in_either_form(service: Service) -> None:
    """Whoever wrote the rule, and whatever the till's keyboard makes of the letters."""
    assert SUMMER != TWIN
    for written in (SUMMER, TWIN):
        summer = world.campaign("summer", FRUIT, when={"kind": "coupon", "code": written})
        await world.put_campaign(service.database, world.NORTH, summer)
        await service.operator().publish()
        await service.workers[0].follower.step()
        for shown in (SUMMER, TWIN):
            quoted = await service.till().quote("p", receipt(line("bread"), coupons=[shown]))
            (coupon,) = quoted.outcome.coupons
            assert coupon.status == outcome_pb2.COUPON_STATUS_APPLIED, (written, shown)
            assert coupon.code == SUMMER


async def test_unique_coupons_and_ids_of_members_are_one_in_either_form(shop: Service) -> None:
    """Issued or enrolled in one form, shown in the other; and a receipt says the same in both."""
    till = shop.till()
    await issue(shop.operator(), codes=[SUMMER])
    member = (await till.enrol(external_id=TWIN)).member
    assert (await till.identify(external_id=SUMMER)).member_id == member.member_id
    now = world.local_now()
    first, second = (
        receipt(
            line("towel", 20_00, category=each),
            identifier=receipt_pb2.Identifier(external_id=each),
            coupons=[each],
            local_time=now,
        )
        for each in (TWIN, SUMMER)
    )
    sold = await till.confirm("p", first)
    assert sold.outcome.coupons[0].used_up
    assert await till.confirm("p", second) == sold
