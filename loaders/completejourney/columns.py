"""Arrow values made of Python integers, by way of their bytes.

`pyarrow.array` and `pyarrow.scalar`, and with them every compute call that is given a plain number,
import pandas where it is installed, and so does `Table.group_by`: a second and sixty megabytes for
nothing. The dataset's package brings pandas along; what is used here does not touch it.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterable


def integers(values: Iterable[int]) -> pa.Array:
    """A column of 64-bit integers."""
    data = array("q", values)
    return pa.Array.from_buffers(pa.int64(), len(data), [None, pa.py_buffer(data)])


def integer(value: int) -> pa.Scalar:
    """One 64-bit integer."""
    return integers((value,))[0]


def double(value: float) -> pa.Scalar:
    """One double: the dataset's own type for money, which is left behind at the edge."""
    data = array("d", (value,))
    return pa.Array.from_buffers(pa.float64(), 1, [None, pa.py_buffer(data)])[0]
