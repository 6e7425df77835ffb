"""From a wish to what is granted: maxima, rooms, bounds (``docs/rules.md`` §3, "Granting")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.outcome import CutBy
from checkout.primitives import UNIT_MILLI, allocate

if TYPE_CHECKING:
    from checkout.engine.lanes.bounds import Bound
    from checkout.engine.rewards.discount import DiscountReward
    from checkout.engine.rewards.wish import Wish


class Granted:
    """What of a wish is granted on each portion; `wanted` is what the explanation shows there."""

    __slots__ = ("by", "cut_by", "parts", "total", "wanted")

    def __init__(self) -> None:
        """Nothing."""
        self.wanted: list[int] = []
        self.parts: list[int] = []
        self.total = 0
        self.by: CutBy | None = None
        #: The bound that cut last, if it was one of those on the total.
        self.cut_by: Bound | None = None


def grant(reward: DiscountReward, wish: Wish, bounds: list[Bound]) -> Granted:
    """As far as it fits: on each line, then in total."""
    granted = Granted()
    rooms = wish.rooms or [portion.room_minor for portion in wish.portions]
    if wish.rule is None:
        _fit_lines(granted, reward, wish, rooms)
    else:
        if reward.bounds_lines:
            rooms = [min(room, _maximum_minor(reward, wish, i)) for i, room in enumerate(rooms)]
        granted.parts = wish.rule.parts(wish.total, wish.weights, rooms)
        granted.wanted = granted.parts
    total = fitting = sum(granted.parts)
    if wish.rule is not None and total < wish.total:
        granted.by = CutBy.FLOOR
    if reward.application_minor is not None:
        most = reward.application_minor * wish.applications
        if total > most:
            total = 0 if reward.above_is_nothing else most
            granted.by = CutBy.MAXIMUM
    for bound in bounds:
        if total > bound.left:
            total = 0 if bound.is_nothing else bound.left
            granted.by = bound.by
            granted.cut_by = bound
    if total < fitting:
        granted.parts = allocate(total, granted.parts, granted.parts)
    granted.total = total
    return granted


def _fit_lines(granted: Granted, reward: DiscountReward, wish: Wish, rooms: list[int]) -> None:
    """Each line's wish under the reward's maximum, then under its room."""
    bounded = reward.bounds_lines
    parts = []
    for i, want in enumerate(wish.wanted):
        part, room = want, rooms[i]
        if bounded:
            most = _maximum_minor(reward, wish, i)
            if part > most:
                part = 0 if reward.above_is_nothing else most
                if granted.by is None:
                    granted.by = CutBy.MAXIMUM
        if part > room:
            part = room
            granted.by = CutBy.FLOOR
        parts.append(part)
    granted.parts = parts
    granted.wanted = wish.wanted


def _maximum_minor(reward: DiscountReward, wish: Wish, i: int) -> int:
    """The reward's maximum on one portion."""
    most = wish.total
    if reward.unit_minor is not None:
        units_milli = UNIT_MILLI if wish.portions[i].line.weighed else wish.quantity_milli(i)
        most = min(most, reward.unit_minor * units_milli // UNIT_MILLI)
    if reward.line_minor is not None:
        most = min(most, reward.line_minor)
    return most
