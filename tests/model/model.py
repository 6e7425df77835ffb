"""What every call must do to a small shop, on plain values: the oracle of the model tests.

It knows the rules of `tests.model.shop` by heart and nothing of the service: no SQL, no engine, no
ledger. A call is answered with OK and its numbers, or with the reason why nothing happened. Purses
are the members' own and that of one household; whatever is counted with a bound (a weekly limit, a
budget, a coupon) is a room of which sales take a part.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Final

from tests.model import shop
from tests.model.values import Lot, Price, Purchase, Purse, Room, Sale

OK: Final = "OK"
HOME: Final = "home"
#: Reason or OK, and the numbers of the answer.
Answer = tuple[str, dict[str, int]]


class Model:
    """The shop: each public method is a call, under the name of `tests.model.desk.Desk`."""

    def __init__(self, members: list[str], now: dt.datetime) -> None:
        self.now = now
        self.earned_bp = shop.EARNED_BP[0]
        self.purses = {name: Purse() for name in [*members, HOME]}
        self.at_home: set[str] = set()
        self.rooms: dict[str, Room] = defaultdict(Room)
        #: Active ones have money; `None` before they are sold, and after that was undone.
        self.certificates: dict[str, Room | None] = {}
        self.undone: set[str] = set()
        self.coupons: set[str] = set()
        self.purchases: dict[str, Purchase] = {}
        self.freezes: dict[str, tuple[list[tuple[Lot, int]], bool]] = {}
        self.corrections: dict[str, tuple[str, int, list[tuple[Lot, int]], bool]] = {}
        self.serial = 0

    def purse_of(self, member: str) -> str:
        return HOME if member in self.at_home else member

    # ---- sales

    def buy(self, name: str, sale: Sale) -> Answer:
        """Confirm without a hold."""
        price = self._price(sale)
        if isinstance(price, str):
            return price, {}
        if sale.sells and (self.certificates[sale.sells] or sale.sells in self.undone):
            return "CERTIFICATE_NOT_FOR_SALE", {}
        self._sell(self._open(name, sale, price))
        return OK, price.told

    def hold(self, name: str, sale: Sale, minutes: int) -> Answer:
        """A new hold, or one that replaces the purchase's own."""
        before = self.purchases.get(name)
        if before is not None and before.state in ("confirmed", "cancelled"):
            return f"PURCHASE_{before.state.upper()}", {}
        self._keep(before, -1)
        price = self._price(sale)
        if isinstance(price, str):
            self._keep(before, +1)
            return price, {}
        purchase = self._open(name, sale, price)
        purchase.state, purchase.ends = "held", self.now + dt.timedelta(minutes=minutes)
        self._keep(purchase, +1)
        return OK, price.told

    def extend(self, name: str, minutes: int) -> Answer:
        purchase = self.purchases[name]
        if purchase.state in ("confirmed", "cancelled"):
            return f"PURCHASE_{purchase.state.upper()}", {}
        if purchase.state == "lapsed":
            return "HOLD_EXPIRED", {}
        until = min(self.now + dt.timedelta(minutes=minutes), purchase.extensible_to)
        # Some moment has passed since the last call: the same minutes reach further.
        if until < purchase.ends or purchase.ends == purchase.extensible_to:
            return "HOLD_EXTENSION_EXHAUSTED", {}
        purchase.ends = until
        return OK, {}

    def confirm(self, name: str, fewer: int | None, *, afresh: bool) -> Answer:
        """Confirm what is or was held: with fewer points, or (after its end) as a new receipt."""
        purchase = self.purchases[name]
        if purchase.state == "confirmed":
            return OK, purchase.price.told
        if purchase.state == "cancelled":
            return "PURCHASE_CANCELLED", {}
        if purchase.state == "held":
            held = purchase.price
            price = held.with_points(held.points if fewer is None else fewer)
            if price.certificate > held.certificate:
                return "RECEIPT_DIFFERS", {}
            self._keep(purchase, -1)
        else:
            found = self._price(purchase.sale, None if afresh else purchase.made)
            if isinstance(found, str):
                return found, {}
            if not afresh and found.paid != purchase.price.paid:
                return "PRICE_CHANGED", {}
            purchase, price = self._open(name, purchase.sale, found), found
        purchase.price = price
        self._sell(purchase)
        return OK, price.told

    def cancel(self, name: str) -> Answer:
        purchase = self.purchases[name]
        if purchase.state == "confirmed":
            return "PURCHASE_CONFIRMED", {}
        freed = purchase.price.points if purchase.state == "held" else 0
        self._keep(purchase, -1)
        purchase.state = "cancelled"
        return OK, {"freed": freed}

    def take_back(self, name: str, units: int) -> Answer:
        """So many units come back; all that is left, if 0."""
        purchase = self.purchases[name]
        if purchase.state != "confirmed":
            is_held = purchase.state in ("held", "lapsed")
            return "PURCHASE_NOT_CONFIRMED" if is_held else "PURCHASE_CANCELLED", {}
        sale, price, had = purchase.sale, purchase.price, purchase.back
        has = had + units if units else sale.units
        if has > sale.units or has == had:
            return "RETURN_ABOVE_SOLD", {}
        sold = self.certificates.get(sale.sells)
        if sold is not None and (sold.used or sold.held):
            return "CERTIFICATE_ALREADY_SPENT", {}

        def due(whole: int) -> int:
            return whole * has // sale.units - whole * had // sale.units

        # After this point it comes back.
        purchase.back = has
        points, earned = due(price.points), due(price.earned)
        skipped = price.points * had // sale.units
        left = points
        for lot, amount in reversed(purchase.lots):
            skip = min(skipped, amount)
            part = min(amount - skip, left)
            lot.left, left, skipped = lot.left + part, left - part, skipped - skip
        owed = self._take_from(purchase.earned, earned, purchase.purse)
        if points or earned:
            self._pool(purchase.purse)
        for room, amount in price.rooms.items():
            is_money = room == "bread money"
            self.rooms[room].used -= due(amount) if is_money else amount * (has == sale.units)
        if sold is not None:
            self.certificates[sale.sells] = None
            self.undone.add(sale.sells)
        paid = self.certificates.get(sale.certificate)
        if paid is not None:
            paid.used -= due(price.certificate)
        told = {"money": due(price.pays), "points": points, "certificate": due(price.certificate)}
        return OK, told | {"taken": earned, "owed": owed}

    # ---- operators

    def adjust(self, name: str, member: str, amount: int) -> Answer:
        purse = self.purses[self.purse_of(member)]
        if -amount > max(purse.net(self.now), 0):
            return "INSUFFICIENT_POINTS", {}
        if amount > 0:
            moved = [(self._add(purse, amount, 0, shop.GIVEN_DAYS), amount)]
        else:
            moved = self._pick(purse, -amount)
            for lot, part in moved:
                lot.left -= part
        self.corrections[name] = (self.purse_of(member), amount, moved, False)
        self._pay_debts(purse)
        return OK, {}

    def undo(self, name: str) -> Answer:
        purse, amount, moved, is_undone = self.corrections[name]
        if is_undone:
            return OK, {"changed": 0}
        self.corrections[name] = (purse, amount, moved, True)
        if amount > 0:
            self._take_from(moved[0][0], amount, purse)
            self._pool(purse)
        else:
            for lot, part in moved:
                lot.left += part
            self._pay_debts(self.purses[self._pool(purse)])
        return OK, {"changed": 1}

    def freeze(self, name: str, member: str, amount: int) -> Answer:
        purse = self.purses[self.purse_of(member)]
        if amount > max(purse.net(self.now), 0):
            return "INSUFFICIENT_POINTS", {}
        lots = self._pick(purse, amount, last=True)
        for lot, part in lots:
            lot.frozen += part
        self.freezes[name] = (lots, False)
        return OK, {}

    def restore(self, name: str) -> Answer:
        lots, is_restored = self.freezes[name]
        self.freezes[name] = (lots, True)
        restored = 0 if is_restored else sum(part for _, part in lots)
        for lot, part in lots if restored else ():
            lot.frozen -= part
        return OK, {"restored": restored}

    def join(self, member: str) -> Answer:
        if member in self.at_home:
            return OK, {"changed": 0}
        if any(lot.held or lot.frozen for lot in self.purses[member].lots):
            return "POINTS_NOT_FREE", {}
        self.at_home.add(member)
        self._pool(member)
        return OK, {"changed": 1}

    def leave(self, member: str) -> Answer:
        changed = member in self.at_home
        self.at_home.discard(member)
        return OK, {"changed": int(changed)}

    def issue(self, coupon: str) -> Answer:
        self.coupons.add(coupon)
        return OK, {}

    def make_certificate(self, name: str, activate: bool) -> Answer:
        self.certificates[name] = Room() if activate else None
        return OK, {}

    def publish(self, rules: int) -> Answer:
        self.earned_bp = shop.EARNED_BP[rules]
        return OK, {}

    def pass_time(self, minutes: int) -> Answer:
        """Holds whose time is over have ended."""
        self.now += dt.timedelta(minutes=minutes)
        for purchase in self.purchases.values():
            if purchase.state == "held" and purchase.ends <= self.now:
                self._keep(purchase, -1)
                purchase.state = "lapsed"
        return OK, {}

    # ---- parts

    def _price(self, sale: Sale, at: dt.datetime | None = None) -> Price | str:
        rooms = self._rooms_for(sale, at or self.now)
        off = {"soap": shop.SOAP_OFF_MINOR, "bread": shop.BREAD_OFF_MINOR}
        discount = off.get(sale.sku, shop.TOWEL_OFF_MINOR) if rooms else 0
        due = shop.PRICES[sale.sku] * sale.units - discount
        most = min(due * shop.POINTS_BP // 10_000, due - shop.MONEY_MIN_MINOR)
        has = max(self.purses[self.purse_of(sale.member)].net(self.now), 0)
        if sale.points is not None and sale.points > has:
            return "INSUFFICIENT_POINTS"
        if sale.points is not None and sale.points > most:
            return "POINTS_ABOVE_MAXIMUM"
        points = min(most, has) if sale.points is None else sale.points
        paying = self.certificates.get(sale.certificate)
        left = shop.FACE_MINOR - paying.used - paying.held if paying is not None else 0
        earned_bp = self.earned_bp.get(sale.sku, 0)
        return Price(due, 0, 0, 0, earned_bp, discount, rooms, left).with_points(points)

    def _rooms_for(self, sale: Sale, at: dt.datetime) -> dict[str, int]:
        """What a discount takes; nothing where there is none left."""

        def has_room(name: str, bound: int) -> bool:
            return self.rooms[name].used + self.rooms[name].held < bound

        monday = at.date() - dt.timedelta(days=at.weekday())
        weekly = f"soap {sale.member} {monday}"
        if sale.sku == "soap" and has_room(weekly, shop.SOAP_A_WEEK):
            return {weekly: 1}
        if sale.sku == "bread" and has_room("bread", shop.BREAD_USES):
            return {"bread": 1, "bread money": shop.BREAD_OFF_MINOR}
        if sale.sku == "towel" and sale.coupon in self.coupons and has_room(sale.coupon, 1):
            return {sale.coupon: 1}
        return {}

    def _open(self, name: str, sale: Sale, price: Price) -> Purchase:
        purse = self.purse_of(sale.member)
        until = self.now + dt.timedelta(hours=2)
        purchase = Purchase(sale, price, "open", self.now, self.now, until, purse)
        purchase.lots = self._pick(self.purses[purse], price.points)
        self.purchases[name] = purchase
        return purchase

    def _keep(self, purchase: Purchase | None, sign: int) -> None:
        """Set aside what a held purchase takes, or give it back."""
        if purchase is None or purchase.state != "held":
            return
        for lot, amount in purchase.lots:
            lot.held += sign * amount
        for name, amount in purchase.price.rooms.items():
            self.rooms[name].held += sign * amount
        paying = self.certificates.get(purchase.sale.certificate)
        if paying is not None:
            paying.held += sign * purchase.price.certificate

    def _sell(self, purchase: Purchase) -> None:
        sale, price = purchase.sale, purchase.price
        left, spent = price.points, []
        for lot, amount in purchase.lots:
            part = min(left, amount)
            lot.left, left = lot.left - part, left - part
            spent.append((lot, part))
        purchase.lots, purchase.state = spent, "confirmed"
        purse = self.purses[purchase.purse]
        if price.earned:
            dates = (0, shop.APPLE_DAYS) if sale.sku == "apple" else (2, shop.BREAD_DAYS)
            purchase.earned = self._add(purse, price.earned, *dates)
        self._pay_debts(self.purses[self._pool(purchase.purse)])
        for name, amount in price.rooms.items():
            self.rooms[name].used += amount
        paying = self.certificates.get(sale.certificate)
        if paying is not None:
            paying.used += price.certificate
        if sale.sells:
            self.certificates[sale.sells] = Room()

    def _add(self, purse: Purse, amount: int, delay_days: int, days: int) -> Lot:
        day = self.now.replace(hour=0, minute=0) + dt.timedelta(days=delay_days)
        self.serial += 1
        starts = day if delay_days else self.now
        lot = Lot(self.serial, starts, day + dt.timedelta(days=days), amount)
        purse.lots.append(lot)
        return lot

    def _pick(self, purse: Purse, amount: int, *, last: bool = False) -> list[tuple[Lot, int]]:
        picked = []
        for lot in sorted(purse.spendable(self.now), key=lambda x: x.turn, reverse=last):
            part = min(amount, lot.free)
            if part:
                picked.append((lot, part))
                amount -= part
        assert not amount, "no more is picked than is there"
        return picked

    def _take_from(self, lot: Lot | None, amount: int, purse: str) -> int:
        """Points that were given are taken back; what is gone of them is owed."""
        if lot is None:
            return 0
        there = min(amount, lot.free)
        lot.left -= there
        self.purses[purse].debt += amount - there
        return amount - there

    def _pay_debts(self, purse: Purse) -> None:
        paid = min(purse.debt, sum(lot.free for lot in purse.spendable(self.now)))
        for lot, part in self._pick(purse, paid):
            lot.left -= part
        purse.debt -= paid

    def _pool(self, name: str) -> str:
        """Whoever is in the household has nothing of their own."""
        if name not in self.at_home:
            return name
        own, home = self.purses[name], self.purses[HOME]
        for lot in own.lots:
            if lot.free > 0 and lot.ends > self.now:
                moved = Lot(10**6 + lot.serial, lot.starts, lot.ends, lot.free)
                home.lots.append(moved)
                lot.left -= moved.left
        home.debt, own.debt = home.debt + own.debt, 0
        return HOME
