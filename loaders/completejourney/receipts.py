"""Real baskets to be sold again today: a fixed choice for each seed, with member and coupons.

One in five is a basket that holds an article of a coupon in force on the day of installation, and
whose household was targeted: it carries the codes of such coupons, at most five. The others are
drawn evenly from six classes of size, so that baskets above 12 lines, a quarter of the data, are a
third of the demo and more. Baskets of one household may come twice: that is what limits are for.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from checkout.engine.receipt import Receipt
from checkout.primitives import digest
from loaders.completejourney.source import TIME_ZONE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from loaders.completejourney.baskets import Basket
    from loaders.completejourney.dataset import Dataset
    from loaders.completejourney.members import Member

#: Receipts of a demo.
COUNT: Final = 200
#: Codes that one receipt carries at most.
CODES_MAX: Final = 5

_WITH_COUPON_SHARE: Final = 5
#: Lines from which a basket is of the class, smallest class first.
_SIZE_CLASSES: Final = (1, 2, 4, 7, 13, 26)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoReceipt:
    """A basket, who buys it again, and which coupons they hand over."""

    basket: Basket
    member: Member
    coupons: tuple[str, ...]

    def at(self, moment: dt.datetime, points_to_spend: int | Literal["max"] = 0) -> Receipt:
        """The receipt when it is sold at a moment, which carries its zone."""
        local = moment.astimezone(zoneinfo.ZoneInfo(TIME_ZONE))
        offset = local.utcoffset() or dt.timedelta()
        return Receipt(
            store=self.basket.store,
            local_time=local.replace(tzinfo=None),
            utc_offset_minutes=offset // dt.timedelta(minutes=1),
            lines=self.basket.lines,
            coupons=self.coupons,
            points_to_spend=points_to_spend,
        )


def choose_receipts(dataset: Dataset, count: int = COUNT) -> tuple[DemoReceipt, ...]:
    """The demo's receipts, in the order in which they are to be sold."""
    codes = _codes_by_basket(dataset)
    with_coupon = count // _WITH_COUPON_SHARE
    chosen = _draw(sorted(codes), with_coupon, dataset.seed, "coupon", taken=())
    classes = _size_classes(dataset.baskets.sizes())
    places = _evenly(count - len(chosen), len(classes))
    for number, (indexes, wanted) in enumerate(zip(classes, places, strict=True)):
        chosen += _draw(indexes, wanted, dataset.seed, f"size-{number}", taken=chosen)
    mixed = sorted(chosen, key=lambda index: _number(dataset.seed, "order", index))
    return _receipts_at(dataset, mixed, codes)


def draw_receipts(dataset: Dataset, count: int, indexes: Sequence[int]) -> tuple[DemoReceipt, ...]:
    """So many of these baskets, or all if they are fewer, each as likely; in the order drawn."""
    drawn = _draw(indexes, count, dataset.seed, "any", taken=())
    return _receipts_at(dataset, drawn, _codes_by_basket(dataset))


def every_receipt(dataset: Dataset) -> Iterator[DemoReceipt]:
    """All baskets of the year, in the order in which they were sold."""
    members = {member.household: member for member in dataset.members}
    codes = _codes_by_basket(dataset)
    for index, basket in enumerate(dataset.baskets):
        yield DemoReceipt(
            basket=basket,
            member=members[basket.household],
            coupons=codes.get(index, ())[:CODES_MAX],
        )


def _receipts_at(
    dataset: Dataset, indexes: Iterable[int], codes: Mapping[int, tuple[str, ...]]
) -> tuple[DemoReceipt, ...]:
    members = {member.household: member for member in dataset.members}
    return tuple(
        DemoReceipt(
            basket=dataset.baskets[index],
            member=members[dataset.baskets.households[index]],
            coupons=codes.get(index, ())[:CODES_MAX],
        )
        for index in indexes
    )


def _codes_by_basket(dataset: Dataset) -> dict[int, tuple[str, ...]]:
    """Coupons in force that a basket's household was sent and that fit it, by basket."""
    running = {flight.number for flight in dataset.in_force()}
    targeted = {a.campaign: a.households for a in dataset.audiences if a.campaign in running}
    offers: dict[int, list[tuple[int, int]]] = {}
    for (campaign, coupon), goods in dataset.coupons.products.items():
        if campaign in running:
            for product in goods:
                offers.setdefault(product, []).append((campaign, coupon))
    found = {}
    for index, products in dataset.baskets.containing(offers).items():
        household = dataset.baskets.households[index]
        coupons = {
            coupon
            for product in products
            for campaign, coupon in offers[product]
            if household in targeted[campaign]
        }
        if coupons:
            found[index] = tuple(str(coupon) for coupon in sorted(coupons))
    return found


def _size_classes(sizes: Iterable[int]) -> list[list[int]]:
    """Baskets of each class."""
    classes: list[list[int]] = [[] for _ in _SIZE_CLASSES]
    for index, size in enumerate(sizes):
        classes[bisect_right(_SIZE_CLASSES, size) - 1].append(index)
    return classes


def _evenly(total: int, parts: int) -> Iterator[int]:
    """A total in parts that differ by one at most, the larger first."""
    share, rest = divmod(total, parts)
    for part in range(parts):
        yield share + (part < rest)


def _draw(
    indexes: Sequence[int], places: int, seed: int, label: str, *, taken: Collection[int]
) -> list[int]:
    """So many different indexes, the same for the same seed."""
    excluded = set(taken)
    free = [index for index in indexes if index not in excluded]
    drawn: dict[int, None] = {}
    attempt = 0
    while len(drawn) < min(places, len(free)):
        drawn.setdefault(free[_number(seed, label, attempt) % len(free)])
        attempt += 1
    return list(drawn)


def _number(seed: int, label: str, value: int) -> int:
    return int.from_bytes(digest(str(seed).encode(), label.encode(), str(value).encode())[:8])
