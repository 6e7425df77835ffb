"""A segment's page says its conditions as people call things; codes stand beside, in small."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import orjson

from admin.permissions import Role
from tests.service import world
from tests.service.office import login_of

if TYPE_CHECKING:
    from tests.service.office import Office

CONDITIONS: Final = {
    "tag": "vip",
    "segment": "gone",
    "tier": "main/gold",
    "joined_from": "2026-01-31",
    "spend_from": "1000.50",
    "spend_days": "30",
    "store": "s1",
    "birthday_month": "2",
    "is_blocked": "no",
}
_ROW: Final = re.compile(r"<dt>([^<]*)</dt><dd>([^<]*?)(?: <small[^>]*>([^<]*)</small>)?</dd>")


async def test_conditions_are_told_by_names_with_codes_in_small(office: Office) -> None:
    """Of tags, tiers and stores; of what is there no more the code; days as their reader writes."""
    await office.database.execute(
        "insert into tag (partner_id, code, name) values ($1, 'vip', 'Very important')",
        world.NORTH,
    )
    await office.database.execute(
        "insert into segment (partner_id, code, name, conditions, size, counted_at)"
        " values ($1, 'some', 'Some', $2::text::jsonb, 3, now())",
        world.NORTH,
        orjson.dumps(CONDITIONS).decode(),
    )
    marketer = await office.signed_in(login_of(Role.MARKETER))
    address = f"/segment/details/{world.NORTH};some"
    page = (await marketer.get(address)).text.partition(">Conditions<")[2]
    told = [(name, shown, code) for name, shown, code in _ROW.findall(page)]
    assert told == [
        ("Tag", "Very important", "vip"),
        ("Segment", "gone", ""),
        ("Tier", "main · Gold", "main/gold"),
        ("Spend: last days", "30", ""),
        ("Spend from", "1000.50", ""),
        ("Bought at store", "Shop s1", "s1"),
        ("Joined from", "2026-01-31", ""),
        ("Birthday in", "February", ""),
        ("Blocked", "No", ""),
    ]
    listed = (await marketer.get("/member/list?tag=vip")).text
    assert re.search('<span class="badge bg-blue-lt">[^<]*: Very important</span>', listed)
    await marketer.post("/account/language", {"language": "ru"})
    russian = (await marketer.get(address)).text
    assert "<dd>31.01.2026</dd>" in russian
    assert "<dd>1000,50</dd>" in russian
