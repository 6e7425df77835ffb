"""The data's baskets as sales of our schema, on shifted dates; lines by the rules of `lines`.

All 155,848 baskets take a few seconds to make, so they are made when they are asked for. A basket
none of whose rows was sold has no lines and is left out.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyarrow.compute as pc

from loaders.completejourney.columns import integers
from loaders.completejourney.lines import COLUMNS, lines_of, sold
from loaders.completejourney.sales import by_basket
from loaders.completejourney.source import moment
from loaders.completejourney.stores import store_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pyarrow as pa

    from checkout.engine.receipt import Line
    from loaders.completejourney.calendar import Shift

#: Baskets that are turned into Python values at a time.
_CHUNK: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """One sale of the data."""

    number: int
    household: int
    store: str
    local_time: dt.datetime
    lines: tuple[Line, ...]
    paid_minor: int

    @property
    def shelf_minor(self) -> int:
        """What it cost before every discount."""
        return sum(line.amount_minor for line in self.lines)


class Baskets:
    """All baskets with at least one line, by time of sale."""

    def __init__(self, rows: pa.Table, shift: Shift) -> None:
        """Take rows with lines, in the data's order."""
        self._sales = by_basket(sold(rows))
        self._shift = shift
        self._ends: list[int] = self._sales.ends.to_pylist()
        self.numbers = self._sales.first("basket_id")
        self.households = self._sales.first("household_id")

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, index: int) -> Basket:
        return next(self._between(index, index + 1))

    def __iter__(self) -> Iterator[Basket]:
        for start in range(0, len(self), _CHUNK):
            yield from self._between(start, min(start + _CHUNK, len(self)))

    def sizes(self) -> list[int]:
        """Sold rows of each basket."""
        return self._sales.sizes()

    def stores(self) -> list[str]:
        """The store of each basket."""
        return [store_code(number) for number in self._sales.first("store_id")]

    def containing(self, products: Iterable[int]) -> dict[int, set[int]]:
        """Which of the products the baskets hold, by index; without baskets that hold none."""
        rows = self._sales.rows["product_id"]
        wanted = pc.is_in(rows, value_set=integers(products))
        at = pc.indices_nonzero(wanted)
        found: dict[int, set[int]] = {}
        index = 0
        for row, product in zip(at.to_pylist(), pc.take(rows, at).to_pylist(), strict=True):
            while row >= self._ends[index]:
                index += 1
            found.setdefault(index, set()).add(product)
        return found

    def _between(self, first: int, last: int) -> Iterator[Basket]:
        offset = self._ends[first - 1] if first else 0
        rows = self._sales.rows.slice(offset, self._ends[last - 1] - offset)
        heads = [rows[name].to_pylist() for name in ("store_id", "local_s", "paid_minor")]
        stores, times, paid = heads
        names = ("product_id", "shelf_minor", *COLUMNS)
        lines = list(zip(*(rows[name].to_pylist() for name in names), strict=True))
        start = 0
        for index in range(first, last):
            end = self._ends[index] - offset
            yield Basket(
                number=self.numbers[index],
                household=self.households[index],
                store=store_code(stores[start]),
                local_time=self._shift.moment(moment(times[start])),
                lines=_lines(lines[start:end]),
                paid_minor=sum(paid[start:end]),
            )
            start = end


def _lines(rows: Sequence[tuple[int, int, int, int, int, bool, bool]]) -> tuple[Line, ...]:
    lines: list[Line] = []
    for product, amount, quantity, price, dearer, weighed, excise in rows:
        lines.extend(
            lines_of(
                len(lines) + 1,
                product,
                amount,
                quantity,
                price,
                dearer,
                weighed=weighed,
                excise=excise,
            )
        )
    return tuple(lines)
