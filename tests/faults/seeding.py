"""Fills the world that each cell has a copy of: rules, members, codes, what operators made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import asyncpg

from checkout.flows.identifiers import IdentifierHasher
from tests.faults.codes import GIFT_CODE, Codes
from tests.service import coupons, gifts, world
from tests.service.running import running_service

if TYPE_CHECKING:
    from tests.service.till import Operator

MEMBERS: Final = 120
START_MINOR: Final = 1_000_00
#: The last of them: two pool their points, one is another name of the last.
KIN: Final = 4
#: The shared budget runs out in the middle of a cell: then nobody may get more of it.
BREAD_USES: Final = 400
#: More than are sold in the short form; and few, so that many show the same one.
FOR_SALE: Final = 600
SPENDABLE: Final = 40
COUPONS: Final = 100
MUGS: Final = 100_000
_NOWHERE: Final = "redis://127.0.0.1:1"


class Customers:
    """Whom a cell sells to."""

    def __init__(self, member_ids: dict[str, str], purses: dict[str, str], codes: Codes) -> None:
        #: Id of the member by card.
        self.member_ids = member_ids
        #: Whose account a card spends from, where that is another's than its member's.
        self.purses = member_ids | purses
        self.codes = codes

    @property
    def alone(self) -> dict[str, str]:
        """Members whom operators mean by their ids: neither of a household nor merged."""
        return dict([*self.member_ids.items()][:-KIN])


def card_of(number: int) -> str:
    return f"77{number:08}"


async def seed(dsn: str, redis_url: str) -> Customers:
    """Fill a migrated database."""
    await world.seed_world(dsn, _NOWHERE)
    connection: asyncpg.Connection[Any] = await asyncpg.connect(dsn)
    try:
        await _put_rules(connection)
        await world.publish(dsn, "north")
        cards = [card_of(number) for number in range(MEMBERS)]
        hasher = IdentifierHasher(bytes.fromhex(world.PEPPER))
        ids = await world.enrol(
            dsn, _NOWHERE, [("north", {"card": card}, START_MINOR) for card in cards], hasher
        )
        member_ids = {card: str(found) for card, found in zip(cards, ids, strict=True)}
        async with running_service(dsn, redis_url) as service:
            operator = service.operator(author="seeding")
            purses = await _join(operator, member_ids)
            codes = await _issue(operator)
        await connection.execute("delete from invalidation")
    finally:
        await connection.close()
    return Customers(member_ids, purses, codes)


async def _put_rules(connection: asyncpg.Connection[Any]) -> None:
    """Bread has a budget; coupons of a series, and codes that bring coupons, a tag and a gift."""
    bread = {"kind": "amount", "lane": "goods", "amount_minor": 10_00}
    await world.put_campaign(
        connection,
        world.NORTH,
        world.campaign(
            "bread", bread | {"goods": {"skus": ["bread"]}}, budget={"uses": BREAD_USES}
        ),
    )
    await coupons.put_coupon_rules(connection)
    await world.put_program(connection, world.NORTH, world.program(gifts=[gifts.LISTED]))
    await world.put_campaign(
        connection, world.NORTH, gifts.giving() | {"when": {"kind": "coupon", "code": GIFT_CODE}}
    )


async def _join(operator: Operator, member_ids: dict[str, str]) -> dict[str, str]:
    """Two become a household, and two one member; whose account their cards spend from."""
    one, other, absorbed, survivor = [*member_ids][-KIN:]
    household = await operator.household(member_ids[one], member_ids[other])
    await operator.merge(member_ids[absorbed], member_ids[survivor])
    return {one: household, other: household, absorbed: member_ids[survivor]}


async def _issue(operator: Operator) -> Codes:
    codes = Codes(
        for_sale=await operator.issue_certificates("gift", FOR_SALE),
        spendable=await operator.issue_certificates("gift", SPENDABLE, activate=True),
        coupons=[view.code for view in await coupons.issue(operator, COUPONS)],
    )
    await gifts.set_stock(operator, MUGS)
    return codes
