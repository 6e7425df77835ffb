"""What must hold at once: conditions taken apart into claims, each that one holds or does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from checkout.engine.problems.choices import names_offered
from checkout.engine.problems.problem import Problem
from checkout.engine.schema import conditions as schema
from checkout.engine.schema.member_conditions import PersonalOffer
from checkout.engine.told import told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checkout.engine.schema.conditions import Condition

#: Levels of conditions within conditions, and conditions of one campaign: more than a manager can
#: read.
DEPTH_MAX: Final = 20
CONDITIONS_MAX: Final = 300
_SEVERAL: Final = (schema.All, schema.Any)


class Claim(NamedTuple):
    """A condition, where it stands, and whether it must hold or must not."""

    path: str
    condition: Condition
    holds: bool = True


def claims_of(claim: Claim) -> list[Claim]:
    """All that a claim claims at once.

    What is left of `all`, `any` and `not` are alternatives: one of several must hold.
    """
    found: list[Claim] = []
    _take_apart(claim, found)
    return found


def _take_apart(claim: Claim, found: list[Claim]) -> None:
    path, condition, holds = claim
    if isinstance(condition, _SEVERAL):
        if isinstance(condition, schema.All) is holds or len(condition.of) == 1:
            for part in parts_of(claim):
                _take_apart(part, found)
            return
    elif isinstance(condition, schema.Not):
        _take_apart(Claim(f"{path}.of", condition.of, not holds), found)
        return
    found.append(claim)


def parts_of(claim: Claim) -> list[Claim]:
    """The parts of an `all` or `any`, as they are claimed; none for anything else."""
    condition = claim.condition
    if not isinstance(condition, _SEVERAL):
        return []
    return [
        Claim(f"{claim.path}.of[{i}]", part, claim.holds) for i, part in enumerate(condition.of)
    ]


def too_much(condition: Condition) -> str:
    """What there is too much of in `all`, `any` and `not` inside each other, if anything is."""
    depth, count, level = 0, 0, [condition]
    while level:
        depth += 1
        count += len(level)
        if depth > DEPTH_MAX:
            return told("conditions nest at most {most} deep", most=DEPTH_MAX)
        if count > CONDITIONS_MAX:
            return told("a campaign has at most {most} conditions", most=CONDITIONS_MAX)
        inner: list[Condition] = []
        for outer in level:
            if isinstance(outer, _SEVERAL):
                inner += outer.of
            elif isinstance(outer, schema.Not):
                inner.append(outer.of)
        level = inner
    return ""


def seen_by_others(claims: Iterable[Claim]) -> list[Claim]:
    """Claims that mean the same beside another campaign: an offer is each campaign's own."""
    return [claim for claim in claims if not _is_of_offers(claim.condition)]


def _is_of_offers(condition: Condition) -> bool:
    match condition:
        case schema.All() | schema.Any():
            return any(_is_of_offers(part) for part in condition.of)
        case schema.Not():
            return _is_of_offers(condition.of)
        case PersonalOffer():
            return True
        case _:
            goods = getattr(condition, "goods", None)
            return goods is not None and names_offered(goods)


def never(claim: Claim, other: Claim, why: str) -> Problem:
    """Two claims that never hold together, told where the one stands."""
    return Problem(
        claim.path,
        told("this can never hold together with {path}: {why}", path=other.path, why=told(why)),
    )
