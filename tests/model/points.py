"""Whose points are where, in the model: purses of members and of one household, and merges."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from tests.model.values import Lot, Merge, Purse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.model.shop import Rules

HOME: Final = "home"
#: So long after it ended an end is booked.
_BOOKED_AFTER: Final = dt.timedelta(minutes=15)


class Points:
    """Purses by name, and the ways in which points move; calls are made of these."""

    def __init__(self, members: Iterable[str], now: dt.datetime) -> None:
        self.now = now
        self.purses = {name: Purse() for name in [*members, HOME]}
        self.at_home: set[str] = set()
        self.merges: dict[str, Merge] = {}
        #: Who stands for nobody any more, by the name that stands for all of them.
        self.erased: set[str] = set()
        self.serial = 0

    # ---- who is who

    def merge_of(self, name: str) -> Merge | None:
        """Under which the member is another name of somebody else."""
        found = [m for m in self.merges.values() if m.absorbed == name and not m.is_undone]
        return found[0] if found else None

    def who(self, member: str) -> str:
        """Whom a card means."""
        merge = self.merge_of(member)
        return merge.survivor if merge is not None else member

    def is_erased(self, name: str) -> bool:
        return self.who(name) in self.erased

    def names_of(self, member: str) -> list[str]:
        return [name for name in self.purses if self.who(name) == member]

    def purse_of(self, member: str) -> str:
        """Whose points are spent; a guest has none."""
        who = self.who(member)
        return HOME if who in self.at_home else who

    # ---- lots

    def add(
        self, name: str, purse: Purse, amount: int, days: tuple[int, int], at: dt.datetime
    ) -> Lot:
        """Points from the beginning of a day some days later (0: at once), for so many days."""
        delay, lives = days
        day = at.replace(hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(days=delay)
        self.serial += 1
        starts = day if delay else at
        lot = Lot(name, self.serial, starts, day + dt.timedelta(days=lives), amount)
        purse.lots.append(lot)
        return lot

    def take_turns(self, order: Sequence[tuple[str, dt.date, dt.date]]) -> None:
        """Of lots with the same days, spend in this order from now on: names, with the days.

        Which of two calls came first says nothing about their lots, if these were made at once.
        """
        lots = [lot for purse in self.purses.values() for lot in purse.lots]
        of_name: dict[tuple[str, dt.date, dt.date], set[tuple[dt.datetime, int]]]
        of_days: dict[tuple[dt.date, dt.date], set[tuple[dt.datetime, int]]]
        of_name, of_days = defaultdict(set), defaultdict(set)
        for lot in lots:
            of_name[lot.name, *lot.days].add((lot.starts, lot.serial))
            of_days[lot.days].add((lot.starts, lot.serial))
        turns = {days: sorted(found) for days, found in of_days.items()}
        had = {key: sorted(found) for key, found in of_name.items()}
        # A lot in which nothing is left may be on one side only: the order of calls that explains
        # all the rest need not be that in which they were made.
        named = [had[key].pop(0) for key in order if had.get(key)]
        left = sorted(each for found in had.values() for each in found)
        days_of = {(lot.starts, lot.serial): lot.days for lot in lots}
        new = {each[1]: turns[days_of[each]].pop(0) for each in [*named, *left]}
        for lot in lots:
            lot.starts, lot.serial = new[lot.serial]

    def pick(
        self, purse: Purse, amount: int, *, last: bool = False, at: dt.datetime | None = None
    ) -> list[tuple[Lot, int]]:
        """As much as there is; `at` a moment before, also what ended since and is not booked."""
        ended = self.now if at is None else max(at, self.now - _BOOKED_AFTER)
        lots = [lot for lot in purse.lots if lot.starts <= self.now and ended < lot.ends]
        picked = []
        for lot in sorted(lots, key=lambda x: x.turn, reverse=last):
            part = min(amount, lot.free)
            if part:
                picked.append((lot, part))
                amount -= part
        return picked

    def free_of(self, lot: Lot) -> int:
        """What is there of a lot, wherever it was moved."""
        return sum(each.there for each in self._all_of(lot))

    def take_from(self, lot: Lot, amount: int) -> None:
        for each in self._all_of(lot):
            part = min(each.there, amount)
            each.left, amount = each.left - part, amount - part
            each.gone = min(each.gone, each.there)
        assert not amount, "no more is taken than is there"

    def _all_of(self, lot: Lot) -> list[Lot]:
        """A lot, and what merging moved of it; what has ended of that is there still."""
        owner = next(name for name, purse in self.purses.items() if lot in purse.lots)
        moved = [x for x in self.purses[self.who(owner)].lots if x.source is lot]
        return [lot, *moved] if self.who(owner) != owner else [lot]

    # ---- debts

    def pay_debts(self, name: str) -> None:
        purse = self.purses[name]
        for lot, part in self.pick(purse, purse.debt):
            lot.left -= part
            purse.debt -= part

    def debt_of(self, name: str) -> int:
        """What a purse owes, also where its debts were moved."""
        merge, own = self.merge_of(name), self.purses[name].debt
        return own + min(merge.debt, self.purses[merge.survivor].debt) if merge is not None else own

    def forgive(self, name: str, amount: int) -> int:
        """Owe so much less, as far as so much is owed."""
        gone = min(amount, self.debt_of(name))
        own = min(gone, self.purses[name].debt)
        self.purses[name].debt -= own
        merge = self.merge_of(name)
        if merge is not None:
            self.purses[merge.survivor].debt -= gone - own
            merge.debt -= gone - own
        return gone

    def owes(
        self,
        rules: Rules,
        short: int,
        name: str,
        moves: list[tuple[Lot, int]],
        new: int = 0,
    ) -> int | str:
        """Of points that are to be taken back and are gone: what is owed, or why not.

        `moves` are what else comes to lots of the purse and (below 0) goes; `new` is a new lot, or
        what is owed no more.
        """
        if not short or rules.debt == "negative":
            return short
        paying = {self.purse_of(name)} | ({name} if self.who(name) == name else set())
        purses = [self.purses[each] for each in paying]
        net = new
        net += sum(purse.net_of_all(self.now) for purse in purses)
        net += sum(amount for lot, amount in moves if self.now < lot.ends)
        if rules.debt == "clip":
            return min(short, max(net, 0))
        net -= sum(lot.held for purse in purses for lot in purse.lots if self.now < lot.ends)
        return "POINTS_ALREADY_SPENT" if short > net else short

    # ---- what moves on

    def settle(self, name: str) -> str:
        """What came to a purse moves on to whoever has its points now."""
        merge = self.merge_of(name)
        if merge is not None:
            self.carry(merge)
            name = merge.survivor
        if name not in self.at_home:
            return name
        self._move(name, HOME, is_followed=False)
        return HOME

    def carry(self, merge: Merge) -> int:
        """Everything of the absorbed moves to the survivor; how many points."""
        merge.debt += self.purses[merge.absorbed].debt
        return self._move(merge.absorbed, merge.survivor, is_followed=True)

    def _move(self, giver: str, taker: str, *, is_followed: bool) -> int:
        own, other, points = self.purses[giver], self.purses[taker], 0
        for lot in own.lots:
            amount = lot.free
            if amount > 0 and self.now < lot.ends:
                source = lot if is_followed else None
                moved = Lot(lot.name, lot.serial, lot.starts, lot.ends, amount, source=source)
                other.lots.append(moved)
                lot.left -= amount
                points += amount
        other.debt, own.debt = other.debt + own.debt, 0
        return points

    def give_back(self, merge: Merge) -> dict[str, int] | str:
        """What is there still of what a merge moved."""
        survivor, absorbed = self.purses[merge.survivor], self.purses[merge.absorbed]
        moved = [lot for lot in survivor.lots if lot.source in absorbed.lots]
        for lot in moved:
            is_frozen = survivor.is_frozen and lot.free and self.now < lot.ends
            if lot.held or lot.frozen or is_frozen:
                return "POINTS_NOT_FREE"
        points = 0
        for lot in moved:
            if lot.source is not None:
                points += lot.free if self.now < lot.ends else 0
                lot.source.left += lot.free
                lot.left -= lot.free
        debt = min(merge.debt, survivor.debt)
        survivor.debt, absorbed.debt = survivor.debt - debt, absorbed.debt + debt
        merge.debt -= debt
        return {"moved": points, "debts": debt}

    @staticmethod
    def bound(purse: Purse) -> bool:
        """Whether something of it cannot move."""
        return purse.is_frozen or any(lot.held or lot.frozen for lot in purse.lots)
