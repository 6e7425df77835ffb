"""Of the small real history: what the service learned of later, and what did not fit then."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from checkout.v1 import outcome_pb2, receipt_pb2
from tests.service import world
from tests.service.coupons import issue
from tests.service.purchases import add_purchase
from tests.service.till import fresh, line, receipt, shown

if TYPE_CHECKING:
    from tests.service.running import Service
    from tests.service.till import Till


async def sell_without_the_service(service: Service, till: Till) -> None:
    """What a budget and a balance did not have any more; and at the price of a hold that ended."""
    # By the rules of this moment: to the second, they may not have been published yet.
    soon = world.local_now(dt.timedelta(seconds=2))
    towels = receipt(line("towel", 40_000_00), card=world.CARD, local_time=soon)
    balance_minor = await till.balance_minor()
    paid = receipt_pb2.AlreadyPaid(
        discounts=[receipt_pb2.GivenDiscount(position=1, campaign="towel", amount_minor=20_000_00)],
        points_minor=balance_minor + 50_00,
    )
    submitted = await till.submit("offline", towels, paid)
    assert submitted.HasField("confirmed"), submitted
    assert {flag.kind for flag in submitted.confirmed.flags} >= {
        outcome_pb2.FLAG_KIND_BUDGET_OVERRUN,
        outcome_pb2.FLAG_KIND_POINTS_OWED,
    }
    await till.take_back("offline", {1: 500})
    sale = receipt(line("soap", 30_00), card=world.GOLD_CARD, points_minor=2_00)
    quoted = await till.quote("paid at a held price", sale, hold=True)
    await service.database.execute(
        "update hold set expires_at = now() - interval '1 second' where hold_id = $1",
        quoted.hold.hold_id,
    )
    confirmed = await till.confirm("paid at a held price", sale, already_paid=True)
    assert confirmed.already_paid


async def add_by_hand(service: Service) -> None:
    """A purchase of which only the sum is known."""
    await add_purchase(service.operator(), 120_00, receipt_number="4711")


async def pay_with_what_is_gone(service: Service, till: Till) -> None:
    """A certificate and a coupon that were used elsewhere before a held sale was told as paid."""
    (gone,) = await service.operator().issue_certificates("gift", 1, activate=True)
    (coupon,) = [each.code for each in await issue(service.operator(), 1)]
    sale = receipt(line("towel", 20_00), coupons=[coupon], certificates=shown(gone))
    quoted = await till.quote("paid in vain", sale, hold=True)
    await service.database.execute(
        "update hold set expires_at = now() - interval '1 second' where hold_id = $1",
        quoted.hold.hold_id,
    )
    await service.workers[0].sweeper.step()
    for _ in range(12):
        other = receipt(line("bread", 50_00), line("towel", 20_00, 2), certificates=shown(gone))
        other.coupons.append(coupon)
        paid = await till.confirm(fresh("elsewhere"), other)
        if not paid.outcome.certificates_minor:
            break
    (passed,) = await service.operator().issue_certificates("fruit-5", 1, activate=True)
    off_line = receipt_pb2.AlreadyPaid(
        certificates=[
            receipt_pb2.TakenCertificate(code=gone, amount_minor=5_00),
            receipt_pb2.TakenCertificate(code=passed, amount_minor=5_00, position=1),
        ]
    )
    sold = receipt_pb2.Settlement(
        certificates_sold=[receipt_pb2.SoldCertificate(position=1, code=passed)]
    )
    taken = await till.submit("taken in vain", receipt(line("towel", 20_00)), off_line, sold)
    assert {flag.kind for flag in taken.confirmed.flags} == {
        outcome_pb2.FLAG_KIND_CERTIFICATE_OWED,
        outcome_pb2.FLAG_KIND_CERTIFICATE_UNCHARGED,
        outcome_pb2.FLAG_KIND_CERTIFICATE_NOT_ACTIVATED,
    }, taken
    told = await till.confirm("paid in vain", sale, already_paid=True)
    assert {flag.kind for flag in told.flags} >= {
        outcome_pb2.FLAG_KIND_COUPON_OVERRUN,
        outcome_pb2.FLAG_KIND_CERTIFICATE_OWED,
    }
