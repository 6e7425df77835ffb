"""Ending, from outside, what runs on a directory: for `make stop` and `make clean`.

It asks the owner first, so that the service ends before its database; then the supervisor; then
the servers themselves. Each is signalled only if its pid still is the process that was recorded.
"""

from __future__ import annotations

import os
from pathlib import Path
from signal import Signals

from checkout.embedded.errors import AlreadyRunningError
from checkout.embedded.placement import Placement, remove_files
from checkout.embedded.processes import end_process, is_alive
from checkout.embedded.state import read_state, try_lock
from checkout.embedded.supervisor import end_leftovers

_OWNER_GRACE_S = 30
_SUPERVISOR_GRACE_S = 60


def stop_servers(directory: Path) -> list[str]:
    """End the owner, its servers and whatever is left over; what was ended, in words."""
    placement = _placement_of(directory)
    state = read_state(placement.state_file)
    if state is None:
        return []
    ended: list[str] = []
    if is_alive(state.owner) and state.owner.pid != os.getpid() and is_alive(state.supervisor):
        end_process(state.owner, Signals.SIGTERM, grace_s=_OWNER_GRACE_S)
        ended.append(f"the service (pid {state.owner.pid})")
    supervisor = state.supervisor
    if supervisor is not None and is_alive(supervisor):
        # It needs no signal when the owner ended; asked twice it does the same.
        end_process(supervisor, Signals.SIGTERM, Signals.SIGKILL, grace_s=_SUPERVISOR_GRACE_S)
        ended.append("its PostgreSQL and Valkey")
    with try_lock(placement.lock_file) as held:
        if held:
            ended.extend(end_leftovers(placement))
    return ended


def clean_directory(directory: Path) -> list[Path]:
    """Remove the servers' files; refuses while they run."""
    directory = directory.resolve()
    if not directory.is_dir():
        return remove_files(directory)
    with try_lock(_placement_of(directory).lock_file) as held:
        if not held:
            raise AlreadyRunningError(f"servers run on {directory}: end them with `make stop`")
        return remove_files(directory)


def _placement_of(directory: Path) -> Placement:
    directory = directory.resolve()
    return Placement(directory=directory, home=directory, note="")
