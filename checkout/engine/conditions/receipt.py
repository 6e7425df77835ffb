"""Conditions about what is bought: amounts, quantities, kinds of goods."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, assert_never

from checkout.engine.conditions.base import CompiledCondition, compares, listed
from checkout.engine.conditions.goods_text import goods_text
from checkout.engine.schema.conditions import (
    ContainsGoods,
    DistinctGoods,
    Moment,
    ReceiptAmount,
    ReceiptQuantity,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from checkout.engine.case import Case
    from checkout.engine.conditions.words import Words
    from checkout.engine.goods import Selector
    from checkout.engine.schema.document import Comparison
    from checkout.engine.schema.goods import Goods


class Compares(CompiledCondition):
    """A sum over goods against a bound."""

    __slots__ = ("bound", "compare", "selector")

    def __init__(self, compare: Comparison, bound: int, selector: Selector | None) -> None:
        """Keep operator, bound and goods."""
        self.compare = compare
        self.bound = bound
        self.selector = selector

    @abstractmethod
    def value(self, case: Case) -> int:
        """The sum that is compared."""

    def holds(self, case: Case) -> bool:
        """The sum stands to the bound as the operator says."""
        return compares(self.value(case), self.compare, self.bound)

    def needed_in(self, words: Words) -> str:
        """Operator and bound, with the goods where the words name them."""
        goods = self.selector.goods if self.selector is not None else None
        bound = self.figure(words, self.bound)
        return f"{words.comparison(self.compare)} {bound}{words.of_goods(goods)}"

    def seen_in(self, words: Words, case: Case) -> str:
        """The sum."""
        return self.figure(words, self.value(case))

    def figure(self, words: Words, value: int) -> str:
        """A value with its unit: a plain number by default."""
        del words
        return str(value)


class MoneyCompares(Compares):
    """A sum of money against a bound."""

    __slots__ = ()
    kind = "receipt_amount"

    def figure(self, words: Words, value: int) -> str:
        """Money."""
        return words.money(value)


class AmountCompares(MoneyCompares):
    """`receipt_amount`."""

    __slots__ = ()

    def value(self, case: Case) -> int:
        """Sum of starts of the goods, in money."""
        return sum(line.start_minor for line in case.meant_by(self.selector))


class CurrentAmountCompares(MoneyCompares):
    """`receipt_amount` with `after: earlier_lanes`."""

    __slots__ = ()
    is_late = True

    def value(self, case: Case) -> int:
        """Sum of current prices of the goods: it is asked when a lane opens, or after all."""
        return sum(line.current_minor for line in case.meant_by(self.selector))


class QuantityCompares(Compares):
    """`receipt_quantity`."""

    __slots__ = ()
    kind = "receipt_quantity"

    def value(self, case: Case) -> int:
        """Sum of quantities of the goods, in thousandths."""
        return sum(line.quantity_milli for line in case.meant_by(self.selector))

    def figure(self, words: Words, value: int) -> str:
        """Pieces or kilograms."""
        return words.quantity(value)


class DistinctCompares(Compares):
    """`distinct_goods`."""

    __slots__ = ()
    kind = "distinct_goods"

    def value(self, case: Case) -> int:
        """How many articles the goods are."""
        return len({line.sku for line in case.meant_by(self.selector)})


class HasGoods(CompiledCondition):
    """`contains_goods`."""

    __slots__ = ("goods", "selector")
    kind = "contains_goods"

    def __init__(self, goods: Goods, selector: Selector | None) -> None:
        """Keep the goods."""
        self.goods = goods
        self.selector = selector

    def holds(self, case: Case) -> bool:
        """A line is of the goods."""
        return bool(case.meant_by(self.selector))

    def needed_in(self, words: Words) -> str:
        """The goods, with prices as the words have them."""
        return goods_text(self.goods, words)

    def seen_in(self, words: Words, case: Case) -> str:
        """The articles that are of the goods."""
        return listed(
            words, list({line.sku: None for line in case.meant_by(self.selector)})
        ) or words.say("none")


def compile_receipt_condition(
    condition: ReceiptAmount | ReceiptQuantity | DistinctGoods | ContainsGoods,
    selector_of: Callable[[Goods | None], Selector | None],
) -> CompiledCondition:
    """The compiled form of a condition about what is bought."""
    selector = selector_of(condition.goods)
    match condition:
        case ReceiptAmount():
            late = condition.after is Moment.EARLIER_LANES
            by_amount = CurrentAmountCompares if late else AmountCompares
            return by_amount(condition.compare, condition.amount_minor, selector)
        case ReceiptQuantity():
            return QuantityCompares(condition.compare, condition.quantity_milli, selector)
        case DistinctGoods():
            return DistinctCompares(condition.compare, condition.count, selector)
        case ContainsGoods():
            return HasGoods(condition.goods, selector)
        case _:
            assert_never(condition)
