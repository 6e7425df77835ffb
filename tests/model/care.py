"""What operators do for members in the model, from corrections to erasing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from tests.model import shop
from tests.model.points import Points
from tests.model.values import OK, Answer, Given, Lot, Merge, Purchase, Room

if TYPE_CHECKING:
    from tests.model.shop import Rules

#: What every call says about a person who was erased.
GONE: Final[Answer] = ("MEMBER_ERASED", {})


class Care(Points):
    """Calls about members, and what is known beside their points."""

    def __init__(self, members: list[str], now: dt.datetime) -> None:
        super().__init__(members, now)
        #: What was published when.
        self.published = [(now, shop.RULES[0])]
        self.rooms: dict[str, Room] = defaultdict(Room)
        self.purchases: dict[str, Purchase] = {}
        self.freezes: dict[str, tuple[list[tuple[Lot, int]], bool]] = {}
        self.corrections: dict[str, tuple[str, int, list[tuple[Lot, int]], bool]] = {}
        self.gifts: dict[str, Given] = {}

    @property
    def rules(self) -> Rules:
        return self.published[-1][1]

    def adjust(self, name: str, member: str, amount: int) -> Answer:
        if self.is_erased(member):
            return GONE
        owner = self.purse_of(member)
        purse = self.purses[owner]
        if -amount > max(purse.net(self.now), 0):
            return "INSUFFICIENT_POINTS", {}
        if amount > 0:
            moved = [(self.add(name, purse, amount, (0, shop.GIVEN_DAYS), self.now), amount)]
        else:
            moved = self.pick(purse, -amount)
            for lot, part in moved:
                lot.left -= part
        self.corrections[name] = (owner, amount, moved, False)
        self.pay_debts(owner)
        return OK, {}

    def undo(self, name: str) -> Answer:
        """As far as it is there; for the rest the debt policy of now decides."""
        purse, amount, moved, is_undone = self.corrections[name]
        if is_undone:
            return OK, {"changed": 0}
        if self.is_erased(purse):
            return GONE
        if amount > 0:
            lot = moved[0][0]
            there = min(amount, self.free_of(lot))
            owed = self.owes(self.rules, amount - there, purse, [(lot, -there)])
            if isinstance(owed, str):
                return owed, {}
            self.take_from(lot, there)
            self.purses[purse].debt += owed
            self.settle(purse)
        else:
            for lot, part in moved:
                lot.left += part
            self.pay_debts(self.settle(purse))
        self.corrections[name] = (purse, amount, moved, True)
        return OK, {"changed": 1}

    def freeze(self, name: str, member: str, amount: int | None) -> Answer:
        """So many points; all that can be spent without a number."""
        if self.is_erased(member):
            return GONE
        purse = self.purses[self.purse_of(member)]
        available = max(purse.net(self.now), 0)
        wanted = available if amount is None else amount
        if wanted > available or not wanted:
            return "INSUFFICIENT_POINTS", {}
        lots = self.pick(purse, wanted, last=True)
        for lot, part in lots:
            lot.frozen += part
        self.freezes[name] = (lots, False)
        return OK, {"frozen": wanted}

    def restore(self, name: str) -> Answer:
        lots, is_restored = self.freezes[name]
        self.freezes[name] = (lots, True)
        restored = 0 if is_restored else sum(part for _, part in lots)
        for lot, part in lots if restored else ():
            lot.frozen -= part
        return OK, {"restored": restored}

    def freeze_account(self, member: str, lift: bool) -> Answer:
        """All points, also those to come."""
        if self.is_erased(member):
            return GONE
        purse = self.purses[self.purse_of(member)]
        changed = purse.is_frozen == lift
        purse.is_frozen = not lift
        return OK, {"changed": int(changed)}

    def join(self, member: str) -> Answer:
        member = self.who(member)
        if member in self.erased:
            return GONE
        if member in self.at_home:
            return OK, {"changed": 0}
        if self.bound(self.purses[member]):
            return "POINTS_NOT_FREE", {}
        self.at_home.add(member)
        self.settle(member)
        return OK, {"changed": 1}

    def leave(self, member: str) -> Answer:
        member = self.who(member)
        if member in self.erased:
            return GONE
        changed = member in self.at_home
        self.at_home.discard(member)
        return OK, {"changed": int(changed)}

    def merge(self, name: str, absorbed: str, survivor: str) -> Answer:
        if self.is_erased(absorbed) or self.is_erased(survivor):
            return GONE
        known = self.merge_of(absorbed)
        if known is not None and known.survivor == survivor:
            return OK, {"changed": 0, "moved": 0}
        if known is not None or self.merge_of(survivor) or len(self.names_of(absorbed)) > 1:
            return "MEMBER_MERGED", {}
        if {absorbed, survivor} & self.at_home:
            return "MEMBER_IN_HOUSEHOLD", {}
        if any(p.state == "held" and p.owner == absorbed for p in self.purchases.values()):
            return "MEMBER_HAS_HOLD", {}
        if self.bound(self.purses[absorbed]) or self.purses[survivor].is_frozen:
            return "POINTS_NOT_FREE", {}
        self.merges[name] = Merge(absorbed, survivor)
        return OK, {"changed": 1, "moved": self.carry(self.merges[name])}

    def unmerge(self, name: str) -> Answer:
        merge = self.merges[name]
        if merge.is_undone:
            return OK, {"changed": 0, "moved": 0, "debts": 0}
        if merge.survivor in self.erased:
            return GONE
        back = self.give_back(merge)
        if isinstance(back, str):
            return back, {}
        merge.is_undone = True
        return OK, {"changed": 1, **back}

    def erase(self, member: str, write_off: bool) -> Answer:
        """Points and debts end with the person; whatever was bought stays."""
        member = self.who(member)
        purse = self.purses[member]
        if member in self.erased:
            return OK, {"changed": 0, "points": 0, "debts": 0}
        if member in self.at_home:
            return "MEMBER_IN_HOUSEHOLD", {}
        names = self.names_of(member)
        if any(p.state == "held" and p.owner in names for p in self.purchases.values()):
            return "MEMBER_HAS_HOLD", {}
        if self.bound(purse):
            return "POINTS_NOT_FREE", {}
        lots = sorted((x for x in purse.lots if self.now < x.ends), key=lambda x: x.turn)
        if not write_off and (purse.debt or any(lot.free for lot in lots)):
            return "MEMBER_HAS_POINTS", {}
        # After this point nobody is left.
        self.pay_debts(member)
        for lot in lots:
            part = min(lot.free, purse.debt)
            lot.left, purse.debt = lot.left - part, purse.debt - part
        ended = {lot: lot.free for lot in lots}
        for lot, amount in ended.items():
            lot.gone += amount
        owed, purse.debt = purse.debt, 0
        self.erased.add(member)
        return OK, {"changed": 1, "points": sum(ended.values()), "debts": owed}

    def give(self, name: str, member: str, count: int) -> Answer:
        """Mugs for points."""
        if self.is_erased(member):
            return GONE
        owner = self.purse_of(member)
        purse, points = self.purses[owner], count * shop.MUG_MINOR
        if purse.is_frozen:
            return "ACCOUNT_FROZEN", {}
        if points > max(purse.net(self.now), 0):
            return "INSUFFICIENT_POINTS", {}
        if count > shop.MUGS - self.rooms["mug"].taken:
            return "GIFT_OUT_OF_STOCK", {}
        lots = self.pick(purse, points)
        for lot, part in lots:
            lot.left -= part
        self.rooms["mug"].used += count
        self.gifts[name] = Given(owner, count, lots)
        self.pay_debts(owner)
        return OK, {"points": points}

    def take_gift_back(self, name: str) -> Answer:
        given = self.gifts[name]
        if given.is_back:
            return OK, {"changed": 0, "points": 0}
        if self.is_erased(given.purse):
            return GONE
        given.is_back = True
        self.rooms["mug"].used -= given.count
        for lot, part in given.lots:
            lot.left += part
        self.pay_debts(self.settle(given.purse))
        return OK, {"changed": 1, "points": given.count * shop.MUG_MINOR}
