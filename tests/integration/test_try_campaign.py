"""TryCampaign: a campaign that is in no rules, on a receipt that was sold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from checkout.v1 import operator_service_pb2 as op
from checkout.v1 import outcome_pb2
from tests.service import world
from tests.service.running import wait_until
from tests.service.till import line, receipt, refusal_of

if TYPE_CHECKING:
    from tests.service.running import Service

SMALL = world.campaign(
    "small",
    {"kind": "points_percent", "lane": "points", "rate_bp": 50},
    when={"kind": "receipt_amount", "compare": "less_than", "amount_minor": 1_000_00},
)


async def tried(service: Service, campaign: dict[str, Any], **asked: Any) -> op.TryCampaignResponse:
    request = op.TryCampaignRequest(
        campaign=orjson.dumps(campaign), purchase_id=asked.pop("purchase_id", "p"), **asked
    )
    answer: op.TryCampaignResponse = await service.operator().call("TryCampaign", request)
    return answer


def applied(outcome: outcome_pb2.Outcome) -> set[str]:
    return {each.code for each in outcome.applied}


async def test_what_is_tried_is_what_a_publication_does(service: Service) -> None:
    """Before is what was sold, after what is sold once it is published; trying changes nothing."""
    till = service.till()
    sale = receipt(line("bread", 500_00), card=world.CARD)
    sold = await till.confirm("p", sale)
    rows = await service.rows()
    told = await tried(service, SMALL | {"description": "For small baskets"})
    assert dict(told.descriptions) == {"small": "For small baskets"}
    assert told.before.points_earned_minor == sold.outcome.points_earned_minor == 4_90
    assert told.after.points_earned_minor == 7_35
    assert applied(told.after) - applied(told.before) == {"small"}
    assert (await till.quote("q", sale)).outcome.points_earned_minor == 4_90
    assert await service.rows() == rows
    again = await tried(service, world.campaigns("north")[0])
    assert again.after == again.before, "in the place of the one with its code"
    await world.put_campaign(service.database, world.NORTH, SMALL)
    await service.operator().publish()

    async def is_live() -> bool:
        return (await till.quote("q", sale)).outcome.points_earned_minor == 7_35

    await wait_until(is_live)
    assert (await till.quote("q", sale)).outcome.applied == told.after.applied


async def test_another_time_and_somebody_else(service: Service) -> None:
    """Hours follow the time that is given, points the member who is; a guest earns none."""
    await service.till().confirm("p", receipt(line("bread", 500_00), card=world.CARD))
    evening = SMALL | {"schedule": {"time_from": "18:00", "time_until": "19:00"}}
    in_time = await tried(service, evening, local_time="2026-11-21T18:30:00")
    assert "small" in applied(in_time.after)
    told = await tried(service, evening, local_time="2026-11-21T19:00:00")
    assert told.local_time == "2026-11-21T19:00:00"
    assert "small" not in applied(told.after)
    (why,) = [each for each in told.after.considered if each.campaign == "small"]
    assert why.verdict == outcome_pb2.VERDICT_UNMET
    gold = (await service.till().identify(card=world.GOLD_CARD)).member_id
    assert (await tried(service, SMALL, member_id=gold)).after.points_earned_minor == 14_70
    assert (await tried(service, SMALL, guest=True)).after.points_earned_minor == 0


@pytest.mark.parametrize(
    ("changes", "reason", "fields"),
    [
        ({"purchase_id": "nothing"}, "PURCHASE_UNKNOWN", ("purchase_id",)),
        ({"purchase_id": ""}, "FIELD_REQUIRED", ("purchase_id",)),
        ({"local_time": "noon"}, "FIELD_INVALID", ("local_time",)),
        ({"member_id": str(world.SOUTH)}, "MEMBER_UNKNOWN", ("member_id",)),
        ({"member_id": "ann"}, "FIELD_INVALID", ("member_id",)),
        ({"campaign": b"{"}, "SNAPSHOT_INVALID", ("campaign",)),
        ({"campaign": b"x" * 200_001}, "FIELD_OUT_OF_RANGE", ("campaign",)),
        (
            {"campaign": orjson.dumps(SMALL | {"spell": 1})},
            "SNAPSHOT_INVALID",
            ("campaigns[small].spell",),
        ),
        (
            {"campaign": orjson.dumps(SMALL | {"not_with": ["nobody"]})},
            "SNAPSHOT_INVALID",
            ("campaigns[small].not_with",),
        ),
    ],
)
async def test_what_cannot_be_tried_is_refused(
    service: Service, changes: dict[str, Any], reason: str, fields: tuple[str, ...]
) -> None:
    """With the field to blame, as a publication would name it."""
    await service.till().confirm("p", receipt(card=world.CARD))
    request = op.TryCampaignRequest(
        **{"campaign": orjson.dumps(SMALL), "purchase_id": "p"} | changes
    )
    said = await refusal_of(service.operator().call("TryCampaign", request))
    assert (said.reason, said.fields) == (reason, fields)
