"""The data's campaigns as ours: one campaign per coupon and campaign that it belongs to.

*When*: the receipt carries the coupon's code (its number in the data) and the member stands in the
campaign's audience, from the first day to the end of the last, shifted; so most have ended, and the
last few are in force. *What*: the coupon's worth off once, over its products: the data's coupon
discounts do not grow with the quantity. *How far*: once per member, as a paper coupon; the data
shows a second use by the same household in 27 of 2,075 cases.

A coupon none of whose products is in the catalogue would mean every good and has no campaign; the
data has no such coupon.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from checkout.engine.schema.campaign import Campaign, Message, MessagePlace
from checkout.engine.schema.conditions import All, Coupon
from checkout.engine.schema.goods import Goods
from checkout.engine.schema.limits import Limit, Period
from checkout.engine.schema.member_conditions import MemberList
from checkout.engine.schema.rewards import Amount
from checkout.engine.schema.schedule import Schedule
from checkout.engine.schema.values import AmountPer
from loaders.completejourney.lists import audience_code
from loaders.completejourney.program import COUPON_LANE, PROGRAM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from loaders.completejourney.calendar import Shift
    from loaders.completejourney.coupons import CouponGoods, Flight
    from loaders.completejourney.worth import Worth

_ONCE: Final = (Limit(code="once", name="Once per member", bound=1, period=Period.LIFETIME),)
_MESSAGES: Final = (Message(place=MessagePlace.SLIP, text="{campaign}: {discount} off"),)


def campaign_code(campaign: int, coupon: int) -> str:
    """The code of our campaign for a coupon in a campaign of the data."""
    return f"cj-{campaign:02d}-{coupon}"


def coupon_campaigns(
    flights: Mapping[int, Flight], coupons: CouponGoods, worth: Worth, shift: Shift
) -> tuple[Campaign, ...]:
    """A campaign for every (campaign, coupon) pair of the data, by campaign and coupon."""
    return tuple(
        _coupon_campaign(flights[campaign], coupon, products, worth.minor[coupon], shift)
        for (campaign, coupon), products in coupons.products.items()
    )


def _coupon_campaign(
    flight: Flight, coupon: int, products: frozenset[int], worth_minor: int, shift: Shift
) -> Campaign:
    return Campaign(
        code=campaign_code(flight.number, coupon),
        program=PROGRAM,
        name=f"Coupon {coupon}",
        description=f"Coupon {coupon} of the data's campaign {flight.number} ({flight.kind})",
        schedule=Schedule(
            starts_at=dt.datetime.combine(shift.day(flight.first_day), dt.time()),
            ends_at=dt.datetime.combine(
                shift.day(flight.last_day) + dt.timedelta(days=1), dt.time()
            ),
        ),
        when=All(of=(Coupon(code=str(coupon)), MemberList(list=audience_code(flight.number)))),
        rewards=(
            Amount(
                lane=COUPON_LANE,
                amount_minor=worth_minor,
                per=AmountPer.RECEIPT,
                goods=Goods(skus=tuple(str(product) for product in sorted(products))),
            ),
        ),
        limits=_ONCE,
        messages=_MESSAGES,
    )
