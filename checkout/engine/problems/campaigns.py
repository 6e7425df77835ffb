"""Campaigns, field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.problems.alternatives import Together
from checkout.engine.problems.caps import check_cap
from checkout.engine.problems.claims import too_much
from checkout.engine.problems.company import check_company
from checkout.engine.problems.conditions import check_condition
from checkout.engine.problems.impossible import check_possible, together_of
from checkout.engine.problems.limits import check_campaign_limits
from checkout.engine.problems.maxima import check_maximum_discount
from checkout.engine.problems.messages import check_messages
from checkout.engine.problems.problem import Problem
from checkout.engine.problems.references import unknown
from checkout.engine.problems.rewards import check_rewards
from checkout.engine.problems.schedules import check_schedule
from checkout.engine.schema.campaign import Budget, Discount
from checkout.engine.schema.issues import GiveGift, GiveTag, IssueCertificate, IssueCoupon
from checkout.engine.schema.member_conditions import Identified

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.campaign import Campaign


def check_campaign(campaign: Campaign, ground: Ground) -> Iterator[Problem]:
    """Whatever is wrong with a campaign of a program, in the order of its fields."""
    path = f"campaigns[{campaign.code}]"
    if not campaign.rewards and not campaign.issues and not campaign.messages:
        yield Problem(path, "it does nothing: give it rewards, issues or messages")
    yield from check_company(path, campaign, ground)
    yield from check_schedule(f"{path}.schedule", campaign.schedule)
    together = together_of(campaign, ground)
    faults = list(_check_conditions(f"{path}.when", campaign, ground))
    if not faults:
        faults = list(check_possible(together, campaign, ground))
    yield from faults
    if faults:
        together = Together((), (campaign.schedule,), ground)
    guests_only = together.excludes(Identified())
    yield from check_rewards(path, campaign, together, ground, guests_only=guests_only)
    yield from _check_issues(path, campaign, ground, guests_only=guests_only)
    yield from check_campaign_limits(path, campaign, ground, guests_only=guests_only)
    yield from _check_budget(f"{path}.budget", campaign)
    yield from check_maximum_discount(path, campaign, ground)
    yield from check_cap(path, campaign, ground)
    yield from check_messages(path, campaign)


def _check_conditions(path: str, campaign: Campaign, ground: Ground) -> Iterator[Problem]:
    """Each on its own; whether they can hold together is asked of such as can hold alone."""
    if campaign.when is None:
        return
    much = too_much(campaign.when)
    if much:
        yield Problem(path, much)
    else:
        yield from check_condition(path, campaign.when, campaign, ground)


def _check_issues(
    path: str, campaign: Campaign, ground: Ground, *, guests_only: bool
) -> Iterator[Problem]:
    for i, issue in enumerate(campaign.issues):
        here = f"{path}.issues[{i}]"
        match issue:
            case IssueCoupon():
                yield from unknown(f"{here}.series", "coupon series", (issue.series,), ground)
            case IssueCertificate():
                yield from unknown(f"{here}.series", "certificate series", (issue.series,), ground)
            case GiveTag():
                yield from unknown(f"{here}.tag", "member tag", (issue.tag,), ground)
                if guests_only:
                    yield Problem(here, "guests get no tags, and the campaign is for guests only")
            case GiveGift():
                yield from unknown(f"{here}.gift", "gift", (issue.gift,), ground)


def _check_budget(path: str, campaign: Campaign) -> Iterator[Problem]:
    budget = campaign.budget
    if budget is None:
        return
    if budget == Budget():
        yield Problem(path, "set money, uses or both, or leave the budget out")
    if budget.discount_minor is not None and not any(
        isinstance(reward, Discount) for reward in campaign.rewards
    ):
        yield Problem(
            f"{path}.discount_minor", "the campaign gives no discount: no money is ever spent"
        )
