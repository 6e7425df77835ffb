"""The rules of the history: more of a program than the small world has."""

from __future__ import annotations

import asyncpg

from tests.service import gifts, world
from tests.service.coupons import put_coupon_rules

_SILVER = {"measure": "spend", "at_least": 1_000_00, "window_days": 30, "keep_days": 30}


def program(**more: object) -> dict[str, object]:
    """A second currency, discounts by hand, rounding, a limit of the program."""
    return world.program(
        currencies=[
            {"code": world.CURRENCY, "name": "Points", "exponent": 2},
            {"code": "stars", "name": "Stars"},
        ],
        manual_discounts={"permissions": [{"code": "senior", "rate_bp": 1_000}]},
        cash_rounding={"to_minor": 100},
        gifts=[gifts.LISTED],
        tiers=[
            {"code": "base", "name": "Base"},
            {"code": "silver", "name": "Silver", "goal": _SILVER},
            {"code": "gold", "name": "Gold", "points_multiplier_bp": 20_000},
        ],
        certificates=[
            {"code": "gift", "name": "Gift", "face": 100_00, "sold_as": ["gift"]},
            {
                "code": "fruit-5",
                "name": "Five apples",
                "kind": "pass",
                "face": 5,
                "goods": {"skus": ["apple"]},
            },
        ],
        limits=[
            {
                "code": "daily",
                "name": "A thousand a day",
                "measure": "discount",
                "bound": 1_000_00,
                "period": "day",
            }
        ],
        **more,
    )


async def publish_more_rules(dsn: str) -> None:
    """More of the program, and a budget of money."""
    stars = {"kind": "points_amount", "lane": "points", "currency": "stars", "points_minor": 2}
    dates = {"delay_days": 14, "end_of": "year"}
    connection = await asyncpg.connect(dsn)
    try:
        await put_coupon_rules(connection)
        await world.put_program(connection, world.NORTH, program())
        await world.put_campaign(
            connection, world.NORTH, world.campaign("stars", stars | {"dates": dates})
        )
        reward = {"kind": "percent", "lane": "goods", "rate_bp": 500, "goods": {"skus": ["towel"]}}
        await world.put_campaign(connection, world.NORTH, gifts.giving())
        document = world.campaign("towel", reward, budget={"discount_minor": 1_000_00})
        await world.put_campaign(connection, world.NORTH, document)
        often = {"window_days": 30, "category": "fruit", "compare": "at_least", "count": 1_000}
        document = world.campaign("often", reward, when={"kind": "visits_in_window", **often})
        await world.put_campaign(connection, world.NORTH, document)
    finally:
        await connection.close()
    await world.publish(dsn, "north")
