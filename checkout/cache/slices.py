"""Long work in the process that answers tills: a millisecond of it, then their turn."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Generator

_T = TypeVar("_T")

#: Work between two turns of the loop.
SLICE_S: Final = 0.001
#: Time for others after each slice. Without it every turn of the loop would have a slice, and a
#: call, which takes a dozen turns, a dozen of them.
PAUSE_S: Final = 0.002


async def in_slices(steps: Generator[None, None, _T], *, in_haste: bool = False) -> _T:
    """Take all steps, with pauses between them; the final value.

    In haste others have a turn and no time: for when no till is answered yet.
    """
    slice_ends = time.perf_counter() + SLICE_S
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: _T = end.value
            return result
        if time.perf_counter() >= slice_ends:
            await asyncio.sleep(0 if in_haste else PAUSE_S)
            slice_ends = time.perf_counter() + SLICE_S
