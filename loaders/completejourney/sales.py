"""Rows of the data by basket: they stand together, so where each basket ends says it all."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from loaders.completejourney.columns import integer


@dataclass(frozen=True, slots=True)
class Sales:
    """Rows, and the position after the last row of each basket."""

    rows: pa.Table
    ends: pa.Array

    def __len__(self) -> int:
        """Baskets."""
        return len(self.ends)

    def first(self, name: str) -> list[int]:
        """The value in each basket's first row: of what all its rows share."""
        starts = pc.subtract(self.ends, self.sizes_column())
        values: list[int] = pc.take(self.rows[name], starts).to_pylist()
        return values

    def sums(self, column: pa.ChunkedArray) -> list[int]:
        """The sum of a column of the rows over each basket."""
        running = pc.cumulative_sum(column).combine_chunks()
        at_ends = pc.take(running, pc.subtract(self.ends, integer(1)))
        values: list[int] = _differences(at_ends).to_pylist()
        return values

    def sizes(self) -> list[int]:
        """Rows of each basket."""
        values: list[int] = self.sizes_column().to_pylist()
        return values

    def sizes_column(self) -> pa.Array:
        """Rows of each basket, as a column."""
        return _differences(self.ends)


def by_basket(rows: pa.Table) -> Sales:
    """The rows, which have one chunk each, by basket.

    Raises:
        ValueError: the rows of a basket do not stand together.
    """
    runs = pc.run_end_encode(rows["basket_id"].combine_chunks(), run_end_type=pa.int64())
    if pc.count_distinct(runs.values).as_py() != len(runs.values):
        raise ValueError("the rows of a basket do not stand together")
    return Sales(rows, runs.run_ends)


def _differences(values: pa.Array) -> pa.Array:
    """Each value less the one before it; the first as it is."""
    return pc.fill_null(pc.pairwise_diff(values), values[0])
