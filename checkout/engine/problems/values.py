"""Where a reward's number comes from: exactly one source, whose values do something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from checkout.engine.problems.problem import Problem
from checkout.engine.problems.references import unknown
from checkout.engine.problems.scales import check_scale
from checkout.engine.problems.shown import listed
from checkout.engine.schema.points import PointsAmount, PointsMultiplier, PointsPercent
from checkout.engine.schema.rewards import Amount, FixedPrice, Percent
from checkout.engine.told import told
from checkout.primitives import AMOUNT_MAX_MINOR, FULL_RATE_BP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.document import Document

ValueReward = Percent | Amount | FixedPrice | PointsPercent | PointsAmount | PointsMultiplier


class _Number(NamedTuple):
    """The number of a kind of reward: its field, its bounds, the value that does nothing."""

    field: str
    most: int = AMOUNT_MAX_MINOR
    nothing: int | None = 0
    least: int = 0


#: Bounds are those of the schema for the fixed value.
_NUMBERS: Final[dict[type[Document], _Number]] = {
    Percent: _Number("rate_bp", most=FULL_RATE_BP),
    Amount: _Number("amount_minor"),
    FixedPrice: _Number("price_minor", nothing=None),
    PointsPercent: _Number("rate_bp", most=100 * FULL_RATE_BP),
    PointsAmount: _Number("points_minor"),
    PointsMultiplier: _Number(
        "factor_bp", most=1_000_000, nothing=FULL_RATE_BP, least=FULL_RATE_BP
    ),
}


def check_value(path: str, reward: ValueReward, ground: Ground) -> Iterator[Problem]:
    """One source, and values within the bounds of the fixed one, of which one does something."""
    number = _NUMBERS[type(reward)]
    given = [name for name, is_given in _sources(reward, number).items() if is_given]
    if not given:
        yield Problem(
            path, told("say how much: {field}, scale, by_member or personal", field=number.field)
        )
    elif len(given) > 1:
        yield Problem(
            path, told("{fields} both say how much: keep one", fields=listed(given, "and"))
        )
    if reward.scale is not None:
        yield from check_scale(f"{path}.scale", reward, reward.scale)
        for i, step in enumerate(reward.scale.steps):
            yield from _check_bounds(f"{path}.scale.steps[{i}].value", step.value, number)
    yield from _check_by_member(f"{path}.by_member", reward, ground)
    for i, entry in enumerate(reward.by_member):
        yield from _check_bounds(f"{path}.by_member[{i}].value", entry.value, number)
    values = values_of(reward)
    if values and all(value == number.nothing for value in values):
        named = given[0] if given else number.field
        yield Problem(
            f"{path}.{named}",
            told("{nothing} does nothing: no other value is given", nothing=number.nothing),
        )


def values_of(reward: ValueReward) -> list[int]:
    """All values that the rules themselves give a reward; a personal one stands in no rule."""
    fixed: int | None = getattr(reward, _NUMBERS[type(reward)].field)
    values = [] if fixed is None else [fixed]
    if reward.scale is not None:
        values += [step.value for step in reward.scale.steps]
    return values + [entry.value for entry in reward.by_member]


def _sources(reward: ValueReward, number: _Number) -> dict[str, bool]:
    return {
        number.field: getattr(reward, number.field) is not None,
        "scale": reward.scale is not None,
        "by_member": bool(reward.by_member),
        "personal": reward.personal,
    }


def _check_bounds(path: str, value: int, number: _Number) -> Iterator[Problem]:
    if value > number.most:
        yield Problem(
            path, told("{value} is too much: at most {most}", value=value, most=number.most)
        )
    elif value < number.least:
        yield Problem(
            path,
            told(
                "{value} would take points away: at least {least}", value=value, least=number.least
            ),
        )


def _check_by_member(path: str, reward: ValueReward, ground: Ground) -> Iterator[Problem]:
    """Entries are asked in order: each must name somebody whom none before it names."""
    tiers: set[str] = set()
    segments: set[str] = set()
    for i, entry in enumerate(reward.by_member):
        here = f"{path}[{i}]"
        yield from unknown(f"{here}.tiers", "tier", entry.tiers, ground)
        yield from unknown(f"{here}.segments", "segment", entry.segments, ground)
        if not entry.tiers and not entry.segments:
            yield Problem(here, "name at least one tier or segment")
        elif tiers.issuperset(entry.tiers) and segments.issuperset(entry.segments):
            yield Problem(here, "earlier entries name all of these: this one is never reached")
        tiers.update(entry.tiers)
        segments.update(entry.segments)
