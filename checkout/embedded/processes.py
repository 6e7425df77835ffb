"""Processes that cannot be mistaken for others.

A pid alone names whoever has it now. A pid with its start time names one process for ever: what
we signal is the process that we started, or nobody.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """One process of this boot: its pid and the moment it started, as the system tells it."""

    pid: int
    started: str


def identify_process(pid: int) -> ProcessIdentity | None:
    """The living process with this pid; none when there is none or it only waits to be reaped."""
    if pid <= 0:
        return None
    started = _started_linux(pid) if sys.platform == "linux" else _started_ps(pid)
    return None if started is None else ProcessIdentity(pid, started)


def is_alive(process: ProcessIdentity | None) -> bool:
    return process is not None and identify_process(process.pid) == process


def children_of(pid: int) -> list[ProcessIdentity]:
    """The living processes that this one started."""
    children = _children_linux(pid) if sys.platform == "linux" else _children_ps(pid)
    found = (identify_process(child) for child in children)
    return [child for child in found if child is not None]


def command_of(pid: int) -> str:
    """The command line with which a process was started; empty when it cannot be read."""
    return _command_linux(pid) if sys.platform == "linux" else _ps(pid, "command=")


def signal_process(process: ProcessIdentity, number: signal.Signals) -> None:
    """Signal exactly this process; do nothing when it is gone."""
    with suppress(ProcessLookupError):
        if sys.platform == "linux":
            # The descriptor pins the process: between the check and the signal the pid cannot
            # pass to another one.
            descriptor = os.pidfd_open(process.pid)
            try:
                if is_alive(process):
                    signal.pidfd_send_signal(descriptor, number)
            finally:
                os.close(descriptor)
        elif is_alive(process):
            os.kill(process.pid, number)


def wait_until_gone(process: ProcessIdentity, wait_s: float) -> bool:
    """Whether the process ended within the time."""
    end_s = time.monotonic() + wait_s
    while is_alive(process):
        if time.monotonic() >= end_s:
            return False
        time.sleep(_POLL_S)
    return True


def end_process(process: ProcessIdentity, *signals: signal.Signals, grace_s: float) -> bool:
    """Try the signals in turn, each with its time to act; whether the process is gone."""
    for number in signals:
        signal_process(process, number)
        if wait_until_gone(process, grace_s):
            return True
    return not is_alive(process)


# Linux is read from /proc: small containers have no `ps`.


def _started_linux(pid: int) -> str | None:
    fields = _stat_linux(pid)
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    if not fields or fields[0] in "ZX":
        return None
    return f"{boot}:{fields[19]}"  # ticks since the boot


def _children_linux(pid: int) -> list[int]:
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [child for child in pids if _stat_linux(child)[1:2] == [str(pid)]]


def _stat_linux(pid: int) -> list[str]:
    """The fields after the name: state, parent ...; none for a process that is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []
    # The name in parentheses may hold blanks and parentheses itself: count from the last one.
    return stat.rpartition(")")[2].split()


def _command_linux(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return ""
    return os.fsdecode(b" ".join(words))


def _started_ps(pid: int) -> str | None:
    state, _, started = _ps(pid, "state=,lstart=").partition(" ")
    return None if not started or state.startswith("Z") else started.strip()


def _children_ps(pid: int) -> list[int]:
    pairs = (line.split() for line in _run_ps("-A", "-o", "ppid=,pid=").splitlines())
    return [int(child) for parent, child in pairs if int(parent) == pid]


def _ps(pid: int, columns: str) -> str:
    return _run_ps("-o", columns, "-p", str(pid))


def _run_ps(*options: str) -> str:
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
    found = subprocess.run(
        ["ps", *options],  # noqa: S607 -- where ps lies differs; PATH is ours
        capture_output=True,
        check=False,
        env=environment,
        text=True,
    )
    return found.stdout.strip()
