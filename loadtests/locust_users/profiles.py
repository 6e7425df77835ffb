"""Days of a shop by name: what tills do, how often, and what happens beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from checkout.engine.receipt import LINES_MAX
from loadtests.locust_users import journeys

if TYPE_CHECKING:
    from loadtests.locust_users.till import Till

#: The campaign of the demo's data with a budget in money: one row that every confirm locks.
BUDGET_CAMPAIGN: Final = "meat-month"


Journey = Callable[["Till"], None]


class Beside(Enum):
    """What somebody does again and again while tills sell."""

    FLUSH = "FLUSHALL"
    PUBLISH = "PublishSnapshot until in force"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One mix. "Every" means: one in so many; 0 means none."""

    about: str
    #: What a till does with its next customer, in so many parts each.
    journeys: dict[Journey, int]
    #: Mean pause of a till between two customers.
    pause_s: float = 0.0
    #: Customers without a card.
    guest_every: int = 10
    #: Members who pay with as many points as the rules allow.
    spend_every: int = 4
    #: Only baskets with at most so many lines.
    lines_max: int = LINES_MAX
    #: Only baskets to which this campaign applies.
    campaign: str = ""
    #: Sales of one and the same card.
    one_card_every: int = 0
    beside: Beside | None = None


_SALES: Final[dict[Journey, int]] = {
    journeys.sell: 16,
    journeys.walk_away: 2,
    journeys.bring_back: 1,
    journeys.ask_balance: 1,
}

PROFILES: Final = {
    "morning": Profile(
        about="small baskets, many without a card, tills that wait for customers",
        journeys={journeys.sell: 16, journeys.walk_away: 1, journeys.ask_balance: 3},
        pause_s=0.5,
        guest_every=3,
        lines_max=6,
    ),
    "peak": Profile(about="all baskets, no pause between two customers", journeys=_SALES),
    "returns-day": Profile(
        about="as many customers bring goods back as buy some",
        journeys={journeys.sell: 8, journeys.bring_back: 8, journeys.ask_balance: 1},
    ),
    "hot-campaign": Profile(
        about="every member's basket takes from the same budget",
        journeys={journeys.sell: 1},
        campaign=BUDGET_CAMPAIGN,
    ),
    "hot-card": Profile(
        about="every other sale is of one company's card",
        journeys={journeys.sell: 1},
        guest_every=0,
        one_card_every=2,
    ),
    "cold-cache": Profile(
        about="the peak, with the cache emptied again and again",
        journeys=_SALES,
        beside=Beside.FLUSH,
    ),
    "publish": Profile(
        about="the peak, with rules published again and again",
        journeys=_SALES,
        beside=Beside.PUBLISH,
    ),
}
