"""The nouns of the model: plain values, without anything of the service."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace


@dataclass
class Lot:
    """Points that came in together; `left` keeps what has ended, booked or not."""

    serial: int
    starts: dt.datetime
    ends: dt.datetime
    left: int
    held: int = 0
    frozen: int = 0

    @property
    def free(self) -> int:
        return self.left - self.held - self.frozen

    @property
    def turn(self) -> tuple[dt.datetime, dt.datetime, int]:
        """When it is spent: what ends first goes first."""
        return self.ends, self.starts, self.serial


@dataclass
class Purse:
    """Lots, and what is owed."""

    lots: list[Lot] = field(default_factory=list)
    debt: int = 0

    def spendable(self, now: dt.datetime) -> list[Lot]:
        return sorted((x for x in self.lots if x.starts <= now < x.ends), key=lambda x: x.turn)

    def net(self, now: dt.datetime) -> int:
        return sum(lot.free for lot in self.spendable(now)) - self.debt


@dataclass
class Room:
    """Something of which there is so much."""

    used: int = 0
    held: int = 0


@dataclass(frozen=True)
class Sale:
    """Some units of one article for a member; all the points that may be spent without a number."""

    member: str
    sku: str
    units: int
    points: int | None = 0
    coupon: str = ""
    certificate: str = ""
    sells: str = ""


@dataclass
class Price:
    """What a sale comes to, and what it takes."""

    pays: int
    points: int
    certificate: int
    earned: int
    earned_bp: int
    discount: int
    rooms: dict[str, int]
    certificate_left: int

    @property
    def told(self) -> dict[str, int]:
        names = ("pays", "points", "certificate", "earned", "discount")
        return {name: getattr(self, name) for name in names}

    @property
    def paid(self) -> tuple[int, int, int]:
        return self.pays, self.points, self.certificate

    def with_points(self, points: int) -> Price:
        """The same sale when so many points are spent: then the certificate pays, then money."""
        due = self.pays + self.points + self.certificate - points
        paid = min(self.certificate_left, due)
        earned = due * self.earned_bp // 10_000
        return replace(self, pays=due - paid, points=points, certificate=paid, earned=earned)


@dataclass
class Purchase:
    """Open, held, lapsed (its hold has ended), confirmed or cancelled."""

    sale: Sale
    price: Price
    state: str
    made: dt.datetime
    ends: dt.datetime
    extensible_to: dt.datetime
    purse: str
    #: What lots gave or keep, in the order of spending.
    lots: list[tuple[Lot, int]] = field(default_factory=list)
    earned: Lot | None = None
    back: int = 0
