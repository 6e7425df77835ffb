"""The partner and the loyalty program of the demo: invented throughout.

Points are whole; one is worth one cent, and base accrual gives one per whole unit of money: 1 %.
They live for a year. A household's tier follows from what it paid in the year; the thresholds are
such that a third of the households are silver or gold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.schema.certificates import CertificateSeries
from checkout.engine.schema.gifts import ProgramGift
from checkout.engine.schema.points import PointDates
from checkout.engine.schema.program import (
    Accrual,
    DiscountCap,
    GoodsCap,
    Lane,
    LaneBase,
    LanePhase,
    LanePolicy,
    LaneScope,
    PointCurrency,
    Program,
    Redemption,
)
from checkout.engine.schema.snapshot import Currency, Partner, Product
from checkout.engine.schema.tiers import Tier, TierGoal, TierMeasure
from loaders.completejourney.goods import ALCOHOL, RESTRICTED, all_but, goods_at
from loaders.completejourney.source import TIME_ZONE

if TYPE_CHECKING:
    from loaders.completejourney.products import Tree

PARTNER: Final = Partner(
    code="complete-journey", name="Complete Journey Grocers", currency=Currency(code="USD")
)
PROGRAM: Final = "journey-club"


def _paid(at_least_minor: int) -> TierGoal:
    return TierGoal(
        measure=TierMeasure.SPEND, at_least=at_least_minor, window_days=365, keep_days=365
    )


BLUE: Final = Tier(code="blue", name="Blue")
#: Paid in a year, in minor units, from which a member has the tier.
SILVER_FROM_MINOR: Final = 200_000
GOLD_FROM_MINOR: Final = 400_000
SILVER: Final = Tier(
    code="silver", name="Silver", points_multiplier_bp=12_500, goal=_paid(SILVER_FROM_MINOR)
)
GOLD: Final = Tier(
    code="gold", name="Gold", points_multiplier_bp=15_000, goal=_paid(GOLD_FROM_MINOR)
)
#: The highest that fits.
TIER_FROM_MINOR: Final = ((GOLD_FROM_MINOR, GOLD), (SILVER_FROM_MINOR, SILVER), (0, BLUE))

#: Base accrual: one whole point per whole unit of money.
BASE_RATE_BP: Final = 10_000
LIFETIME_DAYS: Final = 365
#: Corrections of one author with more points a day wait for another one.
FOUR_EYES_ABOVE: Final = 5_000

#: Cards that the service numbers itself: code, name, first digits, how many in all. Those of the
#: data begin otherwise.
CARD_TYPE: Final = ("plastic", "Journey card", "9660", 16)
#: Gift certificates, and the article whose sale activates one; the data know neither.
GIFT_SERIES: Final = "gift"
#: A gift of the program's list, and what a member pays for it.
MUG: Final = "mug"
MUG_POINTS: Final = 250
GIFT_PRODUCT: Final = Product(sku="gift-certificate", name="Gift certificate 50.00")

SHELF_LANE: Final = "shelf"
COUPON_LANE: Final = "coupons"
RECEIPT_LANE: Final = "receipt"
THANKS_LANE: Final = "thanks"
BASE_LANE: Final = "base-points"
BONUS_LANE: Final = "bonus-points"

_LANES: Final = (
    # One offer per line, the one with the highest priority; percentages of the shelf price.
    Lane(
        code=SHELF_LANE,
        phase=LanePhase.DISCOUNT,
        policy=LanePolicy.FIRST,
        scope=LaneScope.LINE,
        base=LaneBase.ORIGINAL,
    ),
    # One coupon per line, many per receipt.
    Lane(
        code=COUPON_LANE,
        phase=LanePhase.DISCOUNT,
        policy=LanePolicy.FIRST,
        scope=LaneScope.LINE,
    ),
    # One amount off per receipt.
    Lane(
        code=RECEIPT_LANE,
        phase=LanePhase.DISCOUNT,
        policy=LanePolicy.FIRST,
        scope=LaneScope.RECEIPT,
    ),
    Lane(code=THANKS_LANE, phase=LanePhase.DISCOUNT),
    Lane(code=BASE_LANE, phase=LanePhase.ACCRUAL),
    # One bonus per line beside the base.
    Lane(
        code=BONUS_LANE,
        phase=LanePhase.ACCRUAL,
        policy=LanePolicy.FIRST,
        scope=LaneScope.LINE,
    ),
)


def tier_of(paid_minor: int) -> Tier:
    """The tier of a member who paid so much in the year."""
    return next(tier for least, tier in TIER_FROM_MINOR if paid_minor >= least)


def build_program(tree: Tree) -> Program:
    """The program over the data's categories."""
    return Program(
        code=PROGRAM,
        name="Journey Club",
        time_zone=TIME_ZONE,
        tiers=(BLUE, SILVER, GOLD),
        currencies=(PointCurrency(code="points", name="Journey points"),),
        lanes=_LANES,
        discount_cap=DiscountCap(rate_bp=5_000),
        redemption=Redemption(
            rate_bp=3_000,
            goods_caps=(
                GoodsCap(goods=goods_at(tree, RESTRICTED), rate_bp=0),
                GoodsCap(goods=goods_at(tree, ALCOHOL), rate_bp=1_000),
            ),
            min_money_minor=100,
        ),
        certificates=(
            CertificateSeries(
                code=GIFT_SERIES,
                name="Gift certificate",
                face=50_00,
                sold_as=(GIFT_PRODUCT.sku,),
                dates=PointDates(months=12),
            ),
        ),
        gifts=(ProgramGift(code=MUG, name="Journey mug", points_minor=MUG_POINTS),),
        accrual=Accrual(goods=all_but(tree, RESTRICTED), dates=PointDates(days=LIFETIME_DAYS)),
        slip_footer="Thank you for shopping with Journey Club",
    )
