"""What every call must do to a small shop, on plain values: the oracle of the model tests.

It knows the rules of `tests.model.shop` by heart and nothing of the service: no SQL, no engine, no
ledger. A call is answered with OK and its numbers, or with the reason why nothing happened. Purses
are the members' own and that of one household; whatever is counted with a bound (a weekly limit, a
budget, a coupon, mugs, the till's allowance) is a room of which sales take a part.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from tests.model import shop
from tests.model.bill import Bill, Due, Line, Off, Price, due_by_rest, due_by_shares
from tests.model.care import Care
from tests.model.values import OK, Answer, Lot, Purchase, Room, Sale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.model.shop import Rules


class Model(Care):
    """The shop: each public method is a call, under the name of `tests.model.desk.Desk`."""

    def __init__(self, members: list[str], now: dt.datetime) -> None:
        super().__init__(members, now)
        #: Active ones are rooms; `None` before they are sold, and after that was undone.
        self.certificates: dict[str, Room | None] = {}
        #: Since when they can be used.
        self.coupons: dict[str, dt.datetime] = {}

    # ---- sales

    def buy(self, name: str, sale: Sale) -> Answer:
        """Confirm without a hold."""
        price = self._price(sale)
        if isinstance(price, str):
            return price, {}
        if sale.sells and self.certificates[sale.sells]:
            return "CERTIFICATE_NOT_FOR_SALE", {}
        purchase = self._open(name, sale, price, self.rules)
        purchase.lots = self._pick_for(purchase)
        self._sell(purchase, self.now)
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
        purchase = self._open(name, sale, price, self.rules)
        purchase.lots = self._pick_for(purchase)
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
            price = held if fewer is None else held.bill.paid(fewer)
            if price.certificate > held.certificate:
                return "RECEIPT_DIFFERS", {}
            self._keep(purchase, -1)
            purchase.lots = _first(purchase.lots, price.points)
        else:
            found = self._price(purchase.sale, None if afresh else purchase.made)
            if isinstance(found, str):
                return found, {}
            if not afresh and found.paid != purchase.price.paid:
                return "PRICE_CHANGED", {}
            price = found
            purchase = self._open(name, purchase.sale, price, self.rules)
            purchase.lots = self._pick_for(purchase)
        purchase.price = price
        self._sell(purchase, self.now)
        return OK, price.told

    def cancel(self, name: str) -> Answer:
        purchase = self.purchases[name]
        if purchase.state == "confirmed":
            return "PURCHASE_CONFIRMED", {}
        freed = purchase.price.points if purchase.state == "held" else 0
        self._keep(purchase, -1)
        purchase.state = "cancelled"
        return OK, {"freed": freed}

    def submit(self, name: str, sale: Sale, minutes: int) -> Answer:
        """What a till sold so many minutes ago without the service: it is accepted as it was."""
        made = self.now - dt.timedelta(minutes=minutes)
        rules = [rules for at, rules in self.published if at <= made][-1:] or [shop.RULES[0]]
        bill = self._bill(sale, made, rules[0], is_sold=True)
        points = sale.points or 0
        if points > sum(bill.due):
            return "POINTS_ABOVE_MAXIMUM", {}
        left = shop.ALLOWANCE_MINOR - self.rooms[f"allowance {made.date()}"].used
        if points > left:
            return "OFFLINE_ALLOWANCE_EXCEEDED", {}
        price = bill.paid(points, by_caps=False)
        purchase = self._open(name, sale, price, rules[0])
        purchase.is_sold_offline = True
        if points:
            purse = self.purses[purchase.purse]
            there = sum(part for _, part in self.pick(purse, points, at=made))
            if rules[0].debt != "negative":
                free = sum(part for _, part in self.pick(purse, 10**18, at=made))
                there = min(points, max(free - purse.debt, 0))
            purchase.lots = self.pick(purse, there, at=made)
            short = points - there
            may_owe = {"negative": short, "clip": purse.net_of_all(self.now) - there}
            purchase.owed = min(short, max(may_owe.get(rules[0].debt, 0), 0))
            purchase.written_off = short - purchase.owed
            purse.debt += purchase.owed
        self._sell(purchase, made)
        return OK, price.told

    def credit(self, name: str, member: str) -> Answer:
        """A guest's purchase earns for the member who it was."""
        purchase = self.purchases[name]
        if purchase.state != "confirmed":
            is_held = purchase.state in ("held", "lapsed")
            return "PURCHASE_NOT_CONFIRMED" if is_held else "PURCHASE_CANCELLED", {}
        if purchase.owner:
            is_again = purchase.is_credited and self.who(member) == self.who(purchase.owner)
            is_again = is_again and not self.is_erased(member)
            told = {"earned": purchase.price.told["earned"]}
            return (OK, told) if is_again else ("PURCHASE_HAS_MEMBER", {})
        if purchase.back:
            return "PURCHASE_RETURNED", {}
        if (self.now.date() - purchase.made.date()).days > shop.CREDIT_DAYS:
            return "CREDIT_TOO_LATE", {}
        if self.is_erased(member):
            return "MEMBER_BLOCKED", {}
        purchase.owner, purchase.purse = self.who(member), self.purse_of(member)
        purchase.is_credited = True
        purchase.price = purchase.price.earning(purchase.rules.earned_bp)
        if purchase.price.earned:
            self._earn(purchase, self.now)
        return OK, {"earned": purchase.price.told["earned"]}

    def take_back(self, name: str, lines: Sequence[tuple[int, int]]) -> Answer:
        """So many thousandths by position come back; without any all that is left."""
        purchase = self.purchases[name]
        if purchase.state != "confirmed":
            is_held = purchase.state in ("held", "lapsed")
            return "PURCHASE_NOT_CONFIRMED" if is_held else "PURCHASE_CANCELLED", {}
        sold, had = purchase.milli, purchase.back
        left = {at: sold[at] - had.get(at, 0) for at in sold}
        asked = dict(lines) or {at: milli for at, milli in left.items() if milli}
        for at, milli in asked.items():
            if milli > left.get(at, 0):
                return "RETURN_ABOVE_SOLD" if at in sold else "RETURN_POSITION_UNKNOWN", {}
        if not asked:
            return "RETURN_ABOVE_SOLD", {}
        back = had | {at: had.get(at, 0) + milli for at, milli in asked.items()}
        was = purchase.settled
        due = due_by_shares(purchase.price, back)
        if purchase.goes_by_rest:
            due = due_by_rest(purchase.price, back).at_least(was)
        owed = self._points_back(purchase, was, due)
        if isinstance(owed, str):
            return owed, {}
        # After this point it comes back.
        purchase.back, purchase.settled = back, due
        for room, amount in due.rooms.items():
            self.rooms[room].used -= amount - was.rooms.get(room, 0)
        sale = purchase.sale
        if sale.sells and not purchase.is_unsold:
            self.certificates[sale.sells] = None
            purchase.is_unsold = True
        for code, amount in (
            (sale.certificate, due.certificate - was.certificate),
            (sale.ride, due.rides - was.rides),
        ):
            paid = self.certificates.get(code)
            if paid is not None:
                paid.used -= amount
        return OK, {
            "money": due.money - was.money,
            "points": due.points - was.points,
            "certificate": due.certificate - was.certificate + due.ride - was.ride,
            "taken": due.earned - was.earned if purchase.owner else 0,
            "owed": owed,
        }

    def _points_back(self, purchase: Purchase, was: Due, due: Due) -> int | str:
        """Spent points come back, earned ones are taken: what of these is owed, or why not."""

        def spent(points: int) -> tuple[int, int, int]:
            borne = min(points, purchase.written_off)
            owed = min(points - borne, purchase.owed)
            return borne, owed, points - borne - owed

        (_, unowed, unspent), (_, owed_before, spent_before) = spent(due.points), spent(was.points)
        back = _less(
            _first(purchase.lots[::-1], unspent), _first(purchase.lots[::-1], spent_before)
        )
        wanted = _less(_first(purchase.earned, due.earned), _first(purchase.earned, was.earned))
        taken = [(lot, min(amount, self.free_of(lot))) for lot, amount in wanted]
        short = sum(amount for _, amount in wanted) - sum(amount for _, amount in taken)
        unowes = unowed - owed_before
        paid = unowes - (min(unowes, self.debt_of(purchase.purse)) if unowes else 0)
        moves = [*back, *[(lot, -amount) for lot, amount in taken]]
        owed = self.owes(purchase.rules, short, purchase.purse, moves, unowes)
        sold = self.certificates.get(purchase.sale.sells)
        if isinstance(owed, str):
            return owed
        if sold is not None and sold.taken and not purchase.is_unsold:
            return "CERTIFICATE_ALREADY_SPENT"
        if not purchase.owner:
            return 0
        # After this point they move.
        purse = self.purses[purchase.purse]
        for lot, amount in taken:
            self.take_from(lot, amount)
        for lot, amount in back:
            lot.left += amount
        if unowes:
            self.forgive(purchase.purse, unowes)
        if paid:
            self.add(purchase.name, purse, paid, (0, shop.GIVEN_DAYS), self.now)
        purse.debt += owed
        if due.points > was.points or due.earned > was.earned:
            self.settle(purchase.purse)
        return owed

    # ---- what a manager does

    def issue(self, coupon: str) -> Answer:
        self.coupons[coupon] = self.now
        return OK, {}

    def make_certificate(self, name: str, series: str, activate: bool) -> Answer:
        del series
        self.certificates[name] = Room() if activate else None
        return OK, {}

    def publish(self, rules: int) -> Answer:
        self.published.append((self.now, shop.RULES[rules]))
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

    def _buyer(self, sale: Sale) -> str:
        """Whom a card brings: nobody if the person was erased."""
        return "" if self.is_erased(sale.member) else sale.member

    def _price(self, sale: Sale, at: dt.datetime | None = None) -> Price | str:
        bill = self._bill(sale, at or self.now, self.rules)
        if not self._buyer(sale):
            return bill.paid(0) if not sale.points else "MEMBER_REQUIRED"
        purse = self.purses[self.purse_of(sale.member)]
        has = 0 if purse.is_frozen else max(purse.net(self.now), 0)
        if sale.points is not None and sale.points > has:
            return "ACCOUNT_FROZEN" if purse.is_frozen else "INSUFFICIENT_POINTS"
        if sale.points is not None and sale.points > bill.most_points:
            return "POINTS_ABOVE_MAXIMUM"
        return bill.paid(min(bill.most_points, has) if sale.points is None else sale.points)

    def _bill(self, sale: Sale, at: dt.datetime, rules: Rules, *, is_sold: bool = False) -> Bill:
        """What a sale would come to; what `is_sold` had no need to ask for room."""
        lines = [Line(sku, n * 1_000, n * shop.PRICES[sku]) for sku, n in sale.basket]
        offs = {line.sku: self._off(sale, line, at, is_sold=is_sold) for line in lines}
        certificate, ride = (
            size - room.taken if (room := self.certificates.get(code)) is not None else 0
            for code, size in ((sale.certificate, shop.FACE_MINOR), (sale.ride, shop.RIDES))
        )
        earned_bp = rules.earned_bp if self._buyer(sale) else {}
        rooms = {f"allowance {at.date()}": sale.points} if is_sold and sale.points else {}
        return Bill(tuple(lines), offs, earned_bp, certificate, ride, rooms)

    def _off(self, sale: Sale, line: Line, at: dt.datetime, *, is_sold: bool) -> Off:
        """A discount, if there is room for it."""

        def has_room(bound: int, *names: str) -> bool:
            return is_sold or sum(self.rooms[name].taken for name in names) < bound

        if line.sku == "apple" and line.milli >= shop.APPLES_MILLI:
            return Off(shop.APPLE_OFF_MINOR)
        if line.sku == "soap" and self._buyer(sale):
            who = self.who(sale.member)
            monday = at.date() - dt.timedelta(days=at.weekday())
            if has_room(shop.SOAP_A_WEEK, *[f"soap {n} {monday}" for n in self.names_of(who)]):
                return Off(shop.SOAP_OFF_MINOR, {f"soap {who} {monday}": 1})
        if line.sku == "bread" and has_room(shop.BREAD_USES, "bread"):
            return Off(shop.BREAD_OFF_MINOR, {"bread": 1, shop.BREAD_MONEY: shop.BREAD_OFF_MINOR})
        if line.sku == "towel":
            mug = {"mug": 1} if self.rooms["mug"].taken < shop.MUGS else {}
            if sale.coupon in self.coupons and has_room(1, sale.coupon):
                # Used since, it counts as what the till took, whenever it was issued.
                is_it = self.coupons[sale.coupon] <= at or self.rooms[sale.coupon].taken
                used = {sale.coupon: 1} if is_it else {}
                return Off(shop.TOWEL_OFF_MINOR, used | mug)
            return Off(0, mug)
        return Off()

    def _open(self, name: str, sale: Sale, price: Price, rules: Rules) -> Purchase:
        buyer = self._buyer(sale)
        owner, purse = (self.who(buyer), self.purse_of(buyer)) if buyer else ("", "")
        found = Purchase(name, sale, price, rules, "open", self.now, self.now, owner, purse, Due())
        self.purchases[name] = found
        return found

    def _pick_for(self, purchase: Purchase) -> list[tuple[Lot, int]]:
        points = purchase.price.points
        return self.pick(self.purses[purchase.purse], points) if points else []

    def _keep(self, purchase: Purchase | None, sign: int) -> None:
        """Set aside what a held purchase takes, or give it back."""
        if purchase is None or purchase.state != "held":
            return
        for lot, amount in purchase.lots:
            lot.held += sign * amount
        for name, amount in purchase.price.rooms.items():
            self.rooms[name].held += sign * amount
        for code, amount in (
            (purchase.sale.certificate, purchase.price.certificate),
            (purchase.sale.ride, purchase.price.rides),
        ):
            paying = self.certificates.get(code)
            if paying is not None:
                paying.held += sign * amount

    def _sell(self, purchase: Purchase, at: dt.datetime) -> None:
        sale, price = purchase.sale, purchase.price
        purchase.state = "confirmed"
        for lot, part in purchase.lots:
            lot.left -= part
        if purchase.owner:
            self._earn(purchase, at)
        for name, amount in price.rooms.items():
            self.rooms[name].used += amount
        for code, amount in ((sale.certificate, price.certificate), (sale.ride, price.rides)):
            paying = self.certificates.get(code)
            if paying is not None:
                paying.used += amount
        if sale.sells:
            self.certificates[sale.sells] = Room()

    def _earn(self, purchase: Purchase, at: dt.datetime) -> None:
        """Apples earn at once, bread later; then debts are paid."""
        dates = {"apple": (0, shop.APPLE_DAYS), "bread": (shop.BREAD_DELAY_DAYS, shop.BREAD_DAYS)}
        purse = self.purses[purchase.purse]
        for sku, amount in purchase.price.earned.items():
            purchase.earned.append((self.add(purchase.name, purse, amount, dates[sku], at), amount))
        self.pay_debts(self.settle(purchase.purse))


def _first(parts: list[tuple[Lot, int]], amount: int) -> list[tuple[Lot, int]]:
    """So much, from one after the other."""
    found = []
    for lot, there in parts:
        found.append((lot, min(there, amount)))
        amount -= found[-1][1]
    assert not amount, "no more is wanted than is there"
    return found


def _less(after: list[tuple[Lot, int]], before: list[tuple[Lot, int]]) -> list[tuple[Lot, int]]:
    return [(lot, has - had) for (lot, has), (_, had) in zip(after, before, strict=True)]
