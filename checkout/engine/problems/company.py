"""Beside whom a campaign stands: campaigns that it needs, and campaigns that it keeps away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.problems.problem import Problem
from checkout.engine.problems.references import unknown
from checkout.engine.schema.campaign import Exclusive
from checkout.engine.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.campaign import Campaign
    from checkout.engine.schema.conditions import CampaignApplied

_NO_REWARDS = "a campaign without rewards stands in no lane"


def check_applied(
    path: str, condition: CampaignApplied, campaign: Campaign, ground: Ground
) -> Iterator[Problem]:
    """Campaigns that must have granted something before: they must be able to."""
    here = f"{path}.campaigns"
    yield from unknown(here, "campaign", condition.campaigns, ground)
    # Without rewards the condition is judged at the end, when all lanes are done.
    last = max(ground.places_of(campaign), default=len(ground.lane_order))
    for code in condition.campaigns:
        if code == campaign.code:
            yield Problem(here, "a campaign is never applied before itself")
        elif code in ground.codes["campaign"]:
            if not ground.campaigns[code].rewards:
                yield Problem(
                    here, told("{code!r} has no rewards: it never grants anything", code=code)
                )
            elif ground.first_lane(code) >= last:
                yield Problem(
                    here,
                    told(
                        "{code!r} has no lane before those of this campaign: this can never hold",
                        code=code,
                    ),
                )


def check_company(path: str, campaign: Campaign, ground: Ground) -> Iterator[Problem]:
    """`not_with` and `exclusive`: they work between rewards."""
    here = f"{path}.not_with"
    yield from unknown(here, "campaign", campaign.not_with, ground)
    if campaign.code in campaign.not_with:
        yield Problem(here, "a campaign always stands beside itself")
    if not campaign.rewards:
        if campaign.not_with:
            yield Problem(here, told("{why}: nothing is kept apart", why=told(_NO_REWARDS)))
        if campaign.exclusive is not Exclusive.NO:
            yield Problem(
                f"{path}.exclusive",
                told("{why}: nothing is kept away", why=told(_NO_REWARDS)),
            )
        return
    for code in campaign.not_with:
        other = ground.campaigns.get(code)
        if other is not None and not other.rewards:
            yield Problem(
                here, told("{code!r} has no rewards: there is nothing to keep apart", code=code)
            )
