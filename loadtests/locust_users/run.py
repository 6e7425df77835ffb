"""One load test: the floor, then the profile, then the books; what came of it as a page."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from checkout.verifier.verifier import verify
from loadtests.locust_users.plan import BY_HAND, FLOOR, VARIABLE, Plan, stages_file
from loadtests.locust_users.profiles import PROFILES
from loadtests.locust_users.stages import TURNS
from loadtests.locust_users.stand import loaded_shop

if TYPE_CHECKING:
    from collections.abc import Callable

    from checkout.verifier.report import Report

#: How long the comparison with the echo takes.
FLOOR_S: Final = 30
#: A process that has not ended so long after its time has hung.
_OVERTIME_S: Final = 60.0
#: Locust's own: something failed. What failed is in its report, and judged here.
_FAILURES: Final = 1
_PAGES_HOST: Final = "127.0.0.1"
_ROOT: Final = Path(__file__).resolve().parents[2]
_LOCUST: Final = (sys.executable, "-m", "locust", "-f", "loadtests/locust_users/locustfile.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for."""

    profile: str
    shape: str
    users: int
    seconds: int
    floor_s: int = FLOOR_S
    over_session: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a load test."""

    asked: Asked
    about_baskets: str
    #: What the recorder wrote of either run.
    floor: dict[str, Any]
    load: dict[str, Any]
    report: Report


class LocustFailedError(Exception):
    """Locust itself did not run; its log tells why."""


def run_load(asked: Asked, folder: Path, say: Callable[[str], None]) -> Outcome:
    """Measure on servers of our own; Locust's reports and logs go to the folder.

    Raises:
        LocustFailedError: Locust itself failed.
    """
    profile = PROFILES[asked.profile]
    say(f"starting servers with a year of real receipts for {asked.profile}: {profile.about}")
    with loaded_shop(folder, asked.profile, profile) as stand:
        say(stand.about_baskets)
        say(f"{asked.users} users quote, in turn to the echo and to the service: {asked.floor_s} s")
        floor = replace(
            stand.plan,
            profile=FLOOR,
            shape=TURNS,
            users=asked.users,
            seconds=asked.floor_s,
            over_session=asked.over_session,
        )
        compared = run_locust(folder, floor)
        say(f"{asked.profile}, {asked.shape} of at most {asked.users} users: {asked.seconds} s")
        plan = replace(
            stand.plan,
            shape=asked.shape,
            users=asked.users,
            seconds=asked.seconds,
            over_session=asked.over_session,
        )
        loaded = run_locust(folder, plan)
        say("verifying the books")
        report = asyncio.run(verify(stand.dsn))
    return Outcome(
        asked=asked,
        about_baskets=stand.about_baskets,
        floor=compared,
        load=loaded,
        report=report,
    )


def run_locust(folder: Path, plan: Plan) -> dict[str, Any]:
    """Locust without pages, in a process of its own; what the recorder wrote.

    Raises:
        LocustFailedError: it did not run.
    """
    written = stages_file(folder, plan)
    written.unlink(missing_ok=True)
    log = folder / f"{plan.profile}.log"
    prefix = folder / plan.profile
    command = [
        *_LOCUST,
        *("--headless", "--only-summary", "--stop-timeout", "10", "--logfile", str(log)),
        *("--csv", str(prefix), "--csv-full-history", "--html", f"{prefix}.html"),
        *("--host", plan.target),
    ]
    log.unlink(missing_ok=True)
    with (folder / f"{plan.profile}.out").open("wb") as out:
        done = subprocess.run(
            command,
            cwd=_ROOT,
            env=environment_of(folder, plan),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            timeout=plan.seconds + _OVERTIME_S,
            check=False,
        )
    if done.returncode not in {0, _FAILURES} or not written.exists():
        raise LocustFailedError(f"Locust ended with {done.returncode}: {log}, {out.name}")
    told: dict[str, Any] = orjson.loads(written.read_bytes())
    return told


def serve_pages(profile_name: str, folder: Path, port: int, say: Callable[[str], None]) -> None:
    """Locust's own pages on servers of our own, until it is told to end."""
    profile = PROFILES[profile_name]
    say(f"starting servers with a year of real receipts for {profile_name}: {profile.about}")
    with loaded_shop(folder, profile_name, profile) as stand:
        say(stand.about_baskets)
        plan = replace(stand.plan, shape=BY_HAND)
        say(f"http://{_PAGES_HOST}:{port}: set users and start there; Ctrl-C ends everything")
        command = [*_LOCUST, "--web-host", _PAGES_HOST, "--web-port", str(port)]
        with subprocess.Popen(command, cwd=_ROOT, env=environment_of(folder, plan)) as process:
            try:
                process.wait()
            except KeyboardInterrupt:
                process.terminate()


def environment_of(folder: Path, plan: Plan) -> dict[str, str]:
    """The environment of a process of Locust; the plan is written for it."""
    path = folder / "plan.json"
    plan.write(path)
    return {**os.environ, VARIABLE: str(path.resolve()), "LOCUST_SKIP_MONKEY_PATCH": "1"}
