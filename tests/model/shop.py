"""The rules of the shop that the model knows: few, and each with a price that one can see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import orjson

from tests.service import world
from tests.service.coupons import SERIES
from tests.service.gifts import MUG

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Odd amounts, so that shares have to be rounded.
PRICES: Final = {"apple": 99_99, "bread": 50_01, "gift": 100_00, "soap": 30_00, "towel": 80_03}
#: Off apples, from so many thousandths on.
APPLE_OFF_MINOR: Final = 25_00
APPLES_MILLI: Final = 3_000
SOAP_OFF_MINOR: Final = 5_00
SOAP_A_WEEK: Final = 2
BREAD_OFF_MINOR: Final = 10_00
BREAD_USES: Final = 5
#: What the budget gives, in money.
BREAD_MONEY: Final = "bread money"
TOWEL_OFF_MINOR: Final = 7_00
#: At most this part may be paid with points, and never the last unit of money.
POINTS_BP: Final = 5_000
MONEY_MIN_MINOR: Final = 1_00
APPLE_DAYS: Final = 30
BREAD_DELAY_DAYS: Final = 2
BREAD_DAYS: Final = 10
GIVEN_DAYS: Final = 20
FACE_MINOR: Final = 100_00
#: Units of a pass, and the article that they pay.
RIDES: Final = 4
RIDDEN: Final = "bread"
#: Mugs: beside a towel for nothing, from an operator for points.
MUGS: Final = 6
MUG_MINOR: Final = 6_66
#: What the till may give away by itself in a day.
ALLOWANCE_MINOR: Final = 120_00
CREDIT_DAYS: Final = 5


Given = list[tuple[int, str, int]]


@dataclass(frozen=True)
class Rules:
    """What is published in turn."""

    #: By article: apples earn at once, bread earns later.
    earned_bp: Mapping[str, int]
    debt: str
    policy: str


RULES: Final = (
    Rules({"apple": 1_000, "bread": 2_000}, "negative", "stored_shares"),
    Rules({"apple": 300, "bread": 500}, "negative", "recomputed"),
    Rules({"apple": 2_500, "bread": 1_500}, "clip", "stored_shares"),
    Rules({"apple": 2_000, "bread": 3_000}, "refuse", "recomputed"),
    Rules({"apple": 1_500, "bread": 700}, "clip", "recomputed"),
    Rules({"apple": 900, "bread": 1_100}, "refuse", "stored_shares"),
)


def program(rules: Rules) -> dict[str, Any]:
    """Two tiers less than the small world's, and points that soon end."""
    return world.program(
        redemption={"rate_bp": POINTS_BP, "min_money_minor": MONEY_MIN_MINOR},
        accrual={"dates": {"days": GIVEN_DAYS}, "credit_later_days": CREDIT_DAYS},
        returns={"debt": rules.debt, "policy": rules.policy},
        gifts=[{"code": MUG, "name": "Mug", "points_minor": MUG_MINOR}],
        certificates=[
            {"code": "gift", "name": "Gift certificate", "face": FACE_MINOR, "sold_as": ["gift"]},
            {
                "code": "rides",
                "name": "Loaves",
                "kind": "pass",
                "face": RIDES,
                "goods": {"skus": [RIDDEN]},
            },
        ],
    )


def campaigns(rules: Rules) -> list[dict[str, Any]]:
    """One reward for each article, and a mug beside towels."""
    points = {"kind": "points_percent", "lane": "points"}
    delayed = {"delay_days": BREAD_DELAY_DAYS, "days": BREAD_DAYS}
    return [
        world.campaign(
            "earn-apple",
            points
            | {"rate_bp": rules.earned_bp["apple"], "goods": {"skus": ["apple"]}}
            | {"dates": {"days": APPLE_DAYS}},
        ),
        world.campaign(
            "earn-bread",
            points
            | {"rate_bp": rules.earned_bp["bread"], "goods": {"skus": ["bread"]}}
            | {"dates": delayed},
        ),
        world.campaign(
            "apple",
            _off("apple", APPLE_OFF_MINOR),
            when={
                "kind": "receipt_quantity",
                "goods": {"skus": ["apple"]},
                "compare": "at_least",
                "quantity_milli": APPLES_MILLI,
            },
        ),
        world.campaign(
            "soap",
            _off("soap", SOAP_OFF_MINOR),
            when={"kind": "identified"},
            limits=[{"code": "weekly", "name": "Weekly", "bound": SOAP_A_WEEK, "period": "week"}],
        ),
        world.campaign("bread", _off("bread", BREAD_OFF_MINOR), budget={"uses": BREAD_USES}),
        world.campaign(
            "towel-coupon",
            _off("towel", TOWEL_OFF_MINOR),
            when={"kind": "coupon_series", "series": SERIES},
        ),
        {
            "code": "towel-mug",
            "program": "main",
            "name": "A mug",
            "when": {"kind": "contains_goods", "goods": {"skus": ["towel"]}},
            "issues": [{"kind": "give_gift", "gift": MUG}],
        },
    ]


def _off(sku: str, amount_minor: int) -> dict[str, Any]:
    goods = {"skus": [sku]}
    off = {"kind": "amount", "lane": "goods", "per": "receipt"}
    return off | {"amount_minor": amount_minor, "goods": goods}


def given_by_till(basket: tuple[tuple[str, int], ...], *, to_member: bool, coupon: bool) -> Given:
    """What a till without the service gives: position, campaign, amount."""
    found = []
    for at, (sku, units) in enumerate(basket, start=1):
        if sku == "apple" and units * 1_000 >= APPLES_MILLI:
            found.append((at, "apple", APPLE_OFF_MINOR))
        if sku == "soap" and to_member:
            found.append((at, "soap", SOAP_OFF_MINOR))
        if sku == "bread":
            found.append((at, "bread", BREAD_OFF_MINOR))
        if sku == "towel" and coupon:
            found.append((at, "towel-coupon", TOWEL_OFF_MINOR))
    return found


async def put_rules(connection: asyncpg.Connection[Any], rules: Rules) -> None:
    """Write them as a manager would."""
    await world.put_program(connection, world.NORTH, program(rules))
    for document in campaigns(rules):
        await world.put_campaign(connection, world.NORTH, document)


async def open_shop(dsn: str) -> None:
    """Put the rules in force instead of the small world's."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("delete from campaign where partner_id = $1", world.NORTH)
        await connection.execute(
            "update partner set words = words || $2, settings = settings || $3"
            " where partner_id = $1",
            world.NORTH,
            orjson.dumps({"coupon_series": [SERIES]}).decode(),
            orjson.dumps({"offline": {"terminal_minor": ALLOWANCE_MINOR}}).decode(),
        )
        await put_rules(connection, RULES[0])
    finally:
        await connection.close()
    await world.publish(dsn, "north")
