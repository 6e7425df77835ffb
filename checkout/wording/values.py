"""Where a reward's number comes from, in words: one for all, a scale, by member, personal."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from checkout.engine.schema.values import AmountPer, ScaleBy, ScaleMode, ScaleOver, Which
from checkout.wording.conditions import PRICES
from checkout.wording.numbers import quantity_text
from checkout.wording.phrases import either, phrases
from checkout.wording.sections import Sentence
from checkout.wording.speech import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from checkout.engine.schema.values import MemberValue, Scale, Valued
    from checkout.wording.names import Names

#: Which units are taken first.
FIRST_UNITS: Final = phrases(
    Which,
    {
        Which.CHEAPEST: "the cheapest",
        Which.DEAREST: "the dearest",
        Which.RECEIPT_ORDER: "the first in the receipt's order",
    },
)
_MEASURES: Final = phrases(
    ScaleBy,
    {
        ScaleBy.QUANTITY: "the quantity of these goods",
        ScaleBy.AMOUNT: "the sum of these goods",
        ScaleBy.RECEIPT_AMOUNT: "the sum of all goods and services on the receipt",
    },
)
_OVER: Final = phrases(
    ScaleOver,
    {
        ScaleOver.GOODS: "on all lines together",
        ScaleOver.LINE: "on each line alone",
    },
)
_MODES: Final = phrases(
    ScaleMode,
    {
        ScaleMode.WHOLE: "the step that is reached counts for the whole",
        ScaleMode.MARGINAL: "each step counts for the part that lies in it",
    },
)
PER: Final = phrases(
    AmountPer,
    {
        AmountPer.UNIT: "for each unit of {} (a weighed line is one unit)",
        AmountPer.QUANTITY: "for each piece or kilogram of {}, in proportion",
        AmountPer.LINE: "for each line of {}",
        AmountPer.RECEIPT: "once a receipt, for {}",
        AmountPer.EACH_AMOUNT: "for each full {each_minor} of the sum of {}",
        AmountPer.EACH_UNITS: "for each full {each_units} units of {}",
    },
)


@dataclass(frozen=True, slots=True)
class Noun:
    """What a number is, as one of many and as the one that is meant."""

    a: str
    the: str


def percentage() -> Noun:
    """A share of something."""
    return Noun(say("a percentage"), say("the percentage"))


@dataclass(frozen=True, slots=True)
class Source:
    """How much, in a few words, and the sentence that says it in full where these do not."""

    amount: str
    detail: tuple[Sentence, ...] = ()


def source_of(
    names: Names, reward: Valued, fixed: int | None, noun: Noun, shown: Callable[[int], str]
) -> Source:
    """Where the number comes from; `noun` is what it is, `shown` how it is written."""
    if reward.scale is not None:
        steps = tuple(Sentence(text) for text in _steps(names, reward.scale, shown))
        measured = _measured(reward.scale)
        return Source(
            say("{noun} by a scale", noun=noun.a),
            (Sentence(say("The scale: {measured}:", measured=measured), steps),),
        )
    if reward.by_member:
        entries = tuple(Sentence(_entry(names, entry, shown)) for entry in reward.by_member)
        head = say("By member, the first that fits (nothing for others):")
        return Source(say("{noun} by tier or segment", noun=noun.a), (Sentence(head, entries),))
    if reward.personal or fixed is None:
        return Source(say("{noun} of the member's personal offer of this campaign", noun=noun.the))
    return Source(shown(fixed))


def _measured(scale: Scale) -> str:
    """What a scale measures, of what, and what a step counts for."""
    if scale.by is ScaleBy.QUANTITY:
        prices = ""
    elif scale.mode is ScaleMode.MARGINAL:
        prices = say(", at the prices that the reward is reckoned from")
    else:
        prices = f", {PRICES[scale.after]}"
    over = "" if scale.by is ScaleBy.RECEIPT_AMOUNT else f" {_OVER[scale.over]}"
    return f"{_MEASURES[scale.by]}{over}{prices}; {_MODES[scale.mode]}"


def _steps(names: Names, scale: Scale, shown: Callable[[int], str]) -> Iterator[str]:
    bound = quantity_text if scale.by is ScaleBy.QUANTITY else names.money
    for step, following in pairwise(scale.steps):
        yield say(
            "from {bound} to below {next_bound}: {value}",
            bound=bound(step.from_),
            next_bound=bound(following.from_),
            value=shown(step.value),
        )
    last = scale.steps[-1]
    yield say("from {bound} on: {value}", bound=bound(last.from_), value=shown(last.value))


def _entry(names: Names, entry: MemberValue, shown: Callable[[int], str]) -> str:
    whom = []
    if entry.tiers:
        whom.append(say("tier {tiers}", tiers=names.tiers(entry.tiers)))
    if entry.segments:
        whom.append(say("segment {segments}", segments=either(entry.segments)))
    return f"{either(whom)}: {shown(entry.value)}"
