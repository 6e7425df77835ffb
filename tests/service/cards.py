"""Types of cards in the small world, and calls about cards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from checkout.v1 import card_pb2 as pb
from tests.service import world
from tests.service.till import fresh

if TYPE_CHECKING:
    from uuid import UUID

    from tests.service.running import Service
    from tests.service.till import Operator

#: A type of the partner in the north, with this prefix and so many digits.
PLASTIC: Final = "plastic"
PREFIX: Final = "9643"
DIGITS: Final = 13


async def add_card_type(
    service: Service,
    code: str = PLASTIC,
    *,
    partner_id: UUID = world.NORTH,
    prefix: str = PREFIX,
    digits: int = DIGITS,
    issued_at_enrolment: bool = False,
) -> None:
    """The partner has it, and every worker knows."""
    await service.database.execute(
        "insert into card_type (partner_id, code, name, prefix, digits, issued_at_enrolment)"
        " values ($1, $2, $2, $3, $4, $5)",
        partner_id,
        code,
        prefix,
        digits,
        issued_at_enrolment,
    )
    for worker in service.workers:
        await worker.follower.step()


async def issue_cards(
    operator: Operator, count: int, *, request_id: str = "", card_type: str = PLASTIC
) -> list[str]:
    """Numbers of new cards."""
    request = pb.IssueCardsRequest(
        request_id=request_id or fresh("issue"), type=card_type, count=count, reason="a box"
    )
    response: pb.IssueCardsResponse = await operator.call("IssueCards", request)
    return [card.number for card in response.cards]


async def replace_card(operator: Operator, card: str, **more: Any) -> pb.ReplaceCardResponse:
    """Put another card in the place of one; it was lost unless something else is said."""
    fields = {"request_id": fresh("replace"), "reason": "told by phone"} | more
    fields.setdefault("replacement", pb.CARD_REPLACEMENT_LOST)
    if "card_id" not in fields:
        fields["card"] = card
    response: pb.ReplaceCardResponse = await operator.call(
        "ReplaceCard", pb.ReplaceCardRequest(**fields)
    )
    return response
