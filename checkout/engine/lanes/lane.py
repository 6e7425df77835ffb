"""A lane, compiled: what its settings mean to whoever works in it, decided once per snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.schema.program import LaneBase, LanePolicy, LaneScope

if TYPE_CHECKING:
    from checkout.engine.schema.program import Lane

#: Policies that value what contenders would be granted from where the lane opened.
_CHOSEN_FROM_THE_OPENING: Final = (LanePolicy.BEST, LanePolicy.BEST_COMBINATION)


class CompiledLane:
    """An ordered place of a program where rewards meet.

    `by_unit`: units that one contender used are closed to others; `by_line`: lines are. `alone`:
    the first that is granted something has the lane for itself. `from_opening`: what others are
    granted in this lane does not count for a contender. `is_current` and `adds_up` are the bases
    of percentages.
    """

    __slots__ = (
        "adds_up",
        "alone",
        "by_line",
        "by_unit",
        "code",
        "from_opening",
        "is_best",
        "is_combined",
        "is_current",
        "of_receipt",
        "phase",
        "plain",
        "policy",
        "scope",
        "work_steps",
    )

    def __init__(
        self, lane: Lane, policy: LanePolicy | None = None, scope: LaneScope | None = None
    ) -> None:
        """Take over a lane's settings, or others instead of its policy and scope."""
        self.code = lane.code
        self.phase = lane.phase
        self.policy = policy or lane.policy
        self.scope = scope or lane.scope
        self.work_steps = lane.work_steps
        self.is_current = lane.base is LaneBase.CURRENT
        self.adds_up = lane.base is LaneBase.ADDED_UP
        self.is_best = self.policy is LanePolicy.BEST
        self.is_combined = self.policy is LanePolicy.BEST_COMBINATION
        self.of_receipt = self.scope is LaneScope.RECEIPT
        first = self.policy is LanePolicy.FIRST
        self.alone = first and self.of_receipt
        self.by_line = first and self.scope is LaneScope.LINE
        self.by_unit = self.scope is LaneScope.UNIT and self.policy is not LanePolicy.ALL
        self.from_opening = self.by_unit or self.policy in _CHOSEN_FROM_THE_OPENING
        #: Of `best_combination`: the same with the policies than which it is never worse. `best`
        #: knows no units: there each line goes to one contender.
        self.plain: tuple[CompiledLane, ...] = ()
        if self.is_combined:
            self.plain = (
                CompiledLane(lane, LanePolicy.BEST, LaneScope.LINE),
                CompiledLane(lane, LanePolicy.FIRST),
            )
