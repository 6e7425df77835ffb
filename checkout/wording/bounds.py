"""How a discount is rounded, spread and bounded, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.schema.rewards import FullLine, Part, ReducedGoods, Rounding, SpreadBy
from checkout.primitives import LeftOver
from checkout.wording.phrases import both, phrases
from checkout.wording.speech import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.schema.rewards import Maximum, Spread
    from checkout.wording.names import Names

ROUNDINGS: Final = phrases(
    Rounding,
    {
        Rounding.HALF_UP: "half up",
        Rounding.DOWN: "down",
        Rounding.UP: "up",
        Rounding.HALF_UP_PRICE: "half up in the reduced price, so the discount half down,",
    },
)
#: What is given where a bound cuts.
ABOVE: Final = phrases(
    Part,
    {
        Part.PART: "where more is wanted, the part that fits is given",
        Part.NOTHING: "where more is wanted, nothing is given",
    },
)
#: For rewards in which a reduced unit can count as bought.
REDUCED_UNITS: Final = phrases(
    ReducedGoods,
    {
        ReducedGoods.COUNT: "Goods that are already reduced count like others.",
        ReducedGoods.SKIP: "Goods that are already reduced are left out.",
        ReducedGoods.NEXT: (
            "Goods that are already reduced count as bought, but are not rewarded:"
            " the next ones are."
        ),
        ReducedGoods.REFUSE: "If one of the goods meant is already reduced, nothing is given.",
    },
)
#: For all other rewards: `next` has nothing to pass on to, it is like `skip`.
REDUCED: Final = REDUCED_UNITS.but(ReducedGoods.NEXT, ReducedGoods.SKIP)
_SPREAD_BY: Final = phrases(
    SpreadBy,
    {
        SpreadBy.VALUE: "by their value",
        SpreadBy.UNITS: "by their quantity (a weighed line counts as one)",
    },
)
_LEFT_OVER: Final = phrases(
    LeftOver,
    {
        LeftOver.LARGEST_REMAINDER: "goes where most was rounded away",
        LeftOver.FIRST_LINES: "goes to the first lines, {} each",
        LeftOver.LAST_LINE: "goes to the last line that has room",
    },
)
_FULL_LINE: Final = phrases(
    FullLine,
    {
        FullLine.MOVES: "moves to the others",
        FullLine.LAPSES: "lapses",
    },
)


def half_up_text(names: Names) -> str:
    """How a division is rounded for which there is no choice."""
    return say(
        "Rounded half up to {smallest_money}, on each line.", smallest_money=names.smallest_money
    )


def spread_text(names: Names, spread: Spread) -> str:
    """How one amount comes onto several lines."""
    left_over = _LEFT_OVER[spread.left_over].format(names.smallest_money)
    return say(
        "It is spread over the lines {spread_by}; what rounding leaves over "
        "{left_over}; what a line at its lowest price or maximum cannot take "
        "{full_line}.",
        spread_by=_SPREAD_BY[spread.by],
        left_over=left_over,
        full_line=_FULL_LINE[spread.full_line],
    )


def maximum_text(names: Names, maximum: Maximum) -> str:
    """The upper bounds of one reward."""
    bounds = tuple(_bounds(names, maximum))
    if not bounds:
        return say("The reward has no maximum of its own.")
    return say("At most {bounds}; {above}.", bounds=both(bounds), above=ABOVE[maximum.above])


def _bounds(names: Names, maximum: Maximum) -> Iterator[str]:
    if maximum.unit_minor is not None:
        yield say("{money} on each unit", money=names.money(maximum.unit_minor))
    if maximum.line_minor is not None:
        yield say("{money} on each line", money=names.money(maximum.line_minor))
    if maximum.application_minor is not None:
        yield say("{money} each time it is applied", money=names.money(maximum.application_minor))
