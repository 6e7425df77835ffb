"""Of the small real history: what can be asked for in more ways than one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import receipt_pb2
from tests.service.purchases import add_purchase
from tests.service.returns import bring_back, goods
from tests.service.till import line, receipt, refusal_of, shown

if TYPE_CHECKING:
    from tests.service.running import Service
    from tests.service.till import Till

_CARD = "2900000000093"


async def ask_in_every_way(service: Service, till: Till) -> None:
    """A member of their own, so that nothing of the others moves."""
    member_id = (await till.enrol(card=_CARD)).member.member_id
    await service.operator().adjust(member_id, 20_00)
    await _spend_less_than_is_held(till)
    await _pay_in_time(till)
    await _pay_as_quoted(service, till)
    await _hold_to_the_end(service, till)
    said = await refusal_of(till.cancel("quoted"))
    assert said.reason == "PURCHASE_CONFIRMED"
    await add_purchase(service.operator(), 50_00, member_id=member_id, purchase_id="named by hand")
    two = [goods(2_00, "soap", position=2), goods(1_00, "towel", position=1)]
    await bring_back(
        till,
        return_id="unknown goods",
        card=_CARD,
        goods=two,
        shift="7",
        cashier="Zoë",
        reason='of "Zoë"',
    )
    await bring_back(till, 1_00, card="2999999999991")


async def _spend_less_than_is_held(till: Till) -> None:
    """The token is of the price with all the points."""
    sale = receipt(line("bread", 50_00), card=_CARD, points_minor=5_00)
    quoted = await till.quote("held for more", sale, hold=True)
    less = receipt_pb2.Receipt()
    less.CopyFrom(sale)
    less.points_minor = 1_00
    confirmed = await till.confirm("held for more", less, quote_token=quoted.quote_token)
    assert confirmed.status == pb.STATUS_OK
    assert confirmed.outcome.redemption.points_minor == 1_00


async def _pay_in_time(till: Till) -> None:
    """Told as paid while its hold still lives; and asked again in another way."""
    sale = receipt(line("soap", 30_00))
    quoted = await till.quote("paid in time", sale, hold=True)
    confirmed = await till.confirm(
        "paid in time", sale, quote_token=quoted.quote_token, already_paid=True
    )
    assert not confirmed.already_paid
    again = await till.confirm("paid in time", sale)
    assert again.receipt_id == confirmed.receipt_id


async def _pay_as_quoted(service: Service, till: Till) -> None:
    """What a certificate pays is part of the price."""
    (gift,) = await service.operator().issue_certificates("gift", 1, activate=True)
    sale = receipt(line("bread", 30_00), certificates=shown(gift))
    quoted = await till.quote("quoted with a gift", sale)
    confirmed = await till.confirm("quoted with a gift", sale, quote_token=quoted.quote_token)
    assert confirmed.outcome.certificates_minor > 0


async def _hold_to_the_end(service: Service, till: Till) -> None:
    """More time is asked for than a hold may live."""
    quoted = await till.quote("at its end", receipt(line("soap", 30_00)), hold=True)
    await service.database.execute(
        "update hold set extensible_to = expires_at + interval '5 seconds' where hold_id = $1",
        quoted.hold.hold_id,
    )
    await till.extend("at its end", 1_800)
    await till.cancel("at its end")
