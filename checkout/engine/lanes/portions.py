"""What of its lines a reward works on in the open lane (``docs/rules.md`` §3, "Portions")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.limits import allowed_quantities, binding_limit
from checkout.engine.rewards.portion import Portion
from checkout.engine.schema.rewards import ReducedGoods

if TYPE_CHECKING:
    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledCampaign
    from checkout.engine.lanes.field import Allotment, Field
    from checkout.engine.lanes.lane import CompiledLane
    from checkout.engine.rewards.discount import DiscountReward, Sums


class Unbound:
    """What a reward would wish without limits of units, and the limit that binds its first line."""

    __slots__ = ("campaign", "limit", "wanted_minor")

    def __init__(self, campaign: str, limit: str, wanted_minor: int) -> None:
        """Keep the three."""
        self.campaign = campaign
        self.limit = limit
        self.wanted_minor = wanted_minor


class Portions:
    """The portions of one open lane."""

    __slots__ = ("by_opening", "_current", "_opened_rooms", "case", "granted")

    def __init__(self, case: Case, lane: CompiledLane) -> None:
        """The lane opens: in one of scope `unit`, rooms are remembered as they are now."""
        self.case = case
        self._current = lane.is_current
        self._opened_rooms: dict[CanonicalLine, int] | None = None
        if lane.by_unit:
            self._opened_rooms = {line: line.room_minor for line in case.lines}
        #: Whether what others are granted in this lane does not count for a contender.
        self.by_opening = lane.from_opening
        #: What each campaign was granted on each line, where only its own counts.
        self.granted: dict[tuple[str, CanonicalLine], int] = {}

    def lines_of(self, reward: DiscountReward) -> list[CanonicalLine]:
        """All lines that a reward looks at, in canonical order."""
        choices = reward.works_on
        if len(choices) == 1:
            return self.case.meant_by(choices[0])
        meant = {line for choice in choices for line in self.case.meant_by(choice)}
        return [line for line in self.case.lines if line in meant]

    def of(
        self, campaign: CompiledCampaign, reward: DiscountReward, field: Field
    ) -> list[Portion] | None:
        """What is open to a reward; none if it refuses reduced goods, and meets them."""
        lines = self._lines(campaign.code, reward)
        if lines is None:
            return None
        allowed = allowed_quantities(campaign, self.case)
        if field.whole and allowed is None:
            portions = [
                Portion(
                    line,
                    line.quantity_milli,
                    line.current_minor if self._current else line.start_minor,
                    line.room_minor,
                )
                for line in lines
            ]
            return self._told_reduced(campaign.code, reward, portions)
        code = campaign.code
        portions = self._portions(
            code, {line: field.open_milli(code, line) for line in lines}, allowed
        )
        return self._told_reduced(code, reward, portions)

    def unbound(
        self, campaign: CompiledCampaign, reward: DiscountReward, field: Field, sums: Sums
    ) -> Unbound | None:
        """What a reward would wish without its campaign's limits of units, if they bind it."""
        allowed = allowed_quantities(campaign, self.case)
        lines = self._lines(campaign.code, reward) if allowed is not None else None
        if allowed is None or lines is None:
            return None
        code = campaign.code
        free = {line: field.open_milli(code, line) for line in lines}
        bound = [line for line, q in free.items() if allowed.get(line, q) < q]
        if not bound:
            return None
        portions = self._told_reduced(code, reward, self._portions(code, free, None))
        wish = reward.wish(self.case, portions, sums.copy())
        limit = binding_limit(campaign, self.case, bound[0])
        return Unbound(code, limit.code, wish.total if wish is not None else 0)

    def book(self, campaign: str, line: CanonicalLine, granted_minor: int) -> None:
        """A campaign was granted so much on a line: to be told where only its own counts."""
        key = (campaign, line)
        self.granted[key] = self.granted.get(key, 0) + granted_minor

    def _is_reduced(self, campaign: str, line: CanonicalLine) -> bool:
        """Whether a line's price is below its shelf price, for a contender."""
        if not self.by_opening:
            return line.reduced
        own = self.granted.get((campaign, line), 0)
        return line.opened_minor - own < line.amount_minor

    def _told_reduced(
        self, campaign: str, reward: DiscountReward, portions: list[Portion]
    ) -> list[Portion]:
        """The same; which of them are reduced is only of interest where units are counted."""
        if reward.counts_units and not reward.counts_reduced:
            for portion in portions:
                portion.reduced = self._is_reduced(campaign, portion.line)
        return portions

    def _lines(self, campaign: str, reward: DiscountReward) -> list[CanonicalLine] | None:
        """The lines that are meant and may take part; none if the reward refuses them all."""
        lines = self.lines_of(reward)
        if not reward.counts_reduced:
            if reward.reduced_goods is ReducedGoods.REFUSE and any(
                self._is_reduced(campaign, line) for line in lines
            ):
                return None
            if reward.passes_over_reduced:
                return [line for line in lines if not self._is_reduced(campaign, line)]
        return lines

    def _portions(
        self, campaign: str, quantities: Allotment, allowed: Allotment | None
    ) -> list[Portion]:
        portions = []
        for line, open_milli in quantities.items():
            quantity = open_milli
            if allowed is not None:
                quantity = min(quantity, allowed.get(line, quantity))
            if quantity:
                portions.append(self._portion(campaign, line, quantity))
        return portions

    def _portion(self, campaign: str, line: CanonicalLine, quantity: int) -> Portion:
        if self._opened_rooms is None:
            base = line.current_minor if self._current else line.start_minor
            return Portion(line, quantity, base, line.room_minor)
        portion = Portion(
            line,
            quantity,
            line.opened_minor if self._current else line.start_minor,
            self._opened_rooms[line],
        )
        own = self.granted.get((campaign, line), 0)
        if own:
            portion.room_minor = max(portion.room_minor - own, 0)
            if self._current:
                portion.base_minor = max(portion.base_minor - own, 0)
        # Somebody may have been granted more on the units that it used than their part of the room.
        portion.room_minor = min(portion.room_minor, line.room_minor)
        return portion
