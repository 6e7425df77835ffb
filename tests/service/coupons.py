"""Unique coupons in the small world: rules that take and issue them, and calls about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from checkout.v1 import coupon_pb2 as pb
from checkout.v1 import receipt_pb2
from tests.service import world
from tests.service.till import fresh

if TYPE_CHECKING:
    from collections.abc import Sequence

    import asyncpg

    from tests.service.running import Service
    from tests.service.till import Operator, Till

SERIES: Final = "autumn"
#: Off towels, with a coupon of the series.
OFF_MINOR: Final = 7_00
#: Shared codes that make a campaign issue two coupons and a tag, and one that asks for the tag.
ISSUING: Final = "ISSUE-TWO"
TAGGED: Final = "TAGGED"
TAG: Final = "winner"


def coupon_rules() -> list[dict[str, Any]]:
    """Towels cost less with a coupon of the series; a shared code issues two, and a tag."""
    off = {"kind": "amount", "lane": "goods", "amount_minor": OFF_MINOR}
    return [
        world.campaign(
            "towel-coupon",
            off | {"goods": {"skus": ["towel"]}},
            when={"kind": "coupon_series", "series": SERIES},
        ),
        {
            "code": "issuing",
            "program": "main",
            "name": "Coupons for next time",
            "when": {"kind": "coupon", "code": ISSUING},
            "issues": [
                {"kind": "issue_coupon", "series": SERIES, "count": 2, "valid_days": 30},
                {"kind": "give_tag", "tag": TAG},
            ],
        },
        world.campaign(
            "tagged",
            {"kind": "amount", "lane": "receipt", "per": "receipt", "amount_minor": 1_00},
            when={
                "kind": "all",
                "of": [{"kind": "coupon", "code": TAGGED}, {"kind": "member_tag", "tags": [TAG]}],
            },
        ),
    ]


async def put_coupon_rules(connection: asyncpg.Connection[Any]) -> None:
    """Write them as a manager would; they are in force after the next publication."""
    await connection.execute(
        "update partner set words = words || $2 where partner_id = $1",
        world.NORTH,
        orjson.dumps({"coupon_series": [SERIES], "tags": [TAG]}).decode(),
    )
    for document in coupon_rules():
        await world.put_campaign(connection, world.NORTH, document)


async def publish_coupon_rules(service: Service) -> None:
    """Put them in force on all workers."""
    await put_coupon_rules(service.database)
    await service.operator().publish()
    for worker in service.workers:
        await worker.follower.step()


async def issue(
    operator: Operator, count: int = 1, codes: Sequence[str] = (), **more: Any
) -> Sequence[pb.CouponView]:
    """Coupons of the series; request ids are fresh unless given."""
    request = pb.IssueCouponsRequest(
        request_id=more.pop("request_id", "") or fresh("issue"),
        series=more.pop("series", SERIES),
        count=0 if codes else count,
        codes=codes,
        reason="a test",
        **more,
    )
    answer: pb.IssueCouponsResponse = await operator.call("IssueCoupons", request)
    return answer.coupons


async def block(operator: Operator, code: str, *, lift: bool = False) -> bool:
    """Block a coupon, or lift that; whether that is new."""
    if lift:
        lifting = pb.UnblockCouponRequest(request_id=fresh("lift"), code=code, reason="a test")
        return bool((await operator.call("UnblockCoupon", lifting)).changed)
    request = pb.BlockCouponRequest(request_id=fresh("block"), code=code, reason="a test")
    return bool((await operator.call("BlockCoupon", request)).changed)


async def check(till: Till, code: str, card: str = "") -> pb.CheckCouponResponse:
    """What a code is good for."""
    request = pb.CheckCouponRequest(code=code)
    if card:
        request.identifier.card = card
    answer: pb.CheckCouponResponse = await till.call("CheckCoupon", request)
    return answer


async def coupons_of(
    till: Till, card: str, page_size: int = 0, page_token: str = ""
) -> pb.ListCouponsResponse:
    """A page of a member's coupons."""
    answer: pb.ListCouponsResponse = await till.call(
        "ListCoupons",
        pb.ListCouponsRequest(
            identifier=receipt_pb2.Identifier(card=card),
            page_size=page_size,
            page_token=page_token,
        ),
    )
    return answer
