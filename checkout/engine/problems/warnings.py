"""What a manager should look at, although the rules can be run as they are.

Nothing here refuses a snapshot: each warning may be what was meant.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from checkout.engine.problems.articles import Articles
from checkout.engine.problems.caps import warn_of_cap
from checkout.engine.problems.certificates import warn_of_certificates, warn_of_issues
from checkout.engine.problems.choices import COUNTED, exclude_each_other, kinds_of
from checkout.engine.problems.gifts import warn_of_gifts
from checkout.engine.problems.impossible import together_of
from checkout.engine.problems.known import grounds_of
from checkout.engine.problems.maxima import least_minor
from checkout.engine.problems.meant import warn_of_goods, warn_of_program_goods
from checkout.engine.problems.needs import warn_of_units
from checkout.engine.problems.prices import warn_of_prices
from checkout.engine.problems.problem import Problem
from checkout.engine.problems.programs import warn_of_program
from checkout.engine.problems.references import same_names
from checkout.engine.problems.shadows import shadowed
from checkout.engine.problems.shown import money
from checkout.engine.problems.tight_limits import warn_of_tight
from checkout.engine.problems.together import Witnesses
from checkout.engine.problems.unit_rewards import tells_till
from checkout.engine.schema.campaign import Discount
from checkout.engine.schema.points import PointsMultiplier, PointsReward
from checkout.engine.schema.unit_rewards import Bundle, BuyGet, Gift, Multibuy
from checkout.engine.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.campaign import Campaign
    from checkout.engine.schema.rewards import Maximum
    from checkout.engine.schema.snapshot import Snapshot


def warnings_of(snapshot: Snapshot) -> list[Problem]:
    """What looks strange in a snapshot without problems, programs first, then campaigns."""
    warnings: list[Problem] = []
    articles = Articles(snapshot)
    witnesses = Witnesses(snapshot, articles)
    for ground in grounds_of(snapshot).values():
        path = f"programs[{ground.program.code}]"
        if not ground.campaigns:
            warnings.append(Problem(path, "the program has no campaign"))
        warnings += same_names(f"{path}.limits", "limit", ground.program.limits)
        warnings += warn_of_program(path, ground)
        warnings += warn_of_certificates(f"{path}.certificates", ground)
        warnings += warn_of_gifts(f"{path}.gifts", ground)
        warnings += warn_of_program_goods(path, ground, articles)
        warnings += shadowed(ground)
        for campaign in ground.campaigns.values():
            warnings += _warnings_of_campaign(campaign, ground, articles)
        warnings += witnesses.breaking_together(ground)
    return warnings


def _warnings_of_campaign(
    campaign: Campaign, ground: Ground, articles: Articles
) -> Iterator[Problem]:
    path = f"campaigns[{campaign.code}]"
    yield from warn_of_goods(path, campaign, articles)
    yield from same_names(f"{path}.limits", "limit", campaign.limits)
    for limit in campaign.limits:
        yield from warn_of_tight(f"{path}.limits[{limit.code}]", limit, campaign, ground)
    yield from warn_of_units(path, campaign, together_of(campaign, ground))
    yield from warn_of_cap(path, campaign, ground)
    yield from warn_of_issues(path, campaign, ground)
    for i, reward in enumerate(campaign.rewards):
        here = f"{path}.rewards[{i}]"
        if isinstance(reward, PointsMultiplier):
            yield from _nothing_to_multiply(here, reward, ground)
        elif isinstance(reward, Discount):
            yield from _useless_maxima(f"{here}.maximum", reward.maximum, ground)
            yield from _budget_below(path, campaign, least_minor(reward), ground)
            yield from warn_of_prices(here, reward, ground)
            if isinstance(reward, Multibuy | BuyGet | Bundle | Gift):
                yield from _unnamed_gift(here, reward)


def _nothing_to_multiply(path: str, reward: PointsMultiplier, ground: Ground) -> Iterator[Problem]:
    """No campaign earns the currency in a lane before the multiplier."""
    currency = reward.currency or ground.main_currency
    place = ground.lane_order.get(reward.lane, 0)
    earlier = [
        other
        for campaign in ground.campaigns.values()
        for other in campaign.rewards
        if isinstance(other, PointsReward)
        and (other.currency or ground.main_currency) == currency
        and ground.lane_order.get(other.lane, place) < place
    ]
    if not earlier:
        yield Problem(
            path,
            told(
                "no campaign earns {currency!r} in a lane before: there is nothing to multiply",
                currency=currency,
            ),
        )
    elif all(_are_of_other_goods(reward, other) for other in earlier):
        yield Problem(
            f"{path}.goods",
            told(
                "no campaign earns {currency!r} on these goods in a lane before", currency=currency
            ),
        )


def _are_of_other_goods(one: PointsReward, other: PointsReward) -> bool:
    if one.goods is None or other.goods is None:
        return False
    return exclude_each_other(one.goods, other.goods, kinds_of(one.goods, COUNTED))


def _useless_maxima(path: str, maximum: Maximum, ground: Ground) -> Iterator[Problem]:
    """A maximum of a part above that of the whole."""
    names = ("unit_minor", "line_minor", "application_minor")
    given = [(name, bound) for name in names if (bound := getattr(maximum, name)) is not None]
    for (name, bound), (whole, whole_bound) in pairwise(given):
        if bound > whole_bound:
            yield Problem(
                f"{path}.{name}",
                told(
                    "{bound} lies above {whole}, which is {whole_bound}",
                    bound=money(bound, ground),
                    whole=whole,
                    whole_bound=money(whole_bound, ground),
                ),
            )


def _budget_below(
    path: str, campaign: Campaign, amount: int | None, ground: Ground
) -> Iterator[Problem]:
    """A budget of less than the reward gives at once."""
    budget = campaign.budget.discount_minor if campaign.budget is not None else None
    if budget is not None and amount is not None and budget < amount:
        yield Problem(
            f"{path}.budget.discount_minor",
            told(
                "{budget} is less than one reward of {amount}",
                budget=money(budget, ground),
                amount=money(amount, ground),
            ),
        )


def _unnamed_gift(path: str, reward: Multibuy | BuyGet | Bundle | Gift) -> Iterator[Problem]:
    """The till is told to add something, and not what."""
    if isinstance(reward, Bundle) or not tells_till(reward):
        return
    if reward.goods is None or not reward.goods.skus:
        yield Problem(
            f"{path}.goods", "the till may be told to add units: name the articles by skus"
        )
