"""A phase: what grants in the lanes of a receipt, discounts first and points later.

`checkout.engine.lanes.policies` decides who works, and on what; a phase lets a contender's rewards
work, and books what they are granted.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledCampaign
    from checkout.engine.lanes.field import Field
    from checkout.engine.lanes.lane import CompiledLane
    from checkout.engine.rewards.reward import CompiledReward


class Contender:
    """A campaign in a lane, with its rewards there."""

    __slots__ = ("campaign", "code", "rewards")

    def __init__(self, campaign: CompiledCampaign, rewards: list[CompiledReward]) -> None:
        """Keep both."""
        self.campaign = campaign
        self.code = campaign.code
        self.rewards = rewards


class Trial:
    """What a contender would be granted alone: on each line, in total, and what it would use."""

    __slots__ = ("by_line", "total", "used")

    def __init__(
        self,
        by_line: dict[CanonicalLine, int],
        total: int,
        used: dict[CanonicalLine, int] | None = None,
    ) -> None:
        """Keep all; what is used is known in lanes of scope `unit`."""
        self.by_line = by_line
        self.total = total
        self.used = used or {}


class ShutOut(NamedTuple):
    """What kept a contender from working in a lane, whatever was left: a campaign, and by what."""

    by: str
    #: `not_with`, the mark of exclusiveness, or `first`: that one kept the lane.
    why: str


class Contest:
    """A lane for a full explanation, as it opened.

    What each contender would have been granted alone, which lines were already reduced, and, when
    the lane has worked, who was shut out of it.
    """

    __slots__ = ("alone", "lane", "reduced", "shut_out")

    def __init__(
        self, lane: CompiledLane, alone: list[tuple[Contender, Trial]], reduced: set[CanonicalLine]
    ) -> None:
        """Keep all; nobody is shut out yet."""
        self.lane = lane
        self.alone = alone
        self.reduced = reduced
        self.shut_out: dict[str, ShutOut] = {}


#: How many contests there are, and who is shut out of the last one.
Noted = tuple[int, dict[str, ShutOut]]


class Phase(ABC):
    """Discounts, or points."""

    __slots__ = ("case", "contests")

    def __init__(self, case: Case, *, explains: bool = False) -> None:
        """Work on a receipt; a full explanation tries every contender alone first."""
        self.case = case
        self.contests: list[Contest] | None = [] if explains else None

    @abstractmethod
    def open_lane(self, lane: CompiledLane) -> None:
        """A lane opens: prices stand as earlier lanes left them."""

    @abstractmethod
    def work(self, contender: Contender, field: Field) -> int:
        """Let a contender's rewards work on what is open to it; what they were granted.

        Who was granted something is added to `case.granted`.
        """

    @abstractmethod
    def trial(self, contender: Contender, field: Field) -> Trial:
        """What `work` would grant, without the program's limits and cap; nothing is changed."""

    def may_work(self, contender: Contender) -> bool:
        """Whether nobody has been granted something beside whom the campaign does not stand."""
        apart = self.case.apart.get(contender.code)
        if apart is None or self.case.granted.isdisjoint(apart):
            return True
        if self.contests is not None:
            self.shut_out((contender,), min(apart & self.case.granted), "not_with")
        return False

    def shut_out(self, contenders: Iterable[Contender], by: str, why: str) -> None:
        """For a full explanation: these do not work in the open lane, because of that one."""
        if self.contests:
            for contender in contenders:
                if contender.code != by:
                    self.contests[-1].shut_out.setdefault(contender.code, ShutOut(by, why))

    def noted(self) -> Noted:
        """What is noted of contests so far, to come back to."""
        if not self.contests:
            return 0, {}
        return len(self.contests), dict(self.contests[-1].shut_out)

    def forget(self, noted: Noted) -> None:
        """Take back what was noted of contests since then."""
        if self.contests:
            count, shut_out = noted
            del self.contests[count:]
            if self.contests:
                self.contests[-1].shut_out = shut_out

    def apart_from(self, campaign: str) -> set[str]:
        """The campaigns beside which an open one does not stand, whichever of the two says so."""
        return self.case.apart.get(campaign, set())


def contenders(case: Case, campaigns: Iterable[CompiledCampaign], lane: str) -> list[Contender]:
    """The open campaigns (which come in order) with rewards in a lane, whose late conditions hold.

    Call it when the lane opens.
    """
    found = []
    for campaign in campaigns:
        rewards = campaign.rewards_by_lane.get(lane)
        if rewards is not None and all(part.holds(case) for part in campaign.late_parts):
            found.append(Contender(campaign, rewards))
    return found
