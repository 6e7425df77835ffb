"""What workers look for all the time: it does not take longer the more members there are."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Final

from checkout.store.queries import QUERIES
from tests.service import world

if TYPE_CHECKING:
    from tests.service.running import Service

TODAY: Final = dt.date(2026, 7, 1)
#: With a quarter of these PostgreSQL still chooses well, whatever the statement says.
MEMBERS: Final = 160_000
#: A few pages down an index for each kind of what may be due; reading all members is 400,000.
BUFFERS_MAX: Final = 60
#: Of every second one the tier does not end by itself, of the others later.
_MANY: Final = f"""
set session_replication_role = replica;
insert into member (bucket, member_id, partner_id)
select crc32(uuid_send(i)) % 64, i, '{world.NORTH}'
from (select uuidv7() as i from generate_series(1, {MEMBERS})) i;
insert into participation (bucket, member_id, program_code, tier_code, tier_until)
select bucket, member_id, 'main', 'gold', case when bucket % 2 = 0 then date '{TODAY}' end
from member on conflict do nothing;
analyze member, participation;
"""


async def test_whose_tier_ended_is_found_without_reading_all_members(service: Service) -> None:
    """Nobody is looked at whose tier has not ended, by whichever of PostgreSQL's kinds of plan."""
    database = service.database
    await database.execute(_MANY)
    for plan in ("force_custom_plan", "force_generic_plan"):
        await database.execute(f"set plan_cache_mode = {plan}")
        told = await database.fetchval(
            f"explain (analyze, buffers, format json) {QUERIES['due_visits']}",
            [world.NORTH],
            ["main"],
            [TODAY],
            TODAY,
            100,
            [world.NORTH],
        )
        (looked,) = json.loads(told)
        assert looked["Plan"]["Actual Rows"] == 0
        assert (
            looked["Plan"]["Shared Hit Blocks"] + looked["Plan"]["Shared Read Blocks"] < BUFFERS_MAX
        )
