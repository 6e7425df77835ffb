"""What a reward with one number lacks on a receipt, for a full explanation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.conditions.base import listed
from checkout.engine.conditions.member import GUEST
from checkout.engine.schema.conditions import Moment
from checkout.engine.schema.points import PointsMultiplier
from checkout.engine.schema.rewards import FixedPrice
from checkout.engine.schema.values import AmountPer, Repeated, ScaleBy, ScaleOver, Valued

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.case import Case
    from checkout.engine.conditions.words import Words
    from checkout.engine.schema.campaign import Reward
    from checkout.engine.schema.values import Scale

#: What is needed, and what was seen.
Lack = tuple[str, str]


def lacking_value(
    case: Case, campaign: str, document: Reward, lines: Sequence[CanonicalLine], words: Words
) -> Lack | None:
    """What it needs and what there is; none if it has a number, and reason to use it."""
    if not isinstance(document, Valued):
        return None
    lack = _of_member(case, campaign, document, words)
    if document.scale is not None:
        lack = _of_scale(case, document.scale, lines, words)
    if lack is None and isinstance(document, Repeated):
        lack = _of_repetition(document, lines, words)
    if lack is None and isinstance(document, FixedPrice) and document.price_minor is not None:
        lack = (
            words.say("goods dearer than {money}", money=words.money(document.price_minor)),
            words.say("none"),
        )
    if lack is None and isinstance(document, PointsMultiplier):
        lack = words.say("points of an earlier lane on its goods"), words.say("none")
    return lack


def _of_member(case: Case, campaign: str, document: Valued, words: Words) -> Lack | None:
    """Whether the member has a number."""
    member = case.member
    if document.personal and (member is None or campaign not in member.offers):
        return words.say("a personal offer"), words.say(GUEST if member is None else "none")
    if not document.by_member:
        return None
    tiers = {tier: None for entry in document.by_member for tier in entry.tiers}
    segments = {segment: None for entry in document.by_member for segment in entry.segments}
    if member is not None and (member.tier in tiers or not member.segments.isdisjoint(segments)):
        return None
    parts = [words.say("tier {tiers}", tiers=listed(words, tiers))] if tiers else []
    parts += [words.say("segment {segments}", segments=listed(words, segments))] if segments else []
    seen = words.say(GUEST if member is None else "no tier")
    if member is not None and member.tier:
        seen = words.say("tier {tiers}", tiers=member.tier)
    return f" {words.code('or')} ".join(parts), seen


def _of_scale(
    case: Case, scale: Scale, lines: Sequence[CanonicalLine], words: Words
) -> Lack | None:
    """Whether the first step is reached."""
    first = scale.steps[0].from_
    if scale.by is ScaleBy.RECEIPT_AMOUNT:
        measures = [line.start_minor for line in case.counted]
    elif scale.by is ScaleBy.AMOUNT:
        measures = [line.start_minor for line in lines]
    else:
        measures = [line.quantity_milli for line in lines]
    over_line = scale.over is ScaleOver.LINE and scale.by is not ScaleBy.RECEIPT_AMOUNT
    measure = max(measures, default=0) if over_line else sum(measures)
    shown = words.quantity if scale.by is ScaleBy.QUANTITY else words.money
    if measure < first:
        return _first_step(words, shown(first)), shown(measure)
    if scale.after is Moment.EARLIER_LANES and scale.by is not ScaleBy.QUANTITY:
        return _first_step(words, shown(first)), words.say("less, after earlier lanes")
    return None


def _first_step(words: Words, bound: str) -> str:
    return words.say("{bound} for the first step of its scale", bound=bound)


def _of_repetition(document: Repeated, lines: Sequence[CanonicalLine], words: Words) -> Lack | None:
    """Whether there is one unit, or one full so much."""
    units = sum(line.units for line in lines)
    if document.per is AmountPer.UNIT and not units:
        return words.say("one whole unit"), words.say("none")
    if document.per is AmountPer.EACH_UNITS and units < (document.each_units or 1):
        return words.units(document.each_units or 1), str(units)
    if document.per is AmountPer.EACH_AMOUNT and document.each_minor is not None:
        amount = sum(line.start_minor for line in lines)
        seen = (
            words.money(amount)
            if amount < document.each_minor
            else words.say("less, after discounts")
        )
        return words.say("goods for {money}", money=words.money(document.each_minor)), seen
    return None
