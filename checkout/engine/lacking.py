"""Why there is nothing for an open campaign: what its first reward lacks (``docs/rules.md`` §8).

Each question is cheap, and they are asked in the order in which a reward meets them; what none of
them finds takes off, or earns, less than a minor unit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.conditions.goods_text import goods_text
from checkout.engine.conditions.member import GUEST
from checkout.engine.lacking_units import lacking_units
from checkout.engine.lacking_value import lacking_value
from checkout.engine.rewards.discount import DiscountReward
from checkout.engine.rewards.points import PointReward
from checkout.engine.rewards.unit_reward import UnitCountingReward
from checkout.engine.schema.rewards import ReducedGoods

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledCampaign, CompiledProgram
    from checkout.engine.conditions.words import Words
    from checkout.engine.lanes.phase import Contest
    from checkout.engine.outcome import Gift
    from checkout.engine.rewards.reward import CompiledReward

#: What is needed, and what was seen.
Lack = tuple[str, str]


def lacking(
    program: CompiledProgram,
    case: Case,
    campaign: CompiledCampaign,
    contests: Sequence[Contest],
    gifts: Sequence[Gift],
    words: Words,
) -> tuple[str, str, str, str]:
    """Kind and lane of a campaign's first reward, between them what it needs and what was seen.

    The contests are those of the lanes in which the campaign was a contender.
    """
    reward, document = campaign.rewards[0], campaign.document.rewards[0]
    contest = next((each for each in contests if each.lane.code == reward.lane), None)
    reduced = contest.reduced if contest is not None else set()
    lines = _lines_of(case, reward)
    lack = (
        _of_points(program, case, reward, lines, words)
        or _of_time(campaign, contest, words)
        or _of_goods(reward, lines, words)
        or _of_reduced(reward, lines, reduced, words)
        or _of_gifts(campaign, gifts, words)
    )
    if lack is None and isinstance(reward, UnitCountingReward):
        lack = lacking_units(case, reward, reduced, words)
    elif lack is None:
        lack = lacking_value(case, campaign.code, document, lines, words)
    return document.kind, *(lack or (words.say("at least one minor unit"), "0")), reward.lane


def _lines_of(case: Case, reward: CompiledReward) -> list[CanonicalLine]:
    choices = reward.works_on if isinstance(reward, DiscountReward) else (reward.selector,)
    meant = {line for choice in choices for line in case.meant_by(choice)}
    return [line for line in case.lines if line in meant]


def _of_points(
    program: CompiledProgram,
    case: Case,
    reward: CompiledReward,
    lines: list[CanonicalLine],
    words: Words,
) -> Lack | None:
    """Whether anything can be earned at all."""
    if not isinstance(reward, PointReward):
        return None
    if case.member is None:
        return words.say("a member, as guests earn nothing"), words.say(GUEST)
    rules = program.document.accrual
    if not rules.earn_when_points_spent and any(line.points_spent_minor for line in case.lines):
        return words.say("a receipt without paying with points"), words.say("points were spent")
    if (reward.dates or program.earning_dates).are_over(case.moment.date):
        return words.say("points that are still to expire"), words.say("their last day is over")
    earning = set(case.meant_by(program.accrual_selector))
    if lines and not any(line.counted and not line.no_points and line in earning for line in lines):
        return words.say("goods that earn points"), words.say("none")
    return None


def _of_time(campaign: CompiledCampaign, contest: Contest | None, words: Words) -> Lack | None:
    """Late conditions hold in the end: they may not have held when the lane opened."""
    if contest is not None or not campaign.late_parts:
        return None
    needed = f" {words.code('and')} ".join(part.told(words) for part in campaign.late_parts)
    return needed, words.say("not before its lane")


def _of_goods(reward: CompiledReward, lines: list[CanonicalLine], words: Words) -> Lack | None:
    """Whether anything is meant, and takes a discount; units are counted by themselves."""
    if not lines and not isinstance(reward, UnitCountingReward):
        goods = reward.selector.goods if reward.selector is not None else None
        needed = words.code("goods") if goods is None else goods_text(goods, words)
        return needed, words.say("none")
    if isinstance(reward, DiscountReward) and lines and all(line.no_discount for line in lines):
        return words.say("goods that take a discount"), words.say("none")
    return None


def _of_reduced(
    reward: CompiledReward, lines: list[CanonicalLine], reduced: set[CanonicalLine], words: Words
) -> Lack | None:
    """Whether goods were already reduced when the lane opened."""
    if reward.reduced_goods is ReducedGoods.COUNT or reduced.isdisjoint(lines):
        return None
    first, *others = [line for line in lines if line in reduced]
    if len(others) + 1 == len(lines):
        return words.say("goods that are not yet reduced"), words.say("reduced ones only")
    if reward.reduced_goods is ReducedGoods.REFUSE:
        return words.say("no goods that are already reduced"), first.sku
    return None


def _of_gifts(campaign: CompiledCampaign, gifts: Sequence[Gift], words: Words) -> Lack | None:
    """Whether it waits for what the till may add."""
    units = sum(gift.units for gift in gifts if gift.campaign == campaign.code)
    if not units:
        return None
    return words.say("{units} more, which the till may add", units=units), words.say("not added")
