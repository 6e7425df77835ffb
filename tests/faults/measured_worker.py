"""A worker that on SIGUSR1 writes into its log what it holds: memory, and connections in use.

What the system says a process has is no measure of a leak of some bytes a call: free memory stays
with a process, and by how much changes from one second to the next by more than ten thousand calls
could leak. The allocator counts what is in use; with PYTHONMALLOC=malloc that is everything.
"""

from __future__ import annotations

import ctypes
import gc
import signal
import sys
from typing import Any, Final

from asyncpg import Pool

#: Begin the lines; a number follows.
HELD: Final = "held bytes "
IN_USE: Final = "connections in use "
_pools: Final[list[Pool]] = []


class _Mallinfo2(ctypes.Structure):
    """As glibc has it since 2.33: all arenas together."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    )


def held_bytes() -> int | None:
    """Bytes that are in use; None where the C library does not count them."""
    count = getattr(ctypes.CDLL(None), "mallinfo2", None)
    if count is None:
        return None
    count.restype = _Mallinfo2
    gc.collect()
    found = count()
    return int(found.uordblks + found.hblkhd)


def connections_in_use() -> int:
    """Of all pools of this process: somebody has them, or nobody gave them back."""
    return sum(pool.get_size() - pool.get_idle_size() for pool in _pools)


def remember_pools() -> None:
    """Note each pool that is made; what the collector has frozen it lists no more."""
    made = Pool.__init__

    def noted(self: Pool, *arguments: Any, **named: Any) -> None:
        made(self, *arguments, **named)
        _pools.append(self)

    Pool.__init__ = noted


def tell(number: int, frame: Any) -> None:
    """Write it down."""
    del number, frame
    sys.stderr.write(f"{HELD}{held_bytes()}\n{IN_USE}{connections_in_use()}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, tell)
    remember_pools()
    from checkout.launch.worker import main

    sys.exit(main())
