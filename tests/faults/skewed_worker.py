"""A worker whose machine's clock is wrong: everything in the process that asks it is told so.

CHECKOUT_CLOCK_SKEW_S   how far off it is at the start: one of SKEWS_S
SIGUSR1                 somebody sets it, to the next one of them
"""

from __future__ import annotations

import ctypes
import datetime as dt
import gc
import os
import signal
import sys
import time
from typing import TYPE_CHECKING, Any, Final

from uuid_utils import compat

if TYPE_CHECKING:
    from uuid import UUID

#: An hour ahead and behind, a day ahead and behind.
SKEWS_S: Final = (3_600, -3_600, 86_400, -86_400)


class WrongClock:
    """The wall clock of the process; the monotonic one, which nobody sets, stays as it is.

    So does `time.time`: grpc holds it against deadlines that its C library dates by the true clock,
    and on a machine that is off both would be. Nobody in `checkout` asks it (`tests/tidy`).
    """

    def __init__(self, skew_s: int) -> None:
        self.skew_s = skew_s
        self._now = dt.datetime.now

    def wind(self) -> None:
        """Let `datetime` tell this time, also to those who have imported it."""
        (names,) = gc.get_referents(vars(dt.datetime))
        names["now"] = staticmethod(self.now)
        ctypes.pythonapi.PyType_Modified(ctypes.py_object(dt.datetime))

    def now(self, tz: dt.tzinfo | None = None) -> dt.datetime:
        """Instead of `datetime.now`."""
        return self._now(tz) + dt.timedelta(seconds=self.skew_s)

    def set(self, number: int, frame: Any) -> None:
        """Somebody sets it."""
        del number, frame
        self.skew_s = SKEWS_S[(SKEWS_S.index(self.skew_s) + 1) % len(SKEWS_S)]


def _wrong_ids(clock: WrongClock) -> None:
    """Ids that rise with time are made by a library with a clock of its own."""
    made = compat.uuid7

    def uuid7(*, nanoseconds: int | None = None) -> UUID:
        wrong = time.time_ns() + clock.skew_s * 1_000_000_000
        return made(nanoseconds=wrong if nanoseconds is None else nanoseconds)

    compat.uuid7 = uuid7


if __name__ == "__main__":
    wrong = WrongClock(int(os.environ.get("CHECKOUT_CLOCK_SKEW_S", SKEWS_S[0])))
    wrong.wind()
    _wrong_ids(wrong)
    signal.signal(signal.SIGUSR1, wrong.set)
    off_s = dt.datetime.now(dt.UTC).timestamp() - time.time()
    assert abs(off_s - wrong.skew_s) < 1, "the clock is as wrong as it was asked to be"
    # Only now, so that nobody has taken the true ids by name.
    from checkout.launch.worker import main

    sys.exit(main())
