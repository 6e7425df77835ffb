"""What Locust loads: users, shape and listeners of the plan that CHECKOUT_LOAD_PLAN names.

    export LOCUST_SKIP_MONKEY_PATCH=1 CHECKOUT_LOAD_PLAN=build/loadtest/plan.json
    python -m locust -f loadtests/locust_users/locustfile.py …

`make loadtest` and `make loadtest-ui` do that, on servers of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from gevent import monkey
from gevent.pool import Group
from locust import LoadTestShape, constant, events, poisson
from locust.runners import WorkerRunner

from loadtests.locust_users.beside import happen
from loadtests.locust_users.call_loop import require_threads
from loadtests.locust_users.compared_till import ComparedTill
from loadtests.locust_users.plan import BY_HAND, FLOOR, given_plan, stages_file
from loadtests.locust_users.profiles import PROFILES
from loadtests.locust_users.recorder import Recorder
from loadtests.locust_users.stages import ECHO, stages_of
from loadtests.locust_users.till import Till, Tills

if TYPE_CHECKING:
    from locust.env import Environment

require_threads()
# Locust waits for its workers with time.sleep: that alone of Python's library is replaced.
monkey.patch_time()

FOLDER, PLAN = given_plan()
RECORDER = Recorder(PLAN.watched)
#: What goes on beside the tills of a test.
ASIDE = Group()
STAGES = [] if PLAN.shape == BY_HAND else stages_of(PLAN.shape, PLAN.users, PLAN.seconds)
Till.target = PLAN.target
ComparedTill.echo_target = PLAN.echo_target

if PLAN.profile == FLOOR:
    BESIDE = None

    class FloorTill(ComparedTill):
        """A till of the comparison."""

else:
    PROFILE = PROFILES[PLAN.profile]
    BESIDE = PROFILE.beside

    class ShopTill(Till):
        """A till of the profile."""

        wait_time = poisson(1 / PROFILE.pause_s) if PROFILE.pause_s else constant(0)
        tasks = [each for each, parts in PROFILE.journeys.items() for _ in range(parts)]  # noqa: RUF012 - Locust's
        spend_every = PROFILE.spend_every
        guest_every = PROFILE.guest_every


if STAGES:

    class Staged(LoadTestShape):
        """One stage after the other."""

        def __init__(self) -> None:
            super().__init__()  # type: ignore[no-untyped-call]
            self._entered = -1

        def tick(self) -> tuple[int, float] | None:
            """Users now, and how many of them may begin in a second: all."""
            RECORDER.tick()
            left_s = self.get_run_time()  # type: ignore[no-untyped-call]
            for number, stage in enumerate(STAGES):
                if left_s < stage.seconds:
                    if number != self._entered:
                        self._entered = number
                        ComparedTill.asks_echo = stage.label == ECHO
                        RECORDER.enter(stage.label, stage.users, stage.seconds)
                    return stage.users, float(stage.users)
                left_s -= stage.seconds
            RECORDER.leave()
            return None


def begin(environment: Environment, **_: object) -> None:
    """Open the client's loop: in the process that has users, after any fork."""
    if not hasattr(Till, "tills"):  # else another test of the same process, from Locust's pages
        Till.tills = Tills(FOLDER, PLAN)
        environment.events.request.add_listener(RECORDER.request)
        environment.events.user_error.add_listener(RECORDER.user_error)
    if BESIDE is not None and not isinstance(environment.runner, WorkerRunner):
        ASIDE.spawn(happen, BESIDE, environment, Till.tills, PLAN, RECORDER)


def rest(**_: object) -> None:
    """Nothing happens beside tills that do nothing; the next test begins it anew."""
    ASIDE.kill()


def end(environment: Environment, **_: object) -> None:
    """Close the client, write down what was measured."""
    del environment
    if hasattr(Till, "tills"):
        Till.tills.stop()
    if STAGES:
        body = orjson.dumps(RECORDER.document(), option=orjson.OPT_INDENT_2)
        stages_file(FOLDER, PLAN).write_bytes(body)


events.test_start.add_listener(begin)
events.test_stop.add_listener(rest)
events.quitting.add_listener(end)
