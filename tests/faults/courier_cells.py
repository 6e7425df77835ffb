"""FC18B: a webhook that fails in every way, an event that it never takes, a courier that is killed.

The webhook is a real one on loopback. What it makes of a request is drawn, but for one event that
it refuses until somebody has mended it. It drops what it knows by id, as receivers should: each
effect must have reached it, under one id and with one content, however often.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import orjson

from checkout.workers.courier import DELIVERY
from tests.faults.figures import percentile_ms
from tests.service.put_aside import retried
from tests.service.running import wait_until
from tests.service.webhook import KEY, Manner, Receiver, listening

if TYPE_CHECKING:
    import random

    from tests.faults.scene import Scene

#: How the first requests of twenty events are met, in an order that is drawn.
MOODS: Final = {
    Manner.TAKES: 10,
    Manner.REFUSES: 3,
    Manner.SAYS_NOTHING: 2,
    Manner.NEVER_ENDS: 1,
    Manner.HANGS_UP: 2,
    Manner.TAKES_AND_HANGS_UP: 2,
}
#: For how long the webhook is waited for here; and how often an event is told again.
TIMEOUT_MS: Final = 500
ATTEMPTS_MAX: Final = 3
#: In the long form workers die: what one had taken is taken over half a minute later.
KILLED_FROM_S: Final = 60
DEATHS_MAX: Final = 8
#: A delivery that is under way for so long is nobody's: a live one ends with its time.
LEFT_AFTER_S: Final = 2.0
#: What has not been told by then never is.
TOLD_WITHIN_S: Final = 90.0
REFUSAL: Final = 422
REFUSED: Final = f"the webhook answered {REFUSAL}"
#: Whether an event waits for its job, or a job for its end.
_UNDER_WAY: Final = (
    "select exists (select from outbox_pending) or exists (select from pgqueuer"
    f" where status in ('queued', 'picked') and entrypoint = '{DELIVERY}')"
)
_LEFT: Final = (
    f"select count(*) from pgqueuer where status = 'picked' and entrypoint = '{DELIVERY}'"
    " and updated < now() - make_interval(secs => $1)"
)


class MoodyReceiver(Receiver):
    """Meets the first request of each event as chance will have it, and never takes the first."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        drawn = [manner for manner, times in MOODS.items() for _ in range(times)]
        self._moods = chance.sample(drawn, len(drawn))
        self.status = REFUSAL
        self.poisonous = ""
        self.is_mended = False
        #: Contents by id: whoever drops an id that it knows loses nothing by it.
        self.contents: dict[str, set[bytes]] = {}
        #: Seconds from the effect until it was known here.
        self.lags: list[float] = []

    def manner_of(self, event: dict[str, Any]) -> Manner:
        event_id = event["event_id"]
        self.poisonous = self.poisonous or event_id
        manner = Manner.TAKES
        if event_id == self.poisonous:
            manner = Manner.TAKES if self.is_mended else Manner.REFUSES
        elif self.asked[event_id] == 1:
            manner = self._moods[len(self.asked) % len(self._moods)]
        if manner in {Manner.TAKES, Manner.TAKES_AND_HANGS_UP}:
            self._learn(event)
        return manner

    def _learn(self, event: dict[str, Any]) -> None:
        contents = self.contents.setdefault(event["event_id"], set())
        if not contents and event["event_id"] != self.poisonous:
            happened = dt.datetime.fromisoformat(event["at"])
            self.lags.append((dt.datetime.now(dt.UTC) - happened).total_seconds())
        contents.add(orjson.dumps(event))


async def told(scene: Scene) -> None:
    """Each event is known in the end, but for the one that is put aside; and that one, mended."""
    receiver = MoodyReceiver(scene.load.chance)
    async with listening(receiver):
        webhook = {
            "CHECKOUT_WEBHOOK_URL": receiver.url,
            "CHECKOUT_WEBHOOK_SECRET": KEY.hex(),
            "CHECKOUT_WEBHOOK_TIMEOUT_MS": str(TIMEOUT_MS),
            "CHECKOUT_WEBHOOK_ATTEMPTS_MAX": str(ATTEMPTS_MAX),
        }
        for number, worker in enumerate(scene.workers):
            await worker.terminate()
            await scene.restart(number, **webhook)
        before = await _events(scene)
        async with scene.load_running():
            if scene.seconds >= KILLED_FROM_S:
                await scene.at(0.3)
                await _die_half_way(scene, webhook)
        expected = await _events(scene) - before

        async def none_is_left() -> bool:
            return not await scene.database.fetchval(_UNDER_WAY)

        async def all_known() -> bool:
            return expected <= set(receiver.contents)

        took_s = await wait_until(none_is_left, TOLD_WITHIN_S, "the end of all deliveries")
        scene.require(receiver.poisonous not in receiver.contents, "what is refused is known")
        receiver.is_mended = True
        faults = await retried(scene.dsn)
        scene.require(REFUSED in faults, f"the poison was not put aside: {faults}")
        # On a machine that does much else answers come too late, again and again.
        late = [fault for fault in faults if fault != REFUSED]
        scene.require_timely(not late, f"put aside beside the poison: {late}")
        await wait_until(all_known, TOLD_WITHIN_S, "the delivery of all events")
    scene.figure("events", len(expected))
    scene.figure("put aside, and told when the webhook was mended", len(faults))
    scene.figure("seconds until all were told after the load", took_s)
    _judge(scene, receiver, expected)


def _judge(scene: Scene, receiver: MoodyReceiver, expected: set[str]) -> None:
    again = sum(count - 1 for count in receiver.ids().values())
    changed = sum(len(contents) > 1 for contents in receiver.contents.values())
    unheard = set(Manner) - set(receiver.met)
    for manner, count in receiver.met.items():
        scene.figure(f"a webhook that {manner.value}", count)
    scene.figure("told again to one who knew", again)
    scene.figure("of these with another content", changed)
    scene.figure("seconds until known, p50", percentile_ms(receiver.lags, 50) / 1_000)
    scene.figure("seconds until known, p99", percentile_ms(receiver.lags, 99) / 1_000)
    scene.require(len(expected) > 0, "nothing happened that could be told")
    scene.require(not unheard, f"no request was met so: {unheard}")
    scene.require(again > 0, "nothing was told twice: ids were of no use")
    scene.require(not changed, f"{changed} ids came with two contents")


async def _events(scene: Scene) -> set[str]:
    """Ids of all that has happened."""
    found = await scene.database.fetch("select event_id::text from outbox")
    return {row["event_id"] for row in found}


async def _die_half_way(scene: Scene, webhook: dict[str, str]) -> None:
    """Kill workers until one had deliveries under way: others take them over."""
    left = deaths = 0
    while not left and deaths < DEATHS_MAX:
        number = deaths % len(scene.workers)
        scene.workers[number].kill()
        await scene.workers[number].wait_until_ended()
        deaths += 1
        scene.lifted()
        await scene.restart(number, **webhook)
        await scene.pass_s(LEFT_AFTER_S)
        left = await scene.database.fetchval(_LEFT, LEFT_AFTER_S)
    scene.figure("deliveries that a dead worker left", left)
    scene.require(left > 0, f"{deaths} workers died with nothing under way")
