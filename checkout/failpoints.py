"""Failpoints: places where a test stand lets a worker die, stop, fail or wait.

    CHECKOUT_FAILPOINT=after_commit:kill:20        the twentieth commit is the last thing it does
    CHECKOUT_FAILPOINT=before_reply:pause_300,half_swept:kill

A worker arms them once, at its start, and only if the setting that names a test stand is on; a
worker of an installation has none, and passing one costs a look at an empty dictionary.
"""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import dataclass
from typing import Final

#: Where one can be set, in the order in which a call passes them.
PLACES: Final = {
    "before_commit": "everything is written, COMMIT has not been sent",
    "after_commit": "PostgreSQL has committed, nobody has been told",
    "before_reply": "the answer is known at the edge, the client has not got it",
    "half_swept": "a sweep has ended some overdue holds and not yet the next",
    "half_invalidated": "the cache has been told, the queue's rows have not been deleted",
}
_PAUSE: Final = "pause_"
ACTIONS: Final = ("kill", "stop", "fail", f"{_PAUSE}<ms>")


class FailpointError(OSError):
    """What the action `fail` raises: as if a connection had broken at this place."""


@dataclass(slots=True)
class _Armed:
    action: str
    passes_left: int


_armed: dict[str, _Armed] = {}


def arm(description: str) -> None:
    """Set the failpoints that a description names; an empty one disarms all.

    Raises:
        ValueError: it names a place or an action that does not exist.
    """
    armed = {}
    for part in filter(None, description.split(",")):
        place, _, rest = part.strip().partition(":")
        action, _, count = rest.partition(":")
        is_pause = action.startswith(_PAUSE) and action.removeprefix(_PAUSE).isdigit()
        if place not in PLACES or not (action in ACTIONS[:3] or is_pause):
            message = (
                f"CHECKOUT_FAILPOINT has {part!r}: it takes place:action[:pass] with one of"
                f" {', '.join(PLACES)} and one of {', '.join(ACTIONS)}"
            )
            raise ValueError(message)
        if count and not (count.isdigit() and int(count)):
            message = f"CHECKOUT_FAILPOINT has {part!r}: the pass is a number from 1"
            raise ValueError(message)
        armed[place] = _Armed(action, int(count or 1))
    _armed.clear()
    _armed.update(armed)


async def reach(place: str) -> None:
    """Pass a place: at the pass that was set, and at each later one, its action happens.

    Except `stop`, which happens once: whoever is continued goes on.

    Raises:
        FailpointError: the action is `fail`.
    """
    if _armed:
        await _act(place)


async def _act(place: str) -> None:
    armed = _armed.get(place)
    if armed is None:
        return
    armed.passes_left -= 1
    if armed.passes_left > 0:
        return
    match armed.action:
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "stop":
            del _armed[place]
            os.kill(os.getpid(), signal.SIGSTOP)
        case "fail":
            raise FailpointError(place)
        case pause:
            await asyncio.sleep(int(pause.removeprefix(_PAUSE)) / 1_000)
