"""Two workers at one port, as a machine has them: what they do together.

The kernel spreads connections over them, not calls: there are many connections, and a run of which
one worker had no share is void.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from loadtests.service.closed_loop import drive
from loadtests.service.drive import tree_s
from loadtests.service.stand import WORKER, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loadtests.service.closed_loop import Drive
    from loadtests.service.load import Load
    from loadtests.service.stand import Served, Stand

CONNECTIONS: Final = 16
#: Of the processor time of both, what each has at least.
SHARE_MIN: Final = 0.05


@contextmanager
def two_workers(stand: Stand) -> Iterator[Served]:
    """The stand's worker and another one at its port."""
    first = stand.worker
    environment = stand.environment | {"CHECKOUT_PORT": str(first.port)}
    with serving(WORKER, environment) as second:
        yield replace(first, others=(second.pid,))


def drive_both(stand: Stand, asked: Drive, both: Served) -> Load:
    """What a run gave, with twice as many calls at once as one worker has.

    Raises:
        RuntimeError: an answer was wrong, or the kernel gave one worker nothing to do.
    """
    before = [tree_s(pid) for pid in both.pids]
    load = drive(stand, replace(asked, at_once=2 * asked.at_once, connections=CONNECTIONS), both)
    took = [tree_s(pid) - was for pid, was in zip(both.pids, before, strict=True)]
    require_both(took)
    return load


def require_both(took_s: list[float]) -> None:
    """That each of the workers had a share.

    Raises:
        RuntimeError: one had none.
    """
    if min(took_s) < SHARE_MIN * sum(took_s):
        message = f"void: the workers took {', '.join(f'{each:.2f}' for each in took_s)} s"
        raise RuntimeError(message)
