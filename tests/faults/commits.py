"""COMMITs that last until somebody is killed in one: before it is on disk, or after.

Nothing of the service changes. A deferred trigger on receipts asks for a lock at COMMIT: whoever
holds that keeps all sales waiting when nothing of them counts yet. And PostgreSQL can be told to
wait for a copy of itself before it says that it has committed: where there is no copy, what is on
disk is told to nobody.
"""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from asyncpg import Connection

#: By then some sale has come to its COMMIT.
COME_WITHIN_S: Final = 10.0
#: Much less than the service waits for a lock, at a COMMIT as elsewhere.
POLL_S: Final = 0.002
#: The lock's two numbers: the service's own have one.
_PUT_UP: Final = """
create function wait_at_commit() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(4, 4);
    return null;
end
$$;
create constraint trigger wait_at_commit after insert on receipt
    deferrable initially deferred for each row execute function wait_at_commit();
"""
_BUSIEST: Final = """
select pid from pg_stat_activity
where datname = current_database() and application_name = 'checkout'
order by (state = 'active') desc, query_start desc
limit 1
"""
#: Of a call that is known by its request id: what else a worker commits nobody can ask for.
_COMMITTING: Final = """
select a.pid from pg_stat_activity a
where a.datname = current_database() and a.application_name = 'checkout'
    and a.state = 'active' and a.query like 'COMMIT%' and a.wait_event = $1
    and exists (
        select from pg_locks l
        where l.pid = a.pid and l.relation = 'request_key'::regclass and l.mode = 'RowExclusiveLock'
    )
order by a.query_start
limit 1
"""


class Place(StrEnum):
    """Where PostgreSQL dies, as the report says it."""

    ANYWHERE = "anywhere"
    BEFORE_DISK = "inside of COMMIT before it is on disk"
    AFTER_DISK = "inside of COMMIT after it is on disk"


async def put_up(database: Connection[Any]) -> None:
    """Let sales ask for the lock at COMMIT; as long as nobody takes it, they get it at once."""
    await database.execute(_PUT_UP)


async def take_down(database: Connection[Any]) -> None:
    """The schema is again as it was."""
    await database.execute("drop function wait_at_commit() cascade")


async def anywhere(database: Connection[Any]) -> int:
    """The process in the middle of the most work: of a connection that is busy now, if any is."""
    pid = await database.fetchval(_BUSIEST)
    assert isinstance(pid, int), "the service has connections"
    return pid


async def before_disk(database: Connection[Any]) -> int:
    """The process of a COMMIT that does not count yet; others join it until PostgreSQL dies."""
    await database.execute("select pg_advisory_lock(4, 4)")
    return await _committing(database, "advisory")


async def after_disk(database: Connection[Any]) -> int:
    """The process of a COMMIT that is on disk; others join it until PostgreSQL starts anew."""
    await database.execute("alter system set synchronous_standby_names = 'nobody'")
    try:
        try:
            await database.execute("select pg_reload_conf()")
            return await _committing(database, "SyncRep")
        finally:
            # Read when it starts: until then all go on waiting.
            await database.execute("alter system reset synchronous_standby_names")
    except TimeoutError:
        await database.execute("select pg_reload_conf()")
        raise


async def _committing(database: Connection[Any], wait_event: str) -> int:
    """The first call that waits for this at COMMIT.

    Raises:
        TimeoutError: none came.
    """
    async with asyncio.timeout(COME_WITHIN_S):
        while True:
            pid = await database.fetchval(_COMMITTING, wait_event)
            if isinstance(pid, int):
                return pid
            await asyncio.sleep(POLL_S)


#: Who finds the process to be killed.
FINDERS: Final[dict[Place, Callable[[Connection[Any]], Awaitable[int]]]] = {
    Place.ANYWHERE: anywhere,
    Place.BEFORE_DISK: before_disk,
    Place.AFTER_DISK: after_disk,
}
