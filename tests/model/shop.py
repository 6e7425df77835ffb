"""The rules of the shop that the model knows: few, and each with a price that one can see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import asyncpg
import orjson

from tests.service import world
from tests.service.coupons import SERIES

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Odd amounts, so that shares have to be rounded.
PRICES: Final = {"apple": 99_99, "bread": 50_01, "soap": 30_00, "towel": 80_03, "gift": 100_00}
SOAP_OFF_MINOR: Final = 5_00
SOAP_A_WEEK: Final = 2
BREAD_OFF_MINOR: Final = 10_00
BREAD_USES: Final = 5
TOWEL_OFF_MINOR: Final = 7_00
#: At most this part may be paid with points, and never the last unit of money.
POINTS_BP: Final = 5_000
MONEY_MIN_MINOR: Final = 1_00
#: What is earned, by the rules that are published in turn, by article: one at once, one later.
EARNED_BP: Final = ({"apple": 1_000, "bread": 2_000}, {"apple": 300, "bread": 500})
APPLE_DAYS: Final = 30
BREAD_DELAY_DAYS: Final = 2
BREAD_DAYS: Final = 10
GIVEN_DAYS: Final = 20
FACE_MINOR: Final = 100_00


def program() -> dict[str, Any]:
    """Two tiers less than the small world's, and points that soon end."""
    return world.program(
        redemption={"rate_bp": POINTS_BP, "min_money_minor": MONEY_MIN_MINOR},
        accrual={"dates": {"days": GIVEN_DAYS}},
    )


def campaigns(earned_bp: Mapping[str, int]) -> list[dict[str, Any]]:
    """One reward for each article."""
    points = {"kind": "points_percent", "lane": "points"}
    delayed = {"delay_days": BREAD_DELAY_DAYS, "days": BREAD_DAYS}
    return [
        world.campaign(
            "earn-apple",
            points
            | {"rate_bp": earned_bp["apple"], "goods": {"skus": ["apple"]}}
            | {"dates": {"days": APPLE_DAYS}},
        ),
        world.campaign(
            "earn-bread",
            points
            | {"rate_bp": earned_bp["bread"], "goods": {"skus": ["bread"]}}
            | {"dates": delayed},
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
    ]


def _off(sku: str, amount_minor: int) -> dict[str, Any]:
    goods = {"skus": [sku]}
    off = {"kind": "amount", "lane": "goods", "per": "receipt"}
    return off | {"amount_minor": amount_minor, "goods": goods}


async def open_shop(dsn: str) -> None:
    """Put the rules in force instead of the small world's."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("delete from campaign where partner_id = $1", world.NORTH)
        await connection.execute(
            "update partner set words = words || $2 where partner_id = $1",
            world.NORTH,
            orjson.dumps({"coupon_series": [SERIES]}).decode(),
        )
        await world.put_program(connection, world.NORTH, program())
        for document in campaigns(EARNED_BP[0]):
            await world.put_campaign(connection, world.NORTH, document)
    finally:
        await connection.close()
    await world.publish(dsn, "north")
