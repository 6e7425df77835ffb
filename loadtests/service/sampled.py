"""A worker that looks where its main thread is, again and again, by its own processor time.

`python -m loadtests.service.sampled FILE` serves as `checkout.launch.worker` does. SIGUSR1 begins
to count, SIGUSR2 ends it and writes FILE: a line per stack, outermost frame first, then how often
it was seen. The kernel counts the time of all threads, so all samples together are what the process
cost; those that find the main thread in its selector are the time of gRPC's own threads. Python
looks at signals between its instructions: what happens in C is seen where it was called.
"""

from __future__ import annotations

import collections
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from checkout.launch import worker

if TYPE_CHECKING:
    from types import FrameType

#: As often as it may be; the kernel's clock decides, which often ticks 250 times a second.
EVERY_S: Final = 0.001
#: Between the frames of a stack; between the file of a frame and its function.
FRAMES: Final = ";"
NAMES: Final = "|"


def install(output: Path) -> None:
    """Answer the two signals."""
    stacks: collections.Counter[str] = collections.Counter()

    def sample(_number: int, frame: FrameType | None) -> None:
        names = []
        while frame is not None:
            names.append(f"{frame.f_code.co_filename}{NAMES}{frame.f_code.co_qualname}")
            frame = frame.f_back
        stacks[FRAMES.join(reversed(names))] += 1

    def begin(_number: int, _frame: FrameType | None) -> None:
        stacks.clear()
        signal.setitimer(signal.ITIMER_PROF, EVERY_S, EVERY_S)

    def end(_number: int, _frame: FrameType | None) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)
        written = output.with_suffix(".part")
        written.write_text("".join(f"{stack} {count}\n" for stack, count in stacks.items()))
        written.rename(output)

    signal.signal(signal.SIGPROF, sample)
    signal.signal(signal.SIGUSR1, begin)
    signal.signal(signal.SIGUSR2, end)


if __name__ == "__main__":
    install(Path(sys.argv[1]))
    sys.exit(worker.main())
