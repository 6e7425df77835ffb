"""A campaign is tried at another moment than that of the sale: its schedule is asked anew."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final

from admin.permissions import Role
from tests.admin.test_campaigns import RULE, Desk
from tests.service import world
from tests.service.office import login_of
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from tests.service.office import Office
    from tests.service.running import Service

_EARNED: Final = re.compile(r"Points earned</th>\s*<td>([\d.,]+)</td><td[^>]*>([\d.,]+)</td>")
_WHY: Final = re.compile(r'<p class="mb-0"><strong>([^<]+)</strong>([^\n]*)')


async def test_another_moment_asks_the_schedule_anew(desk: Office, service: Service) -> None:
    """Before its first moment, at it, and at its end; without a moment, that of the sale."""
    await service.till().confirm("sold", receipt(line("bread", 500_00), card=world.CARD))
    today = dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0)
    starts, ends = today + dt.timedelta(days=2), today + dt.timedelta(days=4)
    marketer = Desk(await desk.signed_in(login_of(Role.MARKETER)))
    await marketer.make("autumn")
    dates = {"starts_at": starts.isoformat(), "ends_at": ends.isoformat()}
    saved = await marketer.save("autumn", RULE, **dates)
    assert saved.status_code == 303, saved.text
    second = dt.timedelta(seconds=1)
    for moment, applies in (
        (None, False),
        (today - dt.timedelta(days=30), False),
        (starts - second, False),
        (starts, True),
        (ends - second, True),
        (ends, False),
    ):
        asked = {"purchase": "sold"} | ({"at": moment.isoformat()} if moment else {})
        answer = await marketer.browser.get("/campaign/try/autumn", params=asked)
        assert answer.status_code == 200, answer.text
        verdict, lacked = _WHY.findall(answer.text)[0]
        assert (verdict == "It applies.") is applies, (moment, verdict, lacked)
        assert ("<code>" in lacked) is not applies
        before, after = _EARNED.findall(answer.text)[0]
        assert (before, after) == ("4.90", "7.35" if applies else "4.90")
        assert f'name="at" value="{asked.get("at", "")}"' in answer.text


async def test_a_moment_that_is_none_is_refused(desk: Office, service: Service) -> None:
    """What is no date, or has a zone: the till's local time is meant."""
    await service.till().confirm("sold", receipt(line("bread"), card=world.CARD))
    marketer = Desk(await desk.signed_in(login_of(Role.MARKETER)))
    await marketer.make("autumn")
    for moment in ("yesterday", "2026-13-01T00:00:00", "2026-11-01T00:00:00+03:00"):
        asked = {"purchase": "sold", "at": moment}
        answer = await marketer.browser.get("/campaign/try/autumn", params=asked)
        assert (answer.status_code, 'role="alert"' in answer.text) == (400, True), moment
