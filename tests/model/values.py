"""The nouns of the model: plain values, without anything of the service."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tests.model.bill import Due, Price
    from tests.model.shop import Rules


OK: Final = "OK"
#: Reason or OK, and the numbers of the answer.
Answer = tuple[str, dict[str, int]]
#: No two calls begin at the same time.
MOMENT: Final = dt.timedelta(microseconds=1)


@dataclass(eq=False)
class Lot:
    """Points that came in together; `left` keeps what has ended, booked or not."""

    #: Of the purchase or the correction that they came from.
    name: str
    serial: int
    starts: dt.datetime
    ends: dt.datetime
    left: int
    held: int = 0
    frozen: int = 0
    #: Where it came from, if it was moved here by a merge.
    source: Lot | None = None
    #: Of what is left, what ended because its member was erased.
    gone: int = 0

    @property
    def there(self) -> int:
        """What nobody keeps, ended or not."""
        return self.left - self.held - self.frozen

    @property
    def free(self) -> int:
        return self.there - self.gone

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        """From and to which it can be spent."""
        return self.starts.date(), self.ends.date()

    @property
    def turn(self) -> tuple[dt.datetime, dt.datetime, int]:
        """When it is spent: what ends first goes first."""
        return self.ends, self.starts, self.serial

    def can_be_spent(self, now: dt.datetime) -> bool:
        return self.starts <= now < self.ends


@dataclass(eq=False)
class Purse:
    """Lots, and what is owed."""

    lots: list[Lot] = field(default_factory=list)
    debt: int = 0
    is_frozen: bool = False

    def net(self, now: dt.datetime) -> int:
        return sum(lot.free for lot in self.lots if lot.can_be_spent(now)) - self.debt

    def net_of_all(self, now: dt.datetime) -> int:
        """Also what is held, frozen or begins later."""
        return sum(lot.left - lot.gone for lot in self.lots if now < lot.ends) - self.debt


@dataclass
class Room:
    """Something of which there is so much."""

    used: int = 0
    held: int = 0

    @property
    def taken(self) -> int:
        return self.used + self.held


@dataclass
class Merge:
    """One member is another name of a second one, and what it was given to owe."""

    absorbed: str
    survivor: str
    debt: int = 0
    is_undone: bool = False


@dataclass
class Given:
    """A gift that was handed out for points."""

    purse: str
    count: int
    lots: list[tuple[Lot, int]]
    is_back: bool = False


@dataclass(frozen=True)
class Sale:
    """Units by article for a member (nobody: a guest), in the order of articles.

    All the points that may be spent without a number.
    """

    member: str
    basket: tuple[tuple[str, int], ...]
    points: int | None = 0
    coupon: str = ""
    certificate: str = ""
    ride: str = ""
    sells: str = ""


@dataclass(eq=False)
class Purchase:
    """Open, held, lapsed (its hold has ended), confirmed or cancelled."""

    name: str
    sale: Sale
    price: Price
    rules: Rules
    state: str
    made: dt.datetime
    ends: dt.datetime
    #: Who buys, and whose points it moves.
    owner: str
    purse: str
    settled: Due
    #: What lots gave or keep, in the order of spending, and what they could not give.
    lots: list[tuple[Lot, int]] = field(default_factory=list)
    owed: int = 0
    written_off: int = 0
    #: The lots that it filled, with how much.
    earned: list[tuple[Lot, int]] = field(default_factory=list)
    #: Thousandths that have come back, by position.
    back: dict[int, int] = field(default_factory=dict)
    is_sold_offline: bool = False
    is_credited: bool = False
    #: The certificate that it sold is for sale again.
    is_unsold: bool = False

    @property
    def extensible_to(self) -> dt.datetime:
        return self.made + dt.timedelta(hours=2)

    @property
    def milli(self) -> dict[int, int]:
        """Thousandths that were sold, by position."""
        return {at: line.milli for at, line in enumerate(self.price.bill.lines, start=1)}

    @property
    def goes_by_rest(self) -> bool:
        """Whether what stays of it is priced anew: nobody did that for what was sold elsewhere."""
        is_own = not (self.is_sold_offline or self.is_credited)
        return is_own and self.rules.policy == "recomputed"

    @property
    def is_all_back(self) -> bool:
        return self.back == self.milli
