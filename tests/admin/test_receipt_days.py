"""Receipts are asked for by the day that they stand on, not by that on which they were told."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from admin.receipts import finding
from checkout.flows.business_day import EARLIER_MAX, LATER_MAX
from tests.admin.test_members import OWNER, ann_of, press
from tests.service import world

if TYPE_CHECKING:
    from tests.service.office import Office


async def test_a_receipt_that_is_told_late_is_found_by_its_day(desk: Office) -> None:
    """The service heard of it days after it; who asks for that day asks for what was sold on it."""
    browser, key = await desk.signed_in(OWNER), await ann_of(desk)
    for days in (1, 5, 7):
        made_at = world.local_now(later=-dt.timedelta(days=days))[:16]
        fields = {"store": "s1", "made_at": made_at, "reason": "no card", "amount": "250"}
        await press(browser, f"/member/{key}/purchase", **fields, receipt_number=f"late-{days}")
    for days in (1, 5, 7):
        day = world.business_day(days)
        for more in ("", "&store=s1", f"&number=late-{days}", f"&store=s1&number=late-{days}"):
            found = (await browser.get(f"/receipt/list?since={day}&until={day}{more}")).text
            assert [n for n in (1, 5, 7) if f"late-{n}<" in found] == [days], more
    # What may lie between is bounded by the service: where it takes more, they look further.
    assert (finding.EARLIER_MAX, finding.LATER_MAX) == (EARLIER_MAX, LATER_MAX)
