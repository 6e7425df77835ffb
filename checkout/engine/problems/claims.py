"""What must hold at once: conditions taken apart into claims, each that one holds or does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from checkout.engine.problems.problem import Problem
from checkout.engine.schema import conditions as schema
from checkout.engine.schema.member_conditions import Identified

if TYPE_CHECKING:
    from checkout.engine.schema.conditions import Condition

#: Levels of conditions within conditions: more than a manager can read.
DEPTH_MAX: Final = 20
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


def is_too_deep(condition: Condition) -> bool:
    """Whether `all`, `any` and `not` stand too deep in each other."""
    depth, level = 0, [condition]
    while level and depth <= DEPTH_MAX:
        depth += 1
        inner: list[Condition] = []
        for outer in level:
            if isinstance(outer, _SEVERAL):
                inner += outer.of
            elif isinstance(outer, schema.Not):
                inner.append(outer.of)
        level = inner
    return depth > DEPTH_MAX


def is_for_guests_only(claims: list[Claim]) -> bool:
    """Whether the claims of a campaign demand that the sale has no member."""
    return any(not claim.holds and isinstance(claim.condition, Identified) for claim in claims)


def never(claim: Claim, other: Claim, why: str) -> Problem:
    """Two claims that never hold together, told where the one stands."""
    return Problem(claim.path, f"this can never hold together with {other.path}: {why}")
