"""Copies of members who were really sold to: the books are whole, and the copies can buy."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from checkout.flows.identifiers import IdentifierHasher
from checkout.v1 import checkout_service_pb2 as pb
from loaders.growth import filling
from loaders.growth.filling import OtherFillError, card_of, fill
from loaders.growth.template import Template, UnfitTemplateError, read_template
from tests.races.ledger_state import make_members, violations
from tests.service import world
from tests.service.cards import add_card_type, issue_cards
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from tests.service.running import Service

HASHER = IdentifierHasher(bytes.fromhex(world.PEPPER))


def digest(partner_id: UUID, card: str) -> bytes:
    return HASHER.digest(partner_id, "card", card)


async def templates(service: Service) -> list[Template]:
    """Two members who bought once and thrice."""
    cards = await make_members(service, 2, 0)
    till = service.till()
    # Names of which one begins with another.
    for number, card in ((0, cards[0]), (1, cards[1]), (11, cards[1]), (111, cards[1])):
        sale = receipt(line("towel", 20_00), line("apple", 30_00, 2), card=card)
        # One of them was quoted: its call says at which price.
        token = (await till.quote(f"grown-{number}", sale)).quote_token if number == 11 else ""
        await till.confirm(
            f"grown-{number}", sale, request_id=f"grown-r{number}", quote_token=token
        )
    await service.workers[0].visit_counter.step()
    return [
        await read_template(service.database, UUID((await till.identify(card=card)).member_id))
        for card in cards
    ]


async def test_a_filled_database_is_whole_and_its_members_can_buy(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No violation after a fill in pieces, ended and gone on with; then a copy buys."""
    made = await templates(service)
    assert [template.receipts for template in made] == [1, 3]
    monkeypatch.setattr(filling, "PIECE", 16)

    async def fill_to(members: int, seed: int = 1) -> int:
        return await fill(service.database, made, world.NORTH, members, seed=seed, digest=digest)

    assert await fill_to(40) == 40
    assert await fill_to(60) == 20
    assert await fill_to(60) == 0
    told = await service.database.fetch(
        "select record_key, after ->> 'members' from admin_history"
        " where action = 'filled' order by seq"
    )
    assert [tuple(row) for row in told] == [("north", "40"), ("north", "60")]
    assert await service.database.fetchval("select count(*) from receipt") == 4 + 30 + 90
    assert await violations(service) == []
    with pytest.raises(OtherFillError, match="60 copies already, more than 59"):
        await fill_to(59)
    with pytest.raises(OtherFillError, match="seed 1"):
        await fill_to(100, seed=2)
    till = service.till()
    first, second = [
        (await till.identify(card=card_of(number))).balances[0].active_minor for number in (0, 1)
    ]
    assert second == 3 * first > 0
    sold = await till.confirm(
        "after", receipt(line("towel", 20_00), card=card_of(1), points_max=True)
    )
    assert sold.outcome.points_value_minor > 0
    assert (await till.purchase("grown-1-1")).state == pb.PURCHASE_STATE_CONFIRMED
    assert await violations(service) == []


async def test_who_has_what_others_share_is_no_template(service: Service) -> None:
    """A correction, an issued card: copies of these would not agree with what they name."""
    with pytest.raises(UnfitTemplateError, match="there is no member"):
        await read_template(service.database, UUID(int=0))
    with pytest.raises(UnfitTemplateError, match="has a correction"):
        await read_template(service.database, UUID(await service.ann()))
    await add_card_type(service)
    (number,) = await issue_cards(service.operator(), 1)
    joined = await service.till().enrol(card=number)
    with pytest.raises(UnfitTemplateError, match="has a card that was issued"):
        await read_template(service.database, UUID(joined.member.member_id))
