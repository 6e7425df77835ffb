"""Records as of a date: changed twice through the pages, and looked at on the days between."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import TYPE_CHECKING, Final

import orjson

from admin.permissions import Role
from tests.admin.test_access import put_dictionaries
from tests.admin.test_campaigns import Desk
from tests.admin.test_cards import PLASTIC
from tests.admin.test_members import ann_of, press
from tests.admin.test_partner_settings import FORM as PARTNER
from tests.admin.test_records import STORE
from tests.service import world
from tests.service.coupons import issue, publish_coupon_rules
from tests.service.office import login_of, store_path

if TYPE_CHECKING:
    from tests.service.office import Browser, Office
    from tests.service.running import Service

OWNER: Final = login_of(Role.OWNER)
TODAY: Final = dt.datetime.now(dt.UTC).date()
#: Days before today on which the first and the second change were made; on which one looks, and
#: how many changes there were by then.
CHANGED: Final = (6, 3)
LOOKED: Final = {8: 0, 6: 1, 4: 1, 3: 2, 0: 2}
_ROW: Final = re.compile(
    r'<td data-label="Field">(.*?)</td>\s*<td data-label="Then">(.*?)</td>', re.DOTALL
)
#: As if the last two changes of a record had been made on other days, and what is there long
#: before; with the chain made anew.
_REDATED: Final = """
set session_replication_role = replica;
update admin_history set at = now() - interval '30 days' where seq < {1} and action = 'created';
update admin_history set at = now() - interval '{0} days' where seq = {1};
update admin_history set at = now() - interval '{2} days' where seq = {3};
do $$
declare
    last bytea;
    entry admin_history;
begin
    for entry in select * from admin_history order by seq loop
        entry.previous_hash := coalesce(last, entry.previous_hash);
        last := sha256(entry.previous_hash || admin_history_content(entry));
        update admin_history set previous_hash = entry.previous_hash, hash = last
        where seq = entry.seq;
    end loop;
end $$;
reset session_replication_role;
"""


async def looked_at(office: Office, browser: Browser, record: str, column: str) -> list[str]:
    """What a column of the record that was changed last held after none, one and two changes.

    Which is what its page says of each of the days.
    """
    first, second = (await office.history(record))[-2:]
    assert (first["record_key"], first["action"]) == (second["record_key"], "changed")
    await office.database.execute(
        _REDATED.format(CHANGED[0], first["seq"], CHANGED[1], second["seq"])
    )
    asked = {"record": record, "key": first["record_key"]}
    history = (await browser.get("/history", params=asked)).text
    assert "/history/record?" in history, "leads there"
    held: dict[int, str] = {}
    for earlier, changes in LOOKED.items():
        day = (TODAY - dt.timedelta(days=earlier)).isoformat()
        answer = await browser.get("/history/record", params=asked | {"day": day})
        assert answer.status_code == 200, (record, day)
        assert 'role="alert"' not in answer.text, "the chain is whole"
        assert "changed elsewhere" not in answer.text, (record, day)
        rows = {_plain(name): _plain(value) for name, value in _ROW.findall(answer.text)}
        assert column in rows, rows
        assert held.setdefault(changes, rows[column]) == rows[column], (record, day)
    return [held[changes] for changes in sorted(held)]


def _plain(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup)).strip()


async def test_rules_and_places_are_shown_as_of_a_date(office: Office) -> None:
    """A terminal, a type of cards, a program and a campaign."""
    browser = await office.signed_in(OWNER)
    terminal_id = await office.database.fetchval(
        "select terminal_id from terminal where partner_id = $1 and code = 't2'", world.NORTH
    )
    for kind in ("store_server", "till"):
        fields = {"store_code": "s1", "code": "t2", "kind": kind}
        done = await browser.edit(f"/terminal/edit/{terminal_id}", fields)
        assert done.status_code == 302, done.text
    kinds = await looked_at(office, browser, "terminal", "Kind")
    assert kinds == ["Till", "Store server", "Till"]

    assert (await browser.post("/card-type/create", PLASTIC)).status_code == 302
    for name in ("Red", "Blue"):
        address = f"/card-type/edit/{world.NORTH};plastic"
        assert (await browser.edit(address, PLASTIC | {"name": name})).status_code == 302
    assert await looked_at(office, browser, "card_type", "Name") == ["Plastic", "Red", "Blue"]

    for footer in ("First footer", "Second footer"):
        document = orjson.dumps(world.program(slip_footer=footer)).decode()
        address = f"/program/edit/{world.NORTH};main"
        done = await browser.edit(address, {"code": "main", "document": document})
        assert done.status_code == 302, done.text
    documents = await looked_at(office, browser, "program", "Document")
    footers = [re.findall("Thank you|First footer|Second footer", one) for one in documents]
    assert footers == [["Thank you"], ["First footer"], ["Second footer"]]

    campaigns = Desk(browser)
    await campaigns.make("small", description="As begun")
    for description in ("First words", "Second words"):
        done = await campaigns.save("small", description=description)
        assert done.status_code == 303, done.text
    drafts = await looked_at(office, browser, "campaign", "Draft")
    described = [re.findall("First words|Second words", one) for one in drafts]
    assert described == [[], ["First words"], ["Second words"]]


async def test_cards_and_codes_are_shown_as_of_a_date(desk: Office, service: Service) -> None:
    """A card, a certificate, a coupon: blocked and let go; a campaign, stopped and let go."""
    browser, key = await desk.signed_in(OWNER), await ann_of(desk)
    blocked_once = ["No", "Yes", "No"]
    page = (await browser.get(f"/member/details/{key}")).text
    (card_id,) = set(re.findall(r"replace-card\?card_id=([0-9a-f-]{36})", page))
    for do in ("block", "unblock"):
        await press(browser, f"/member/{key}/{do}-this-card", card_id=card_id, reason=do)
    assert await looked_at(desk, browser, "identifier", "Blocked") == blocked_once

    await publish_coupon_rules(service)
    await issue(service.operator(), count=1)
    await service.operator().issue_certificates("gift", 1, activate=True)
    coupon = await desk.database.fetchval(
        "select bucket || ';' || encode(digest, 'hex')::uuid from coupon"
    )
    certificate = await desk.database.fetchval(
        "select bucket || ';' || certificate_id from certificate"
    )
    for record, code in (("certificate", certificate), ("coupon", coupon)):
        path = f"/{record}/{code}/block"
        await press(browser, path, reason="found")
        await press(browser, path, reason="an error", lift="y")
        assert await looked_at(desk, browser, record, "Blocked") == blocked_once, record

    for fields in ({}, {"lift": "yes"}):
        done = await browser.post("/campaign/stop/soap", {"reason": "too much"} | fields)
        assert done.status_code == 303, done.text
    stopped = await looked_at(desk, browser, "campaign", "Stopped in an emergency")
    assert stopped == blocked_once


async def test_every_record_with_a_form_is_shown_as_of_a_date(office: Office) -> None:
    """Its name, changed by its form on two days: places, goods, dictionaries, staff, partner."""
    browser = await office.signed_in(OWNER)
    analyst = login_of(Role.ANALYST)
    staff_id = await office.database.fetchval(
        "select staff_id from staff where login = $1", analyst
    )
    entries = await put_dictionaries(office.database, "north", world.NORTH)
    forms: dict[str, tuple[str, dict[str, str]]] = {
        "partner": (str(world.NORTH), PARTNER),
        "chain": (store_path("chain"), {"code": "chain"}),
        "store": (store_path("s1"), STORE | {"code": "s1"}),
        "category": (store_path("food"), {"code": "food"}),
        "product": (store_path("apple"), {"sku": "apple", "category_code": "fruit"}),
        "staff": (str(staff_id), {"login": analyst, "role": "analyst"}),
        **{record: (key, {"code": "of-north", "kind": "text"}) for record, key in entries.items()},
    }
    for record, (key, fields) in forms.items():
        for name in ("First", "Second"):
            done = await browser.edit(f"/{record}/edit/{key}", fields | {"name": name})
            assert done.status_code == 302, (record, done.text)
        before, *names = await looked_at(office, browser, record.replace("-", "_"), "Name")
        assert names == ["First", "Second"], record
        assert before not in names, record
