"""Campaigns of our own, so that ordinary receipts of the data get something today.

Invented throughout: discounts that these campaigns give in a demo say nothing about the grocer.
Together with the data's coupons they use conditions and rewards of many kinds, limits and budgets.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from checkout.engine.schema.campaign import Budget, Campaign, Message, MessagePlace
from checkout.engine.schema.conditions import (
    All,
    Any,
    ContainsGoods,
    Coupon,
    CouponSeries,
    Not,
    Place,
    ReceiptAmount,
    ReceiptQuantity,
)
from checkout.engine.schema.document import Comparison
from checkout.engine.schema.issues import GiveGift, GiveTag, IssueCoupon
from checkout.engine.schema.limits import Limit, Period
from checkout.engine.schema.member_conditions import Identified, Tier
from checkout.engine.schema.points import PointsAmount, PointsPercent
from checkout.engine.schema.rewards import Amount, Percent
from checkout.engine.schema.schedule import Schedule
from checkout.engine.schema.values import AmountPer
from loaders.completejourney.goods import RESTRICTED, all_but, goods_at
from loaders.completejourney.products import PRIVATE_LABEL
from loaders.completejourney.program import (
    BASE_LANE,
    BASE_RATE_BP,
    BONUS_LANE,
    GOLD,
    MUG,
    PROGRAM,
    RECEIPT_LANE,
    SHELF_LANE,
    SILVER,
    THANKS_LANE,
)
from loaders.completejourney.stores import SUPERSTORE

if TYPE_CHECKING:
    from checkout.engine.schema.goods import Goods
    from loaders.completejourney.products import Tree

#: A promo code that anybody may type in at a till.
PROMO_CODE: Final = "FROZEN20"
#: A series of unique coupons, a code that makes a sale issue one, and the tag that comes with it.
WELCOME_BACK: Final = "welcome-back"
NEXT_TIME_CODE: Final = "NEXTTIME"
RETURNER: Final = "returner"

_WORKDAYS: Final = (1, 2, 3, 4, 5)
_WEEKEND: Final = (6, 7)


def our_campaigns(tree: Tree) -> tuple[Campaign, ...]:
    """All of them, by code."""
    campaigns = (*_points(tree), *_shelf_offers(tree), *_receipt_offers(tree))
    return tuple(sorted(campaigns, key=lambda campaign: campaign.code))


def _points(tree: Tree) -> tuple[Campaign, ...]:
    coffee = goods_at(tree, (("GROCERY", "COFFEE"),))
    produce = goods_at(tree, (("PRODUCE",),))
    meat_or_fish = goods_at(tree, (("MEAT",), ("SEAFOOD",), ("SEAFOOD-PCKGD",)))
    return (
        Campaign(
            code="base-points",
            program=PROGRAM,
            name="One point per dollar",
            when=Identified(),
            rewards=(PointsPercent(lane=BASE_LANE, rate_bp=BASE_RATE_BP),),
            messages=(
                Message(place=MessagePlace.SLIP, text="You earned {points} Journey points"),
                Message(place=MessagePlace.DISPLAY, text="+{points} points"),
            ),
        ),
        Campaign(
            code="coffee-points",
            program=PROGRAM,
            name="25 points on every coffee",
            priority=20,
            when=All(of=(Identified(), ContainsGoods(goods=coffee))),
            rewards=(PointsAmount(lane=BONUS_LANE, points_minor=25, goods=coffee),),
            messages=(Message(place=MessagePlace.SLIP, text="{campaign}: {points}"),),
        ),
        Campaign(
            code="cook-fresh",
            program=PROGRAM,
            name="Five times points on produce for cooking fresh",
            description="Produce together with meat or fish, and no frozen pizza.",
            priority=10,
            when=All(
                of=(
                    ContainsGoods(goods=produce),
                    Any(
                        of=(
                            ContainsGoods(goods=meat_or_fish),
                            ContainsGoods(goods=goods_at(tree, (("DELI", "DELI MEATS"),))),
                        )
                    ),
                    Not(of=ContainsGoods(goods=goods_at(tree, (("GROCERY", "FROZEN PIZZA"),)))),
                )
            ),
            rewards=(PointsPercent(lane=BONUS_LANE, rate_bp=4 * BASE_RATE_BP, goods=produce),),
            messages=(Message(place=MessagePlace.SLIP, text="Cooking fresh: {points} points"),),
        ),
    )


def _shelf_offers(tree: Tree) -> tuple[Campaign, ...]:
    soup = goods_at(tree, (("GROCERY", "SOUP"),))
    return (
        Campaign(
            code="bakery-mornings",
            program=PROGRAM,
            name="15 % off pastry in the mornings",
            priority=50,
            schedule=Schedule(weekdays=_WORKDAYS, time_from=dt.time(6), time_until=dt.time(11)),
            rewards=(
                Percent(lane=SHELF_LANE, rate_bp=1_500, goods=goods_at(tree, (("PASTRY",),))),
            ),
            messages=(Message(place=MessagePlace.CASHIER, text="Pastry is 15 % off until 11"),),
        ),
        Campaign(
            code="deli-late",
            program=PROGRAM,
            name="30 % off the deli late at night",
            priority=60,
            schedule=Schedule(time_from=dt.time(21), time_until=dt.time(2)),
            rewards=(
                Percent(
                    lane=SHELF_LANE,
                    rate_bp=3_000,
                    goods=goods_at(tree, (("DELI",), ("SALAD BAR",), ("CHEF SHOPPE",))),
                ),
            ),
        ),
        Campaign(
            code="weekend-produce",
            program=PROGRAM,
            name="10 % off produce at the weekend",
            priority=40,
            schedule=Schedule(weekdays=_WEEKEND),
            rewards=(
                Percent(lane=SHELF_LANE, rate_bp=1_000, goods=goods_at(tree, (("PRODUCE",),))),
            ),
        ),
        Campaign(
            code="private-label",
            program=PROGRAM,
            name="7 % off our own brand with card",
            priority=20,
            when=Identified(),
            rewards=(
                Percent(
                    lane=SHELF_LANE,
                    rate_bp=700,
                    goods=goods_at(
                        tree,
                        (),
                        brands=(PRIVATE_LABEL,),
                        but_not=goods_at(tree, RESTRICTED),
                    ),
                ),
            ),
            messages=(Message(place=MessagePlace.SLIP, text="Our own brand: {discount} off"),),
        ),
        Campaign(
            code="soup-four",
            program=PROGRAM,
            name="0.20 off each soup from four",
            priority=30,
            when=ReceiptQuantity(compare=Comparison.AT_LEAST, quantity_milli=4_000, goods=soup),
            rewards=(Amount(lane=SHELF_LANE, amount_minor=20, goods=soup),),
        ),
        Campaign(
            code="meat-month",
            program=PROGRAM,
            name="10 % off meat while it lasts",
            priority=30,
            when=Identified(),
            rewards=(
                Percent(
                    lane=SHELF_LANE,
                    rate_bp=1_000,
                    goods=goods_at(tree, (("MEAT",), ("MEAT-PCKGD",))),
                ),
            ),
            # Two hundred receipts want about 150.00: a demo sees the budget end.
            budget=Budget(discount_minor=12_500),
        ),
        Campaign(
            code="superstore-household",
            program=PROGRAM,
            name="5 % off household in superstores",
            priority=10,
            when=Place(formats=(SUPERSTORE,)),
            budget=Budget(uses=100_000),
            rewards=(
                Percent(
                    lane=SHELF_LANE,
                    rate_bp=500,
                    goods=goods_at(
                        tree,
                        (
                            ("GROCERY", "LAUNDRY DETERGENTS"),
                            ("GROCERY", "BATH TISSUES"),
                            ("GROCERY", "PAPER TOWELS"),
                        ),
                    ),
                ),
            ),
        ),
        Campaign(
            code="frozen-code",
            program=PROGRAM,
            name=f"20 % off frozen meals with the code {PROMO_CODE}",
            priority=70,
            when=Coupon(code=PROMO_CODE),
            rewards=(
                Percent(
                    lane=SHELF_LANE,
                    rate_bp=2_000,
                    goods=goods_at(
                        tree,
                        (("GROCERY", "FRZN MEAT/MEAT DINNERS"), ("GROCERY", "FROZEN PIZZA")),
                    ),
                ),
            ),
        ),
    )


def _off_the_receipt(amount_minor: int, goods: Goods) -> Amount:
    return Amount(lane=RECEIPT_LANE, amount_minor=amount_minor, per=AmountPer.RECEIPT, goods=goods)


def _receipt_offers(tree: Tree) -> tuple[Campaign, ...]:
    earning = all_but(tree, RESTRICTED)
    return (
        Campaign(
            code="five-from-fifty",
            program=PROGRAM,
            name="5.00 off from 50.00, once a week",
            priority=20,
            when=All(
                of=(
                    Identified(),
                    ReceiptAmount(compare=Comparison.AT_LEAST, amount_minor=5_000, goods=earning),
                )
            ),
            rewards=(_off_the_receipt(500, earning),),
            limits=(Limit(code="weekly", name="Once a week", bound=1, period=Period.WEEK),),
            messages=(
                Message(place=MessagePlace.SLIP, text="5.00 off your shop: see you next week"),
                Message(place=MessagePlace.CASHIER, text="Mention the weekly 5.00"),
                Message(place=MessagePlace.DISPLAY, text="{discount} off your shop"),
            ),
        ),
        Campaign(
            code="one-from-twenty",
            program=PROGRAM,
            name="1.00 off from 20.00, once a day",
            priority=10,
            when=All(
                of=(
                    Identified(),
                    ReceiptAmount(compare=Comparison.AT_LEAST, amount_minor=2_000, goods=earning),
                )
            ),
            rewards=(_off_the_receipt(100, earning),),
            limits=(Limit(code="daily", name="Once a day", bound=1, period=Period.DAY),),
        ),
        Campaign(
            code="next-time",
            program=PROGRAM,
            name="A coupon and a mug for the next purchase",
            when=Coupon(code=NEXT_TIME_CODE),
            issues=(
                IssueCoupon(series=WELCOME_BACK, valid_days=30),
                GiveTag(tag=RETURNER),
                GiveGift(gift=MUG),
            ),
        ),
        Campaign(
            code="welcome-back",
            program=PROGRAM,
            name="2.00 off with a coupon of yours",
            when=CouponSeries(series=WELCOME_BACK),
            rewards=(
                Amount(lane=THANKS_LANE, amount_minor=200, per=AmountPer.RECEIPT, goods=earning),
            ),
        ),
        Campaign(
            code="tier-thanks",
            program=PROGRAM,
            name="2 % off for Silver and Gold",
            when=Tier(tiers=(SILVER.code, GOLD.code)),
            rewards=(Percent(lane=THANKS_LANE, rate_bp=200, goods=earning),),
            messages=(Message(place=MessagePlace.CASHIER, text="Thank the member by tier"),),
        ),
    )
