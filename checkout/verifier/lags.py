"""How far behind background work is: what waits longest, in seconds, asked in SQL of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from asyncpg import Connection

_LAGS: Final = """
with moment as (
    select transaction_timestamp()
        + coalesce(nullif(current_setting('checkout.clock_offset', true), ''), '0')::interval as now
)
select 'events' as work, extract(epoch from transaction_timestamp() - min(queued_at)) as seconds
from outbox_pending
union all
select 'deliveries', extract(epoch from transaction_timestamp() - min(created))
from pgqueuer where entrypoint = 'deliver_event' and status in ('queued', 'picked')
union all
select 'purchases', extract(epoch from transaction_timestamp() - min(queued_at))
from visit_pending
union all
select 'lots_to_begin', extract(epoch from moment.now - min(active_from))
from moment left join lot on is_open and is_pending and active_from <= moment.now
group by moment.now
union all
select 'lots_to_end', extract(epoch from moment.now - interval '15 minutes' - min(expires_at))
from moment
left join lot on is_open and remaining > held + frozen
    and expires_at <= moment.now - interval '15 minutes'
group by moment.now
union all
select 'holds', extract(epoch from moment.now - min(expires_at))
from moment left join hold on state = 'pending' and expires_at <= moment.now
group by moment.now
"""
_PUT_ASIDE: Final = "select count(*) from pgqueuer where status = 'failed'"


@dataclass(frozen=True, slots=True)
class Lags:
    """Seconds that the oldest piece of each kind of work waits, 0 if none does; jobs put aside."""

    seconds: dict[str, float]
    jobs_put_aside: int


async def read_lags(connection: Connection[Any]) -> Lags:
    """Ask once."""
    found = await connection.fetch(_LAGS)
    seconds = {row["work"]: max(float(row["seconds"] or 0), 0.0) for row in found}
    return Lags(seconds, await connection.fetchval(_PUT_ASIDE))
