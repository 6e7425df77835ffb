"""What a reward that counts units lacks on a receipt, for a full explanation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.conditions.goods_text import goods_text
from checkout.engine.rewards.bundle import SetOfGoods
from checkout.engine.rewards.buy_get import BuyAGetB
from checkout.engine.rewards.gift import FreeUnits
from checkout.engine.rewards.multibuy import SomeOfEach
from checkout.engine.schema.rewards import ReducedGoods
from checkout.engine.schema.unit_rewards import Incomplete

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.case import Case
    from checkout.engine.conditions.words import Words
    from checkout.engine.goods import Selector
    from checkout.engine.rewards.unit_reward import UnitCountingReward


class _Wanted:
    """So many units of some goods, of the lines that may be taken for them."""

    def __init__(
        self, selector: Selector | None, units: int, lines: Iterable[CanonicalLine]
    ) -> None:
        self.selector = selector
        self.units = units
        self.lines = set(lines)

    @property
    def there(self) -> int:
        """The units that are on the receipt."""
        return _units(self.lines)

    def told(self, units: int, words: Words) -> str:
        """So many units of these goods."""
        if self.selector is None:
            return words.units(units)
        goods = goods_text(self.selector.goods, words)
        return words.say("{units} of {goods}", units=words.units(units), goods=goods)


def lacking_units(
    case: Case, reward: UnitCountingReward, reduced: set[CanonicalLine], words: Words
) -> tuple[str, str] | None:
    """What it needs and what there is; none if enough units are there, and worth enough."""
    wanted = list(_wanted(case, reward, reduced))
    if any(each.there < each.units for each in wanted):
        return (
            ", ".join(each.told(each.units, words) for each in wanted),
            ", ".join(each.told(each.there, words) for each in wanted),
        )
    together = sum(each.units for each in wanted)
    there = _units({line for each in wanted for line in each.lines})
    if there < together and not (isinstance(reward, BuyAGetB) and reward.document.rewarded_counts):
        return words.say("{units} together", units=words.units(together)), words.units(there)
    if isinstance(reward, SetOfGoods | BuyAGetB | SomeOfEach | FreeUnits):
        price = reward.document.effect.price_minor
        if price is not None:
            money = words.money(price)
            if isinstance(reward, SetOfGoods):
                return words.say("a set dearer than {money}", money=money), words.say("none")
            return words.say("a unit dearer than {money}", money=money), words.say("none")
    return None


def _wanted(
    case: Case, reward: UnitCountingReward, reduced: set[CanonicalLine]
) -> Iterator[_Wanted]:
    """What one application takes; of reduced goods what takes part."""

    def wanted(selector: Selector | None, units: int, *, rewarded: bool) -> _Wanted:
        skips = reward.reduced_goods is ReducedGoods.SKIP or (
            reward.reduced_goods is ReducedGoods.NEXT and rewarded
        )
        meant = case.meant_by(selector)
        return _Wanted(selector, units, [x for x in meant if not (skips and x in reduced)])

    match reward:
        case SomeOfEach():
            takes_part = (
                reward.document.incomplete is not Incomplete.NOTHING
                and not reward.document.rewarded_counts
            )
            units = reward.buy + 1 if takes_part else reward.group
            yield wanted(reward.selector, units, rewarded=False)
        case BuyAGetB():
            for selector, units in reward.buy:
                yield wanted(selector, units, rewarded=False)
            is_part = reward.document.incomplete is not Incomplete.NOTHING
            units = 1 if is_part else reward.document.get_units
            yield wanted(reward.selector, units, rewarded=True)
        case SetOfGoods():
            for selector, units in reward.parts:
                yield wanted(selector, units, rewarded=True)
        case FreeUnits():
            whole = reward.document.missing is Incomplete.NOTHING
            units = reward.document.units * (reward.times or 1) if whole else 1
            yield wanted(reward.selector, units, rewarded=True)
        case _:
            return


def _units(lines: Iterable[CanonicalLine]) -> int:
    return sum(line.units for line in lines)
