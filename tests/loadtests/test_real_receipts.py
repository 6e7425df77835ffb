"""Real baskets in the engine's benchmark, and which of them are compared with the plain loop."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

import pytest

from checkout.engine.compiler import compile_snapshot
from loadtests.engine import indexed_loop, real_baskets
from loadtests.engine.documents import snapshot_of
from loadtests.engine.figures import QUICK
from loadtests.engine.matching import matching_campaigns
from loadtests.engine.plain_index import index_of
from loadtests.engine.receipts import known_member, receipt_of

if TYPE_CHECKING:
    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.receipt import Receipt
    from loadtests.engine.plain_index import Index


@pytest.fixture(scope="module")
def rules() -> tuple[CompiledSnapshot, Index]:
    """The ten campaigns that receipts reach, for the engine and for the plain loop."""
    snapshot = snapshot_of(matching_campaigns())
    return compile_snapshot(snapshot), index_of(snapshot)


@pytest.fixture(scope="module")
def receipts() -> tuple[Receipt, ...]:
    """Those of the benchmark."""
    return real_baskets.real_receipts()


def test_baskets_are_of_all_sizes_as_they_were_sold(receipts: tuple[Receipt, ...]) -> None:
    """Most are small and a few are long: not ten lines each."""
    sizes = [len(receipt.lines) for receipt in receipts]
    assert len(receipts) == real_baskets.BASKETS
    assert 4 <= statistics.median(sizes) <= 6
    assert 8 <= statistics.mean(sizes) <= 11
    assert min(sizes) == 1
    assert max(sizes) > 40
    # Drawn from a fixed seed: two runs measure the same.
    assert receipts == real_baskets.real_receipts()


def test_the_plain_loop_gives_the_same_to_most(
    rules: tuple[CompiledSnapshot, Index], receipts: tuple[Receipt, ...]
) -> None:
    """Those with which it is compared are no choice of small ones; of the longest there are few."""
    compared = real_baskets.alike(*rules, receipts)
    assert real_baskets.SAME_SHARE_MIN * len(receipts) <= len(compared) < len(receipts)
    assert statistics.median(len(receipt.lines) for receipt in compared) >= 4
    assert max(len(receipt.lines) for receipt in compared) > 30


def test_recounting_makes_no_difference_to_ten_lines(
    rules: tuple[CompiledSnapshot, Index],
) -> None:
    """What ten lines are compared with is the same loop."""
    member, receipt = known_member().member, receipt_of(10)
    assert member is not None
    _, index = rules
    recounted = indexed_loop.price(index, member, receipt, recounts=True)
    assert recounted == indexed_loop.price(index, member, receipt)


def test_a_loop_that_comes_to_other_discounts_is_no_yardstick(
    rules: tuple[CompiledSnapshot, Index],
    receipts: tuple[Receipt, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Figures of it would be void, so there are none."""
    price = indexed_loop.price

    def counts_once(*asked: Any, recounts: bool) -> dict[str, int]:
        del recounts
        return price(*asked)

    monkeypatch.setattr(indexed_loop, "price", counts_once)
    with pytest.raises(RuntimeError, match=r"void: .* of 400 baskets"):
        list(real_baskets.measure_real_receipts(QUICK, *rules, receipts))
