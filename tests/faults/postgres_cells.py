"""FC4, FC6-FC8: PostgreSQL dies, is slow, is silent; all connections are taken."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import asyncpg

from tests.faults import commits
from tests.faults.commits import Place
from tests.faults.figures import percentile_ms, share
from tests.faults.journal import did_something
from tests.faults.outcomes import Death, begun_of, inside_commit, sort_out, unseen
from tests.faults.waits import SLACK_S

if TYPE_CHECKING:
    from tests.faults.scene import Scene

#: No new round of blows begins so shortly before the end.
LAST_ROUND_S: Final = 6.0
#: Round trips that a batch makes cost so much each.
LATENCIES_S: Final = (0.05, 0.2, 1.0)
#: How far PostgreSQL is while connections are exhausted.
FAR_S: Final = 0.015
CUT_SHARE: Final = 0.01
#: Longer than the service waits for anything.
SILENT_S: Final = 6.0
SILENT_FULL_S: Final = 25.0
#: After a fault of the network sales go on within so long, and after a silence at every worker: its
#: own bounds, and a margin.
BACK_WITHIN_S: Final = 5.0


async def killed(scene: Scene) -> None:
    """All of PostgreSQL dies, or one backend, which restarts the rest; also inside of COMMIT."""
    blows = (
        (Place.ANYWHERE, _kill_whole),
        (Place.ANYWHERE, _kill_backend),
        (Place.BEFORE_DISK, _kill_backend),
        (Place.AFTER_DISK, _kill_whole),
        (Place.BEFORE_DISK, _kill_whole),
    )
    down: list[float] = []
    deaths: list[Death] = []
    await commits.put_up(scene.database)
    async with scene.load_running():
        await scene.at(0.15)
        while not down or scene.elapsed_s < scene.seconds - LAST_ROUND_S:
            for place, kill in blows:
                pid = await commits.FINDERS[place](scene.database)
                began = time.monotonic()
                deaths.append(Death(began, place))
                await kill(scene, pid)
                scene.lifted()
                scene.database = await _connect_again(scene.dsn)
                down.append(time.monotonic() - began)
                await scene.pass_s(1 + scene.load.chance.random())
    await commits.take_down(scene.database)
    scene.figure("deaths", len(deaths))
    scene.figure("longest until it ran s", max(down))
    await _require_both_outcomes(scene, deaths)


async def _require_both_outcomes(scene: Scene, deaths: list[Death]) -> None:
    """Some of what nobody knew was on disk, and some not; nobody was told a lie.

    Each because PostgreSQL died in a COMMIT of its kind, not because it did so anywhere.
    """
    begun_s = await begun_of(scene.database)
    found = sort_out(scene.journal.calls, begun_s)
    seen = inside_commit(deaths, scene.journal.calls, begun_s)
    for place, (count, shown) in seen.items():
        scene.figure(f"deaths {place}", f"{count} ({shown} seen in calls)")
    missing = unseen(seen)
    scene.require(not missing, "; ".join(missing))
    scene.figure("unknown and written", len(found.written))
    scene.figure("unknown and not written", len(found.unwritten))
    scene.figure("denied, though written", len(found.denied))
    told = sum(n for what, n in scene.journal.said.items() if what.endswith("OUTCOME_UNKNOWN"))
    scene.figure("told so by the service", told)
    scene.require(told > 0, "the service never said that it does not know")
    scene.require(
        not found.denied,
        f"{len(found.denied)} calls were told that nothing was written: {found.denied[:3]}",
    )


async def _kill_whole(scene: Scene, pid: int) -> None:
    """The postmaster and all its backends, whichever of them is meant."""
    del pid
    await asyncio.to_thread(scene.stand.servers.kill, "postgres")
    # Not before: its locks would be free.
    scene.database.terminate()
    await asyncio.to_thread(scene.stand.servers.start, "postgres")


async def _kill_backend(scene: Scene, pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    # The postmaster lets in whom it throws out again, until it has noticed.
    with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        async with asyncio.timeout(BACK_WITHIN_S):
            while True:
                await scene.database.execute("select 1")
                await asyncio.sleep(1 / 100)


async def _connect_again(dsn: str) -> asyncpg.Connection[Any]:
    """A connection as soon as recovery is over."""
    async with asyncio.timeout(BACK_WITHIN_S * 4):
        while True:
            try:
                return await asyncpg.connect(dsn)
            except (OSError, asyncpg.PostgresError):
                await asyncio.sleep(1 / 20)


async def slow(scene: Scene) -> None:
    """Every round trip costs 50, 200, 1000 ms more, and one packet in a hundred cuts."""
    proxy = scene.postgres
    scene.back_within_s = BACK_WITHIN_S
    async with scene.load_running():
        for step, latency_s in enumerate(LATENCIES_S):
            await scene.at(0.1 + 0.25 * step)
            proxy.delay(latency_s, latency_s / 4)
            proxy.to_client.cut_share = CUT_SHARE
        await scene.at(0.85)
        proxy.heal()
        scene.lifted()
    for step, latency_s in enumerate(LATENCIES_S):
        begins = scene.began + scene.seconds * (0.1 + 0.25 * step)
        within = [
            call
            for call in scene.journal.calls
            if begins <= call.begun_s < begins + scene.seconds * 0.25
        ]
        done = [c for c in within if did_something(c) and c.ended_s - c.begun_s < 1]
        scene.figure(f"+{latency_s * 1000:.0f} ms: done within a second %", share(done, within))
    times = [c.ended_s - c.begun_s for c in scene.journal.calls if did_something(c)]
    scene.figure("p99 ms", percentile_ms(times, 99))
    _require_none_stuck(scene)
    await _require_all_workers_sell(scene)


async def silent(scene: Scene) -> None:
    """Packets vanish; nobody closes a connection. Those that lost bytes never come back."""
    silent_s = SILENT_FULL_S if scene.seconds >= 60 else SILENT_S
    scene.back_within_s = BACK_WITHIN_S
    async with scene.load_running():
        await scene.at(0.15)
        scene.postgres.swallow()
        await scene.pass_s(silent_s)
        before = scene.postgres.open_connections
        scene.postgres.heal()
        scene.lifted()
        await _require_all_workers_sell(scene)
    scene.figure("silent s", silent_s)
    scene.figure("connections that were lost", before)
    _require_none_stuck(scene)


def _require_none_stuck(scene: Scene) -> None:
    """No request waits much longer than its deadline, whatever PostgreSQL does."""
    waits = scene.journal.waits
    scene.figure("requests", waits.requests)
    scene.figure(f"of these stuck (deadline + {SLACK_S:.0f} s)", len(waits.stuck))
    scene.figure("longest behind its deadline s", waits.behind_s)
    scene.require(
        not waits.unanswered, f"{len(waits.unanswered)} are stuck: {waits.unanswered[:3]}"
    )
    scene.require_timely(not waits.late, f"{len(waits.late)} were stuck: {waits.late[:3]}")


async def _require_all_workers_sell(scene: Scene) -> None:
    """Each worker by itself sells again, soon: none is stuck behind a connection that is gone."""
    for number in range(len(scene.workers)):
        took_s = await scene.first_sale_of(number, BACK_WITHIN_S)
        scene.require_timely(
            took_s is not None and took_s <= BACK_WITHIN_S,
            f"worker {number} sold nothing for {BACK_WITHIN_S} s afterwards",
        )
        if took_s is not None:
            scene.figure(f"worker {number} sold again after s", took_s)


async def exhausted(scene: Scene) -> None:
    """A storm of quotes that must all be read, with one connection for them and PostgreSQL far."""
    async with scene.load_running():
        await scene.at(0.1)
        scene.valkey.refuses = True
        scene.valkey.cut()
        scene.postgres.delay(FAR_S)
        storm = asyncio.create_task(_storm_of_quotes(scene))
        await scene.at(0.75)
        storm.cancel()
        await asyncio.gather(storm, return_exceptions=True)
        scene.postgres.heal()
        scene.valkey.heal()
        scene.lifted()
    within = [
        call
        for call in scene.journal.calls
        if scene.began + scene.seconds * 0.1 <= call.begun_s < scene.began + scene.seconds * 0.75
    ]
    at_once = [c for c in within if did_something(c) and c.ended_s - c.begun_s < 1]
    answered = [was for at, _, was in scene.journal.quote_times if at >= scene.began]
    refused = sum(
        count for told, count in scene.journal.said.items() if told.endswith("OVERLOADED")
    )
    scene.figure("sales done within a second %", share(at_once, within))
    scene.figure("quotes answered %", share([was for was in answered if was], answered))
    scene.figure("quotes told to come back", refused)
    scene.require_timely(
        refused > 0, "no quote was told to come back: the connections were not exhausted"
    )
    scene.require_timely(
        bool(within) and len(at_once) >= 0.9 * len(within),
        f"{len(within) - len(at_once)} of {len(within)} sales suffered with the quotes",
    )


async def _storm_of_quotes(scene: Scene) -> None:
    """Four times what one connection can read."""
    while True:
        scene.load.start("quote")
        await asyncio.sleep(1 / 80)
