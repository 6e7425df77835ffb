"""Baskets of one line on which two campaigns are tried together."""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING, Final, NamedTuple

from checkout.engine.facts import MemberState
from checkout.engine.problems.choices import chain_of
from checkout.engine.problems.reward_goods import goods_rewarded
from checkout.engine.problems.unit_rewards import units_needed
from checkout.engine.problems.values import values_of
from checkout.engine.receipt import Line
from checkout.engine.schema.rewards import Amount, FixedPrice, Percent
from checkout.engine.schema.unit_rewards import Bundle, BuyGet, Gift, Multibuy
from checkout.engine.schema.values import AmountPer, ScaleBy
from checkout.primitives import AMOUNT_MAX_MINOR, QUANTITY_MAX_MILLI, UNIT_MILLI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.problems.shared_articles import Pair
    from checkout.engine.schema.campaign import Reward
    from checkout.engine.schema.program import DiscountCap
    from checkout.engine.schema.values import Valued

#: Baskets that are tried for one pair on one article.
BASKETS_MAX: Final = 12
#: More units than this are not put into a basket.
_UNITS_MAX: Final = 1_000
#: What part of its price the lowest price of a line is.
_LOWEST_PART: Final = 2
_MEMBER: Final = "witness"


class Basket(NamedTuple):
    """One line, and who buys it."""

    sku: str
    price_minor: int
    units: int = 1
    tier: str = ""
    segment: str = ""
    #: The lowest price of a unit that the till allows.
    lowest_minor: int = 0

    @property
    def line(self) -> Line:
        """The line as a till has it."""
        return Line(
            position=1,
            sku=self.sku,
            quantity_milli=self.units * UNIT_MILLI,
            price_minor=self.price_minor,
            amount_minor=self.units * self.price_minor,
            min_price_minor=self.lowest_minor,
        )

    @property
    def member(self) -> MemberState | None:
        """The member, if the values of the two depend on one."""
        if not self.tier and not self.segment:
            return None
        segments = frozenset([self.segment] if self.segment else [])
        return MemberState(member_id=_MEMBER, tier=self.tier, segments=segments)


def baskets_for(pair: Pair, sku: str, usual_minor: int, cap: DiscountCap) -> list[Basket]:
    """Baskets in which the two give what stands in them, the plainest first.

    The last has a lowest price, of half the price: there what each takes alone often fits.
    """
    rewards = [reward for campaign in (pair.one, pair.other) for reward in campaign.rewards]
    low, high = _bounds(rewards)
    most = max((_units(each) for each in rewards), default=1)
    prices = [usual_minor, *_prices(rewards, most)]
    if cap.amount_minor:
        prices.append(2 * cap.amount_minor)
    fitting = dict.fromkeys(max(min(price, high), low) for price in prices)
    units = dict.fromkeys([most, 1])
    members = dict.fromkeys(_members(rewards)) or {("", ""): None}
    baskets = (
        Basket(sku, price, count, tier, segment)
        for count, (tier, segment), price in product(units, members, fitting)
        if price and count <= _UNITS_MAX and price * count <= AMOUNT_MAX_MINOR
    )
    found = list(islice(baskets, BASKETS_MAX))
    if found:
        found.append(found[0]._replace(lowest_minor=found[0].price_minor // _LOWEST_PART))
    return found


def _bounds(rewards: list[Reward]) -> tuple[int, int]:
    """Prices that the goods of all rewards leave."""
    low, high = 0, AMOUNT_MAX_MINOR
    for reward in rewards:
        for goods in goods_rewarded(reward):
            for each in chain_of(goods):
                low = max(low, each.price_min_minor or 0)
                if each.price_max_minor is not None:
                    high = min(high, each.price_max_minor)
    return low, high


def _prices(rewards: list[Reward], units: int) -> Iterator[int]:
    """The largest fixed amount: it fits alone on a price of that height, and not twice."""
    amounts = [
        value
        for reward in rewards
        for value in (
            values_of(reward)
            if isinstance(reward, Amount | FixedPrice)
            else [getattr(getattr(reward, "effect", None), "amount_minor", None) or 0]
        )
    ]
    largest = max(amounts, default=0)
    if largest:
        yield largest
        yield -(-largest // units)


def _units(reward: Reward) -> int:
    """The fewest units on which a reward gives something."""
    match reward:
        case Multibuy() | BuyGet() | Bundle() | Gift():
            return units_needed(reward)
        case Amount() if reward.per is AmountPer.EACH_UNITS:
            return reward.each_units or 1
        case Percent() | Amount() | FixedPrice() if (
            reward.scale is not None and reward.scale.by is ScaleBy.QUANTITY
        ):
            first = min(reward.scale.steps[0].from_, QUANTITY_MAX_MILLI)
            return max(-(-first // UNIT_MILLI), 1)
        case _:
            return 1


def _members(rewards: list[Reward]) -> Iterator[tuple[str, str]]:
    """One member for each tier and segment by which a value is given."""
    for reward in rewards:
        if isinstance(reward, Percent | Amount | FixedPrice):
            yield from _named(reward)


def _named(reward: Valued) -> Iterator[tuple[str, str]]:
    for entry in reward.by_member:
        for tier in entry.tiers:
            yield tier, ""
        for segment in entry.segments:
            yield "", segment
