"""What every sale writes anew touches no index: PostgreSQL then changes the row in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.service.running import Service

#: Columns that a sale to a member changes, by table; a shared limit's `changed_at` it does, too.
CHANGED = {
    "account": {"balance", "held", "seq", "debt", "frozen", "pending"},
    "budget": {"discount_used", "discount_held", "uses_used", "uses_held"},
    "limit_slot": {"used", "held"},
    "lot": {"remaining", "held", "frozen", "expired"},
    "member": {"version", "purchases", "last_purchase_on"},
}
#: Columns that an index holds or asks about.
INDEXED = """
select a.attname
from pg_index i
join pg_depend d
    on d.classid = 'pg_class'::regclass and d.objid = i.indexrelid and d.refobjid = i.indrelid
join pg_attribute a on a.attrelid = i.indrelid and a.attnum = d.refobjsubid
where i.indrelid = $1::text::regclass
union
select a.attname
from pg_index i
join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
where i.indrelid = $1::text::regclass
"""


@pytest.mark.parametrize("table", CHANGED)
async def test_no_index_looks_at_what_a_sale_changes(service: Service, table: str) -> None:
    """An index on one of these would be written with every sale, and so would all others."""
    indexed = {row["attname"] for row in await service.database.fetch(INDEXED, table)}
    assert "bucket" in indexed
    assert not indexed & CHANGED[table]
