"""Gifts of the seeded world: rules that list and give them, and what operators do with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from checkout.v1 import gift_pb2 as gp
from tests.service import world
from tests.service.till import fresh

if TYPE_CHECKING:
    import asyncpg

    from tests.service.running import Service
    from tests.service.till import Operator

MUG: Final = "mug"
#: What a member pays for one.
MUG_MINOR: Final = 10
LISTED: Final[dict[str, Any]] = {"code": MUG, "name": "Mug", "points_minor": MUG_MINOR}
#: The article beside which a campaign gives one.
MUG_FOR: Final = "soap"


def giving(code: str = MUG, count: int = 1) -> dict[str, Any]:
    """A campaign that gives mugs, and nothing else, beside its article."""
    return {
        "code": code,
        "program": "main",
        "name": "A mug",
        "when": {"kind": "contains_goods", "goods": {"skus": [MUG_FOR]}},
        "issues": [{"kind": "give_gift", "gift": MUG, "count": count}],
    }


async def put_gift_rules(connection: asyncpg.Connection[Any], **more: Any) -> None:
    """North's program lists mugs, and a campaign gives them; published by whoever needs them."""
    await world.put_program(connection, world.NORTH, world.program(gifts=[LISTED | more]))
    await world.put_campaign(connection, world.NORTH, giving())


async def publish_gift_rules(service: Service, **more: Any) -> None:
    """Put them into the tables, publish them, and let every worker follow."""
    await put_gift_rules(service.database, **more)
    await service.operator().publish()
    for worker in service.workers:
        await worker.follower.step()


async def set_stock(operator: Operator, counted: int) -> gp.SetGiftStockResponse:
    """So many mugs there are."""
    request = gp.SetGiftStockRequest(
        request_id=fresh("stock"), gift=MUG, counted=counted, reason="a test"
    )
    answer: gp.SetGiftStockResponse = await operator.call("SetGiftStock", request)
    return answer


async def give(
    operator: Operator,
    member_id: str,
    count: int = 1,
    request_id: str = "",
    *,
    reason: str = "a test",
) -> gp.GiveGiftResponse:
    """A member gets mugs for points."""
    request = gp.GiveGiftRequest(
        request_id=request_id or fresh("give"),
        member_id=member_id,
        gift=MUG,
        count=count,
        reason=reason,
    )
    answer: gp.GiveGiftResponse = await operator.call("GiveGift", request)
    return answer


async def take_back(
    operator: Operator, gift_given_id: str, request_id: str = ""
) -> gp.TakeGiftBackResponse:
    """They come back."""
    request = gp.TakeGiftBackRequest(
        request_id=request_id or fresh("back"), gift_given_id=gift_given_id, reason="a test"
    )
    answer: gp.TakeGiftBackResponse = await operator.call("TakeGiftBack", request)
    return answer
