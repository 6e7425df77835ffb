from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from loaders.completejourney.lines import sold
from loaders.completejourney.sales import by_basket

if TYPE_CHECKING:
    from loaders.completejourney import Dataset


def test_basket_by_index_is_the_one_walked_past(dataset: Dataset) -> None:
    """Asking for one basket gives what walking through all of them gives."""
    for index, basket in enumerate(dataset.baskets):
        if index in {0, 1, 4_999, 5_000, 5_001}:
            assert dataset.baskets[index] == basket
        if index > 5_001:
            break
    assert dataset.baskets[len(dataset.baskets) - 1].lines


def test_basket_is_the_data_s(dataset: Dataset) -> None:
    """A basket has the store, household, moved time, articles and payment of its rows."""
    index = dataset.baskets.numbers.index(31_198_705_680)
    basket = dataset.baskets[index]
    kept = sold(dataset.rows)
    rows = kept.filter(pc.equal(kept["basket_id"], basket.number)).to_pylist()
    assert basket.household == rows[0]["household_id"] == 1_901
    assert basket.store == f"store-{rows[0]['store_id']}"
    assert basket.local_time.isoformat() == "2025-11-16T12:17:48"
    assert [line.sku for line in basket.lines] == [str(row["product_id"]) for row in rows]
    assert basket.paid_minor == sum(row["paid_minor"] for row in rows)


def test_baskets_that_are_torn_apart_are_refused() -> None:
    """The reader relies on the rows of a basket standing together, and checks it."""
    with pytest.raises(ValueError, match="stand together"):
        by_basket(pa.table({"basket_id": pa.array([1, 2, 1], pa.int64())}))


def test_sums_and_first_values_by_basket() -> None:
    """Sizes, sums and first values are those of each basket's rows."""
    table = pa.table(
        {
            "basket_id": pa.array([7, 7, 8, 9, 9], pa.int64()),
            "paid": pa.array([1, 2, 3, 4, 5], pa.int64()),
        }
    )
    sales = by_basket(table)
    assert len(sales) == 3
    assert sales.sizes() == [2, 1, 2]
    assert sales.sums(table["paid"]) == [3, 3, 9]
    assert sales.first("paid") == [1, 3, 4]
