"""Claims of which one of several parts must hold: parts that contradict the rest fall away.

What is left of `any` (or of an `all` that must not hold) is looked at part by part; where one part
is left, it is claimed, too. So nothing is called impossible that could hold, but not everything is
found that could not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.problems.claims import Claim, claims_of, parts_of
from checkout.engine.problems.contradictions import contradictions
from checkout.engine.problems.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.conditions import Condition
    from checkout.engine.schema.schedule import Schedule

#: Parts of one campaign that are held against the rest.
_TRIED_MAX: Final = 1_000


class Together:
    """Claims of one campaign, or of two that shall meet, at moments in all of the schedules."""

    __slots__ = ("_claims", "_ground", "_schedules", "_tried")

    def __init__(
        self, claims: Sequence[Claim], schedules: tuple[Schedule, ...], ground: Ground
    ) -> None:
        """Nothing is looked at yet."""
        self._claims = tuple(claims)
        self._schedules = schedules
        self._ground = ground
        self._tried = 0

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What is claimed."""
        return self._claims

    def problem(self) -> Problem | None:
        """The first claim that leaves nothing, if the parts of `any` are gone through, too."""
        self._tried = 0
        return self._first_problem((), self._claims)

    def excludes(self, condition: Condition) -> bool:
        """Whether one more condition can never hold beside these."""
        if not self._claims:
            return False
        claims = (*self._claims, *claims_of(Claim("", condition)))
        return Together(claims, self._schedules, self._ground).problem() is not None

    def _first_problem(self, known: tuple[Claim, ...], claims: Sequence[Claim]) -> Problem | None:
        """What is wrong with claims beside others among which nothing is."""
        self._tried += 1
        known += tuple(claim for claim in claims if not parts_of(claim))
        found = contradictions(known, self._schedules, self._ground)
        if found:
            return found[0]
        several = [claim for claim in claims if parts_of(claim)]
        while several:
            left: list[Claim] = []
            only: list[Claim] = []
            for claim in several:
                parts = self._parts_left(known, claim)
                if not parts:
                    return _exhausted(claim)
                if len(parts) == 1:
                    only += claims_of(parts[0])
                else:
                    left.append(claim)
            if not only or self._tried > _TRIED_MAX:
                break
            known += tuple(claim for claim in only if not parts_of(claim))
            found = contradictions(known, self._schedules, self._ground)
            if found:
                return found[0]
            several = left + [claim for claim in only if parts_of(claim)]
        return None

    def _parts_left(self, known: tuple[Claim, ...], claim: Claim) -> list[Claim]:
        return [
            part
            for part in parts_of(claim)
            if self._tried > _TRIED_MAX or self._first_problem(known, claims_of(part)) is None
        ]


def _exhausted(claim: Claim) -> Problem:
    if claim.holds:
        return Problem(claim.path, "none of these can hold beside the other conditions")
    return Problem(claim.path, "all of these hold wherever the other conditions do")
