"""The closed-loop generator, started as a process of its own; what it printed.

Of a stand it sells what nobody has bought yet, and a run with a wrong answer is void.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from checkout.api.session import FRAMES_MAX
from loadtests.service import h2load, world
from loadtests.service.drive import WARM_UP_S
from loadtests.service.load import Load

if TYPE_CHECKING:
    from loadtests.service.stand import Served, Stand

#: Calls at once: unary over one connection; frames of one stream. Those that are batched: two
#: batches, of which one is read and folded while the other is written.
AT_ONCE: Final = 48
BATCHED_AT_ONCE: Final = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Drive:
    """What a run of the generator does."""

    kind: str
    seconds: float
    members: int
    at_once: int = AT_ONCE
    #: Of Sessions, so that workers of a port share them.
    connections: int = 1
    #: Of each receipt, unless baskets are sold.
    lines: int = world.LINES
    prefix: str = "bench"
    warm_up_s: float = WARM_UP_S

    @property
    def streams(self) -> int:
        """As many as the frames need that are under way at once, and one a connection."""
        return max(-(-self.at_once // FRAMES_MAX), self.connections)


def drive(stand: Stand, asked: Drive, served: Served) -> Load:
    """What a run of the generator gave against one server.

    Unary quotes of one basket, of the service or of the echo, are asked for by `h2load` where there
    is one.

    Raises:
        RuntimeError: an answer was wrong, or there was none.
    """
    binary = h2load.path()
    if asked.kind == "quote_unary" and binary is not None and stand.baskets is None:
        return h2load.drive(binary, stand, served, asked.seconds, asked.at_once)
    done = subprocess.run(command(stand, asked, served), capture_output=True, text=True, check=True)
    return load_of(asked.kind, done.stdout)


def command(stand: Stand, asked: Drive, served: Served) -> list[str]:
    """The generator, for a subprocess."""
    return [
        *(sys.executable, "-m", "loadtests.service.drive", asked.kind, served.target),
        *(part for pid in served.pids for part in ("--server-pid", str(pid))),
        *("--postgres-pid", str(stand.postgres_pid), "--valkey-pid", str(stand.valkey_pid)),
        *("--at-once", str(asked.at_once), "--connections", str(asked.connections)),
        *("--streams", str(asked.streams)),
        *("--lines", str(asked.lines), "--warm-up-s", str(asked.warm_up_s)),
        *("--seconds", str(asked.seconds), "--members", str(asked.members)),
        *("--prefix", asked.prefix, *stand.asked_for()),
    ]


def load_of(kind: str, told: str) -> Load:
    """What the generator printed.

    Raises:
        RuntimeError: an answer was wrong, or there was none.
    """
    load = Load(**json.loads(told))
    if load.wrong or not load.calls:
        message = f"void: {load.wrong} wrong answers of {kind}, {load.calls} calls"
        raise RuntimeError(message)
    return load
