"""Which gifts of applied campaigns there are, and which are missed (``docs/rules.md`` §6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.outcome import GiftMissed
from checkout.engine.schema.issues import GiveGift

if TYPE_CHECKING:
    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledCampaign, CompiledProgram
    from checkout.engine.outcome import GiftFault


class Gifts:
    """What is left of each gift while campaigns, in order, take theirs: each whole or not at all.

    A gift that the program does not list is only named: nobody counts it.
    """

    __slots__ = ("_case", "_left", "_program", "given", "missed")

    def __init__(self, program: CompiledProgram, case: Case) -> None:
        """Nobody has taken anything."""
        self._program = program
        self._case = case
        self._left = dict(case.facts.gifts_left)
        #: Campaign and place among its issues of what is given.
        self.given: set[tuple[str, int]] = set()
        self.missed: list[GiftMissed] = []

    def take(self, campaign: CompiledCampaign) -> bool:
        """Take the gifts of a campaign; whether any of what it issues is left to it.

        Without a reward a campaign of which all gifts are missed gives nothing: it does not apply.
        """
        some = not campaign.issues
        for place, issue in enumerate(campaign.issues):
            if not isinstance(issue, GiveGift):
                some = True
                continue
            fault = self._fault(issue)
            if fault is None:
                self._left[issue.gift] = self._left.get(issue.gift, 0) - issue.count
                self.given.add((campaign.code, place))
                some = True
            else:
                left = max(self._left.get(issue.gift, 0), 0)
                self.missed.append(GiftMissed(campaign.code, issue.gift, issue.count, left, fault))
        return some

    def _fault(self, issue: GiveGift) -> GiftFault | None:
        gift = self._program.gifts.get(issue.gift)
        if gift is None:
            return None
        case = self._case
        left = self._left.get(issue.gift, 0)
        return gift.fault(case.store.code, case.moment, issue.count, left)
