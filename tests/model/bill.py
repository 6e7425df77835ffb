"""What a receipt comes to, and what of it is due when goods come back: arithmetic of the model."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tests.model import shop

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Line:
    """A position as it is sold."""

    sku: str
    milli: int
    amount: int


@dataclass(frozen=True)
class Off:
    """What comes off an article, and the rooms that this takes a part of."""

    minor: int = 0
    rooms: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """What a position comes to."""

    sku: str
    milli: int
    discount: int
    pays: int
    points: int
    certificate: int
    ride: int
    rides: int
    earned: int


@dataclass(frozen=True)
class Bill:
    """Lines, what comes off them, and what they can be paid with."""

    lines: tuple[Line, ...]
    offs: Mapping[str, Off]
    earned_bp: Mapping[str, int]
    certificate: int = 0
    rides: int = 0
    #: Rooms that come back with the last of the goods.
    rooms: Mapping[str, int] = field(default_factory=dict)

    @property
    def most_points(self) -> int:
        """Half of each line, but for the last money."""
        left = [due - ride for due, _, ride in self._due()]
        most = sum(each * shop.POINTS_BP // 10_000 for each in left)
        return max(min(most, sum(left) - shop.MONEY_MIN_MINOR), 0)

    @property
    def due(self) -> list[int]:
        return [due for due, _, _ in self._due()]

    def paid(self, points: int, *, by_caps: bool = True) -> Price:
        """Passes pay first, then points (over what they may pay of each line), certificates, money.

        What was paid elsewhere lies over all that was due, not `by_caps`.
        """
        lines = self._due()
        left = [due - ride for due, _, ride in lines]
        caps = [each * shop.POINTS_BP // 10_000 for each in left] if by_caps else left
        spent = _spread(points, caps)
        left = [each - part for each, part in zip(left, spent, strict=True)]
        paid = _spread(min(self.certificate, sum(left)), left)
        rows, exact = [], 0
        for line, (due, rides, ride), own, part in zip(self.lines, lines, spent, paid, strict=True):
            # Down for the receipt as a whole.
            before = exact // 10_000
            exact += (due - own) * self.earned_bp.get(line.sku, 0)
            earned = exact // 10_000 - before
            off = self.offs.get(line.sku, Off()).minor
            pays = due - ride - own - part
            rows.append(Row(line.sku, line.milli, off, pays, own, part, ride, rides, earned))
        return Price(self, tuple(rows))

    def staying(self, back: Mapping[int, int], paid: Price) -> Bill:
        """The rest, paid with no more than it was, and with no room that it did not take."""
        lines = tuple(
            Line(
                line.sku,
                line.milli - back.get(at, 0),
                line.amount - line.amount * back.get(at, 0) // line.milli,
            )
            for at, line in enumerate(self.lines, start=1)
            if back.get(at, 0) < line.milli
        )
        apples = sum(line.milli for line in lines if line.sku == "apple")
        offs = {sku: off for sku, off in self.offs.items() if sku != "apple"}
        if apples >= shop.APPLES_MILLI:
            offs["apple"] = self.offs["apple"]
        return replace(self, lines=lines, offs=offs, certificate=paid.certificate, rides=paid.rides)

    @property
    def all_rooms(self) -> dict[str, int]:
        found = dict(self.rooms)
        for line in self.lines:
            found |= self.offs.get(line.sku, Off()).rooms
        return found

    def _due(self) -> list[tuple[int, int, int]]:
        """By line: what is due, units that a pass pays, and what that is."""
        found, rides = [], self.rides
        for line in self.lines:
            due = line.amount - self.offs.get(line.sku, Off()).minor
            units = min(rides, line.milli // 1_000) if line.sku == shop.RIDDEN else 0
            rides -= units
            found.append((due, units, due * units * 1_000 // line.milli))
        return found


@dataclass(frozen=True)
class Price:
    """What a bill comes to."""

    bill: Bill
    rows: tuple[Row, ...]

    @property
    def points(self) -> int:
        return sum(row.points for row in self.rows)

    @property
    def certificate(self) -> int:
        return sum(row.certificate for row in self.rows)

    @property
    def rides(self) -> int:
        return sum(row.rides for row in self.rows)

    @property
    def rooms(self) -> dict[str, int]:
        return self.bill.all_rooms

    @property
    def earned(self) -> dict[str, int]:
        """By article."""
        return {row.sku: row.earned for row in self.rows if row.earned}

    def earning(self, earned_bp: Mapping[str, int]) -> Price:
        """The same for somebody who earns."""
        return replace(self.bill, earned_bp=earned_bp).paid(self.points)

    @property
    def told(self) -> dict[str, int]:
        return {
            "pays": sum(row.pays for row in self.rows),
            "points": self.points,
            "certificate": self.certificate + sum(row.ride for row in self.rows),
            "earned": sum(row.earned for row in self.rows),
            "discount": sum(row.discount for row in self.rows),
        }

    @property
    def paid(self) -> list[tuple[int, int, int, int]]:
        """What may not change between what is shown and what is charged."""
        return [(row.pays, row.points, row.certificate, row.ride) for row in self.rows]


@dataclass(frozen=True)
class Due:
    """What has come back in all."""

    money: int = 0
    points: int = 0
    certificate: int = 0
    ride: int = 0
    rides: int = 0
    earned: int = 0
    rooms: Mapping[str, int] = field(default_factory=dict)

    def at_least(self, had: Due) -> Due:
        """Nothing is asked back; what came back too early is that much less money."""
        points, certificate = max(self.points, had.points), max(self.certificate, had.certificate)
        ride = max(self.ride, had.ride)
        due = self.money + self.points + self.certificate + self.ride
        return Due(
            max(had.money, due - points - certificate - ride),
            *(points, certificate, ride, max(self.rides, had.rides)),
            max(self.earned, had.earned),
            {name: max(part, had.rooms.get(name, 0)) for name, part in self.rooms.items()},
        )


def due_by_shares(price: Price, back: Mapping[int, int]) -> Due:
    """Of every position its share, down; what cannot be divided comes back with the last."""
    parts = [(row, back.get(at, 0)) for at, row in enumerate(price.rows, start=1)]
    is_all = all(has == row.milli for row, has in parts)

    def share(name: str) -> int:
        return sum(int(getattr(row, name)) * has // row.milli for row, has in parts)

    rooms = {
        name: sum(row.discount * has // row.milli for row, has in parts if row.sku == "bread")
        if name == shop.BREAD_MONEY
        else whole * is_all
        for name, whole in price.rooms.items()
    }
    return Due(
        share("pays"),
        share("points"),
        share("certificate"),
        share("ride"),
        share("rides"),
        share("earned"),
        rooms,
    )


def due_by_rest(price: Price, back: Mapping[int, int]) -> Due:
    """What it came to, less what its rest comes to."""
    if not any(back.values()):
        return Due(rooms=dict.fromkeys(price.rooms, 0))
    bill = price.bill.staying(back, price)
    rest = bill.paid(min(price.points, bill.most_points))

    def sum_of(each: Price, name: str) -> int:
        return sum(int(getattr(row, name)) for row in each.rows)

    def less(name: str) -> int:
        return sum_of(price, name) - sum_of(rest, name)

    rooms = {name: whole - rest.rooms.get(name, 0) for name, whole in price.rooms.items()}
    return Due(
        less("pays"),
        less("points"),
        less("certificate"),
        max(less("ride"), 0),
        less("rides"),
        max(less("earned"), 0),
        rooms,
    )


def _spread(total: int, weights: list[int]) -> list[int]:
    """In proportion, down; what is left over goes to the largest remainders, then the first."""
    whole = sum(weights)
    if not total:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    rests = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in rests[: total - sum(parts)]:
        parts[i] += 1
    return parts
