"""The engine over real baskets: sizes, pieces and prices of the demo's year, under the same rules.

Their articles stand for those that the benchmark's campaigns name, line by line, so that as many
campaigns match as a basket of its size reaches. Most have few lines, so what a receipt costs before
its first line weighs more than in ten.
"""

from __future__ import annotations

import statistics
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from checkout.engine.evaluate import evaluate
from loaders.completejourney.dataset import load_completejourney
from loaders.completejourney.receipts import draw_receipts
from loadtests.engine import indexed_loop
from loadtests.engine.clock import median_ratio, median_us, time_in_turns
from loadtests.engine.documents import SOLD_COUNT, sold_sku
from loadtests.engine.figures import Figure
from loadtests.engine.receipts import known_member, receipt_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.receipt import Receipt
    from loadtests.engine.figures import Effort
    from loadtests.engine.plain_index import Index

BASKETS: Final = 400
SEED: Final = 7
#: Of the baskets, so many must come to the same discounts in the plain loop. It has no cap on what
#: a basket is given in all, for one.
SAME_SHARE_MIN: Final = 0.75


def real_receipts(count: int = BASKETS) -> tuple[Receipt, ...]:
    """Baskets of the whole year, each as likely; coupon, member and time as of ten lines."""
    sold = receipt_of(1)
    dataset = load_completejourney(sold.local_time.date(), SEED)
    drawn = draw_receipts(dataset, count, range(len(dataset.baskets)))
    return tuple(
        replace(
            sold,
            lines=tuple(
                replace(line, sku=sold_sku(place % SOLD_COUNT))
                for place, line in enumerate(each.basket.lines)
            ),
        )
        for each in drawn
    )


def alike(
    snapshot: CompiledSnapshot, index: Index, receipts: Sequence[Receipt]
) -> tuple[Receipt, ...]:
    """Those of them to which the plain loop gives what the engine does, campaign by campaign.

    Raises:
        RuntimeError: they are too few for a comparison.
    """
    facts = known_member()
    assert facts.member is not None
    found = []
    for receipt in receipts:
        applied = evaluate(snapshot, facts, receipt).applied
        given = {each.code: each.discount_minor for each in applied if each.discount_minor}
        plain = indexed_loop.price(index, facts.member, receipt, recounts=True)
        if given == {code: minor for code, minor in plain.items() if minor}:
            found.append(receipt)
    if len(found) < SAME_SHARE_MIN * len(receipts):
        told = f"{len(receipts) - len(found)} of {len(receipts)} baskets"
        raise RuntimeError(f"void: the plain loop comes to other discounts for {told}")
    return tuple(found)


def measure_real_receipts(
    effort: Effort, snapshot: CompiledSnapshot, index: Index, receipts: Sequence[Receipt]
) -> Iterator[Figure]:
    """What a basket takes, and the same over the plain loop.

    Raises:
        RuntimeError: the plain loop comes to other discounts for too many.
    """
    facts = known_member()
    member = facts.member
    assert member is not None
    compared = alike(snapshot, index, receipts)

    def engine(chosen: Sequence[Receipt]) -> None:
        for receipt in chosen:
            evaluate(snapshot, facts, receipt)

    def plain() -> None:
        for receipt in compared:
            indexed_loop.price(index, member, receipt, recounts=True)

    times = time_in_turns(
        {"all": lambda: engine(receipts), "engine": lambda: engine(compared), "plain": plain},
        effort.turns,
        effort.batch_ns,
    )
    yield Figure(
        name="real_engine_us_1000",
        value=median_us(times["all"]) / len(receipts),
        about=f"µs: {len(receipts)} real baskets, {_sizes(receipts)}, among 1,000 campaigns",
    )
    yield Figure(
        name="real_indexed_us",
        value=median_us(times["plain"]) / len(compared),
        about=f"µs: the plain loop, {len(compared)} of them to which it gives the same discounts",
    )
    yield Figure(
        name="real_engine_vs_indexed",
        value=median_ratio(times["engine"], times["plain"]),
        goal=3,
        about=f"the engine over that loop, those {len(compared)} baskets, {_sizes(compared)}",
    )


def _sizes(receipts: Sequence[Receipt]) -> str:
    lines = [len(receipt.lines) for receipt in receipts]
    return f"mean {statistics.mean(lines):.1f} lines, median {statistics.median(lines):.0f}"
