"""Conditions that contradict each other: what they demand together can never hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.problems.alternatives import Together
from checkout.engine.problems.claims import Claim, claims_of, parts_of, seen_by_others, too_much
from checkout.engine.problems.contradictions import contradictions
from checkout.engine.problems.problem import Problem
from checkout.engine.schema import conditions as schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.campaign import Campaign


def check_possible(together: Together, campaign: Campaign, ground: Ground) -> Iterator[Problem]:
    """Whatever in the conditions of a campaign can never hold at once."""
    found = contradictions(together.claims, (campaign.schedule,), ground)
    found += _inside(together.claims, ground)
    if not found:
        problem = together.problem()
        found = [] if problem is None else [problem]
    yield from found
    if not found:
        yield from _campaigns_before(together, campaign, ground)


def together_of(campaign: Campaign, ground: Ground) -> Together:
    """What a campaign claims; nothing is read out of conditions that are too deep or too many."""
    claims: list[Claim] = []
    if campaign.when is not None and not too_much(campaign.when):
        claims = claims_of(Claim(f"campaigns[{campaign.code}].when", campaign.when))
    return Together(claims, (campaign.schedule,), ground)


def _inside(claims: Sequence[Claim], ground: Ground) -> list[Problem]:
    """Contradictions inside the alternatives that claims leave, whenever and wherever it is."""
    found: list[Problem] = []
    for claim in claims:
        parts = [claims_of(part) for part in parts_of(claim)]
        inside = [
            problem
            for part in parts
            for problem in (
                *contradictions(part, (), ground, in_places=False),
                *_inside(part, ground),
            )
        ]
        found += inside
        opposite = [
            one
            for part in parts_of(claim)
            for one in claims_of(part._replace(holds=not claim.holds))
        ]
        if not inside and contradictions(opposite, (), ground, in_places=False):
            sentence = (
                "one of these always holds: together they say nothing"
                if claim.holds
                else "one of these always fails: together they say nothing"
            )
            found.append(Problem(claim.path, sentence))
    return found


def _campaigns_before(together: Together, campaign: Campaign, ground: Ground) -> Iterator[Problem]:
    """Campaigns one of which must have granted something, none of which could have."""
    for claim in together.claims:
        if not (claim.holds and isinstance(claim.condition, schema.CampaignApplied)):
            continue
        others = [ground.campaigns[code] for code in claim.condition.campaigns]
        if campaign.rewards and all(_are_apart(campaign, other) for other in others):
            yield Problem(
                f"{claim.path}.campaigns", "not_with keeps these apart: this can never hold"
            )
        elif all(_never_meets(together, campaign, other, ground) for other in others):
            yield Problem(
                f"{claim.path}.campaigns",
                "these are never open when this campaign is: this can never hold",
            )


def _are_apart(campaign: Campaign, other: Campaign) -> bool:
    return other.code in campaign.not_with or campaign.code in other.not_with


def _never_meets(together: Together, campaign: Campaign, other: Campaign, ground: Ground) -> bool:
    if other.when is not None and too_much(other.when):
        return False
    theirs = [] if other.when is None else claims_of(Claim("", other.when))
    both = seen_by_others((*together.claims, *theirs))
    return Together(both, (campaign.schedule, other.schedule), ground).problem() is not None
