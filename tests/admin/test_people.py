"""People in the pages: added by hand, tagged, described, given gifts, counted in sets."""

from __future__ import annotations

import hashlib
import html
import re
from typing import TYPE_CHECKING, Final

import pytest

from admin.members import segments, walk
from admin.permissions import Role
from tests.admin.test_members import ann_of, balance_of, press
from tests.integration.test_what_rules_look_at import put_in_force, towel
from tests.service import gifts, world
from tests.service.cards import DIGITS, PREFIX, add_card_type
from tests.service.ids import fresh
from tests.service.office import login_of
from tests.service.running import wait_until
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from tests.service.office import Browser, Office
    from tests.service.running import Service

CLERK: Final = login_of(Role.CALL_CENTRE)
OWNER: Final = login_of(Role.OWNER)
MARKETER: Final = login_of(Role.MARKETER)
#: A list's rows, by the addresses of members' pages.
_LISTED: Final = re.compile(r"/member/details/(\d+;[0-9a-f-]{36})")
EVE: Final = {
    "store": "s1",
    "phone": "8 900 555 00 11",
    "card": "2900000000994",
    "external_id": "crm-7",
    "first_name": "Eve",
    "last_name": "Stone",
    "patronymic": "Petrovna",
    "email": "eve@example.org",
    "gender": "female",
    "birth_date": "1990-02-28",
    "reason": "called us",
}


async def listed(browser: Browser, query: str) -> set[str]:
    """Members whom the list finds."""
    page = await browser.get(f"/member/list?{query}")
    assert page.status_code == 200, page.text[:500]
    return set(_LISTED.findall(page.text))


async def make(browser: Browser, record: str, **fields: str) -> None:
    """A new entry of a dictionary."""
    answer = await browser.post(f"/{record}/create", fields)
    assert answer.status_code == 302, answer.text[:2_000]


async def test_the_number_that_was_made_for_who_brings_no_card_is_shown_once(
    desk: Office, service: Service
) -> None:
    """In the answer to the form; the member's page has its last digits only."""
    await add_card_type(service, "app", issued_at_enrolment=True)
    clerk = await desk.signed_in(CLERK)
    shown = await clerk.post("/member/new", EVE | {"request_id": "c" * 32, "card": ""})
    number = re.search(rf"{PREFIX}[0-9]{{{DIGITS - len(PREFIX)}}}", shown.text)
    assert number is not None, shown.text[:2_000]
    (address,) = _LISTED.findall(shown.text)
    page = (await clerk.get(f"/member/details/{address}")).text
    assert number[0] not in page
    assert number[0][-4:] in page


async def test_a_member_is_added_by_hand_once_with_all_that_was_typed(desk: Office) -> None:
    """The page shows it; who added whom stands there; a card of somebody's adds nobody."""
    clerk = await desk.signed_in(CLERK)
    fields = {"request_id": "e" * 32} | EVE
    first, again = [await clerk.post("/member/new", fields) for _ in range(2)]
    assert first.headers["location"] == again.headers["location"]
    page = (await clerk.get(first.headers["location"])).text
    for shown in (*(EVE[name] for name in EVE.keys() - {"store", "card", "gender"}), "Added"):
        assert shown in page, shown
    assert "Added by hand" in page
    for more, said in (
        ({"request_id": "f" * 32}, "Somebody has this phone, card or external id already"),
        ({"phone": "", "card": "", "external_id": ""}, "needs a phone, a card or an external id"),
        ({"store": "moon", "request_id": "d" * 32}, "no such store"),
        ({"reason": ""}, "This field is required"),
    ):
        refused = await clerk.post("/member/new", fields | more)
        assert refused.status_code == 400
        assert said in refused.text, said
        assert "Petrovna" in refused.text, "what was typed is kept"
    assert (
        await desk.database.fetchval(
            "select count(*) from member_profile where last_name = 'Stone'"
        )
        == 1
    )


async def test_a_gift_is_given_and_taken_back(desk: Office, service: Service) -> None:
    """Its points go and come back; the page says who gave what, and who took it back."""
    await gifts.publish_gift_rules(service)
    await gifts.set_stock(service.operator(), 1)
    clerk, key = await desk.signed_in(CLERK), await ann_of(desk)
    before = await balance_of(desk, key)
    await press(clerk, f"/member/{key}/gift", gift=gifts.MUG, count="1", reason="birthday")
    assert await balance_of(desk, key) == before - gifts.MUG_MINOR
    answer = await clerk.post(
        f"/member/{key}/gift",
        {"request_id": "a" * 32, "gift": gifts.MUG, "count": "1", "reason": "one more"},
    )
    assert "There is none left" in answer.text
    page = (await clerk.get(f"/member/details/{key}")).text
    found = re.search(r"gift-back\?gift_given_id=([0-9a-f-]{36})", page)
    assert found is not None
    assert "birthday" in page
    back = f"/member/{key}/gift-back?gift_given_id={found[1]}"
    await press(clerk, back, gift_given_id=found[1], reason="mistake")
    assert await balance_of(desk, key) == before
    assert "taken back:" in (await clerk.get(f"/member/details/{key}")).text


async def test_tags_come_from_the_dictionary_and_rules_see_them(
    desk: Office, service: Service
) -> None:
    """Given on the page, seen by the till, told where from; archived ones are offered nowhere."""
    owner, key = await desk.signed_in(OWNER), await ann_of(desk)
    await make(owner, "tag", code="vip", name="Very important", reason="asked for")
    await put_in_force(service, towel(when={"kind": "member_tag", "tags": ["vip"]}))
    unknown = {"request_id": "b" * 32, "tag": "no-such", "reason": "x"}
    assert (await owner.post(f"/member/{key}/tag", unknown)).status_code == 400
    await press(owner, f"/member/{key}/tag", tag="vip", reason="loyal for years")
    sale = receipt(line("towel", 50_00), card=world.CARD)
    confirmed = await service.till().confirm(fresh("p"), sale)
    assert confirmed.outcome.payable_minor == 40_00
    page = (await owner.get(f"/member/details/{key}")).text
    for shown in ("Very important", "loyal for years", OWNER, "Tag given"):
        assert shown in page, shown
    assert await listed(owner, "tag=vip") == {key}
    assert "vip" in (await owner.get("/campaign/schema")).json()["known"].get("tags", [])
    partner = world.NORTH
    renamed = {"code": "vip", "name": "Golden", "is_archived": "y", "reason": "old"}
    answer = await owner.edit(f"/tag/edit/{partner};vip", renamed)
    assert answer.status_code == 302, answer.text
    assert "Golden" in (await owner.get(f"/member/details/{key}")).text
    assert "Golden" not in (await owner.get(f"/member/{key}/tag")).text
    assert "vip" not in (await owner.get("/campaign/schema")).json()["known"].get("tags", ())
    # Rules that name it go on.
    await service.operator().publish()
    await press(owner, f"/member/{key}/untag?tag=vip", tag="vip", reason="asked us to")
    assert await listed(owner, "tag=vip") == set()
    told = await desk.history("tag")
    assert [row["action"] for row in told] == ["created", "changed"]


async def test_attributes_are_defined_without_a_migration_and_keep_their_type(
    desk: Office, service: Service
) -> None:
    """Typed on the page, compared by rules; nonsense is refused at its field."""
    owner, key = await desk.signed_in(OWNER), await ann_of(desk)
    for code, kind in (("children", "number"), ("wedding", "date"), ("dog", "yes_no")):
        await make(owner, "member-attribute", code=code, name=code.title(), kind=kind)
    await put_in_force(
        service, towel(when={"kind": "member_attribute", "name": "children", "value": 2})
    )
    page = f"/member/{key}/attribute"
    for code, value, said in (
        ("children", "two", "A whole number"),
        ("wedding", "2026-02-30", "A date as"),
        ("dog", "maybe", "yes or no"),
    ):
        fields = {"request_id": "c" * 32, "attribute": code, "value": value, "reason": "x"}
        refused = await owner.post(page, fields)
        assert refused.status_code == 400
        assert said in refused.text
    for code, value in (("children", "2"), ("wedding", "2020-08-01"), ("dog", "yes")):
        await press(owner, page, attribute=code, value=value, reason="told us")
    sale = receipt(line("towel", 50_00), card=world.CARD)
    assert (await service.till().confirm(fresh("p"), sale)).outcome.payable_minor == 40_00
    shown = (await owner.get(f"/member/details/{key}")).text
    assert "2020-08-01" in shown
    assert await listed(owner, "attribute=children&attribute_value=2") == {key}
    assert await listed(owner, "attribute=children&attribute_value=3") == set()
    await press(owner, page, attribute="children", value="", reason="grown up")
    assert (await service.till().confirm(fresh("p"), sale)).outcome.payable_minor == 50_00


async def test_a_consent_is_given_and_taken_back_on_the_page(
    desk: Office, service: Service
) -> None:
    """Channels of the settings beside the usual ones; who said so and why stands there."""
    await service.database.execute(
        """update partner set words = words || '{"consents": ["viber"]}' where partner_id = $1""",
        world.NORTH,
    )
    clerk, key = await desk.signed_in(CLERK), await ann_of(desk)
    address = f"/member/{key}/consent?channel=sms&consents=yes"
    linked = address.replace("&", "&amp;")
    assert f'href="{linked}"' in (await clerk.get(f"/member/details/{key}")).text
    await press(clerk, address, channel="sms", consents="yes", reason="ticked the box")
    page = (await clerk.get(f"/member/details/{key}")).text
    for shown in ("Consent given", "ticked the box", CLERK, "viber", "consents=no"):
        assert shown in page, shown
    for wrong in ({"channel": "pigeon"}, {"consents": "maybe"}, {"reason": ""}):
        fields = {"request_id": "d" * 32, "channel": "sms", "consents": "no", "reason": "x"}
        assert (await clerk.post(f"/member/{key}/consent", fields | wrong)).status_code == 400
    await press(clerk, address, channel="sms", consents="no", reason="wrote to us")
    page = (await clerk.get(f"/member/details/{key}")).text
    assert "Consent taken back" in page
    assert "consents=no" not in page


async def test_members_are_found_by_what_is_known_of_them(desk: Office, service: Service) -> None:
    """Each condition finds Ann by what holds of her, and not by what does not."""
    owner, key = await desk.signed_in(OWNER), await ann_of(desk)
    await service.till().confirm(fresh("p"), receipt(line("towel", 50_00), card=world.CARD))
    await desk.database.execute(
        "update member_profile set gender = 'female', birth_date = '1990-02-28',"
        " email = 'ann@example.org', traits = '{\"segments\": [\"s\"]}' where member_id = $1",
        key.partition(";")[2],
    )
    await desk.database.execute(
        "insert into segment (partner_id, code) values ($1, 's')", world.NORTH
    )
    await service.workers[0].visit_counter.step()
    today = str(await desk.database.fetchval("select current_date"))
    for holds, fails in (
        ("purchases_from=1", "purchases_from=2"),
        (f"bought_from={today}", "bought_to=2020-01-01"),
        ("spend_days=30&spend_from=0.01", "spend_from=50.01"),
        ("store=s1", "store=s2"),
        (f"joined_from={today}", "joined_to=2020-01-01"),
        ("gender=female", "gender=male"),
        ("age_from=30&age_to=60", "age_to=20"),
        ("birthday_month=2", "birthday_month=3"),
        ("reached_by=email", "reached_by=nothing"),
        ("currency=pts&balance_from=500", "currency=pts&balance_from=999999"),
        ("tier=main/base", "tier=main/gold"),
        ("segment=s", "is_blocked=yes"),
    ):
        assert key in await listed(owner, holds), holds
        assert key not in await listed(owner, fails), fails
    both = "gender=female&birthday_month=2&purchases_from=1&joined_to=9999-12-31"
    assert await listed(owner, both) == {key}
    for nonsense in ("age_from=old", "spend_from=0.001", "tier=none", "joined_from=yesterday"):
        page = (await owner.get(f"/member/list?{nonsense}")).text
        assert "invalid-feedback" in page, nonsense
        assert not _LISTED.findall(page), "nothing is shown for what cannot be understood"
    exported = await owner.post(f"/member/export/csv?{both}")
    assert exported.text.count("\n") == 2


_FURTHER: Final = re.compile(r'href="([^"]*)">Search further')


@pytest.mark.parametrize("order", ["", "&sortBy=created_at&sort=asc"])
async def test_a_list_that_is_too_long_for_one_page_is_walked_along_in_pieces(
    desk: Office, monkeypatch: pytest.MonkeyPatch, order: str
) -> None:
    """Everybody stands in one piece, in order, also of those who joined at the same moment."""
    await desk.database.execute(
        "with made as (select uuidv7() as id, n from generate_series(1, 60) n),"
        " members as (insert into member (bucket, member_id, partner_id, purchases, created_at)"
        " select crc32(uuid_send(id)) % 64, id, $1, n % 2, '2026-01-01'::timestamptz"
        " + n / 10 * interval '1 day' from made)"
        " insert into member_profile (bucket, member_id, gender, traits) select"
        " crc32(uuid_send(id)) % 64, id, 'male', jsonb_build_object('segments', array['walk'])"
        " from made",
        world.NORTH,
    )
    await desk.database.execute(
        "insert into segment (partner_id, code, counted_at) values ($1, 'walk', now())",
        world.NORTH,
    )
    expected = [
        f"{row['bucket']};{row['member_id']}"
        for row in await desk.database.fetch(
            "select bucket, member_id from member where purchases = 1 and created_at < '2026-02-01'"
            f" order by created_at {'' if order else 'desc'}, member_id {'' if order else 'desc'}"
        )
    ]
    owner = await desk.signed_in(OWNER)

    async def pieces(query: str) -> tuple[list[str], int]:
        found: list[str] = []
        for number in range(1, 100):
            page = (await owner.get(f"/member/list{query}")).text
            found += dict.fromkeys(_LISTED.findall(page))
            further = _FURTHER.search(page)
            # How far the search has come, and where this part of it began.
            later = "or before" if order else "or later"
            assert ("Looked through so far" in page and later in page) == (further is not None)
            assert ("This part goes on behind" in page) == (number > 1)
            assert "Nothing found" not in page
            if further is None:
                assert number == 1 or "Everybody has been looked through" in page
                return found, number
            query = html.unescape(further[1])
        raise AssertionError("the list has no end")

    conditions = f"?segment=walk&purchases_from=1&pageSize=200{order}"
    assert await pieces(conditions) == (expected, 1)
    # Nobody is few enough to be named by an index, and there is no time for more than a few.
    for name, value in (
        ("SET_MAX", 5),
        ("PATIENCE_S", 0.0),
        ("_ROWS_MIN", 7),
        ("_STATEMENTS_MIN", 1),
    ):
        monkeypatch.setattr(walk, name, value)
    found, number = await pieces(conditions)
    assert found == expected
    assert number > 5
    # Enough for one page stops it, too: at somebody who is shown.
    monkeypatch.setattr(walk, "FOUND_MAX", 4)
    monkeypatch.setattr(walk, "_ROWS_MIN", 20)
    assert (await pieces(conditions))[0] == expected
    nonsense = await owner.get(f"/member/list{conditions}&after=yesterday;nobody")
    assert nonsense.status_code == 200


@pytest.fixture
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The task that counts segments looks often, from its beginning on."""
    monkeypatch.setattr(segments, "_PAUSE_S", 0.02)


@pytest.mark.usefixtures("_soon")
async def test_a_segment_is_counted_and_rules_see_who_is_in_it(
    desk: Office, service: Service
) -> None:
    """Made of conditions, followed when they change; who is another partner's is in none."""
    marketer, key = await desk.signed_in(MARKETER), await ann_of(desk)
    database = desk.database
    await database.execute(
        "update member_profile set birth_date = '1990-02-28' where member_id = $1"
        " or member_id in (select member_id from member where partner_id = $2)",
        key.partition(";")[2],
        world.SOUTH,
    )
    await database.execute(
        "insert into segment (partner_id, code) values ($1, 'bare')", world.NORTH
    )
    for nothing in (
        *({}, {"spend_days": "30"}, {"currency": "pts"}, {"attribute_value": "x"}),
        *({"purchases_from": "0"}, {"balance_from": "0"}, {"joined_to": "9999-12-31"}),
    ):
        refused = await marketer.post("/segment/new", {"code": "feb", "name": "F", **nothing})
        assert refused.status_code == 400, nothing
        beside = refused.text.partition(f'id="if-{next(iter(nothing), "tag")}"')[2]
        assert "at least one condition" in beside.partition("<label")[0], nothing
    made = await marketer.post(
        "/segment/new", {"code": "feb", "name": "February", "birthday_month": "2", "reason": "ad"}
    )
    assert made.status_code == 303, made.text

    async def is_counted(size: int) -> None:
        async def has_size() -> bool:
            return bool(
                await database.fetchval("select size = $1 from segment where code = 'feb'", size)
            )

        await wait_until(has_size, what="the count")

    await is_counted(1)
    await put_in_force(service, towel(when={"kind": "segment", "segments": ["feb"]}))
    sale = receipt(line("towel", 50_00), card=world.CARD)
    assert (await service.till().confirm(fresh("p"), sale)).outcome.payable_minor == 40_00
    assert await listed(marketer, "segment=feb") == {key}
    address = f"/segment/conditions/{world.NORTH};feb"
    assert '<option selected value="2">' in (await marketer.get(address)).text
    seen = re.search(r'name="seen"[^>]*value="([0-9a-f]+)"', (await marketer.get(address)).text)
    assert seen is not None
    # That it was counted meanwhile is no change by somebody else.
    await database.execute("update segment set size = 7, counted_at = now() where code = 'feb'")
    fields = {"seen": seen[1], "birthday_month": "3", "reason": "later"}
    changed = await marketer.post(address, fields)
    assert changed.status_code == 303, changed.text
    late = await marketer.post(address, fields | {"birthday_month": "4"})
    assert late.status_code == 400
    assert "somebody changed this record" in late.text
    await is_counted(0)
    assert (await service.till().confirm(fresh("p"), sale)).outcome.payable_minor == 50_00
    told = await desk.history("segment")
    assert [row["action"] for row in told] == ["created", "changed"]


async def test_a_list_is_filled_from_a_file_and_bad_lines_are_told(
    desk: Office, service: Service
) -> None:
    """First shown, then done; strange lines one by one with their numbers; one row of history."""
    owner, key = await desk.signed_in(OWNER), await ann_of(desk)
    await make(owner, "member-list", code="guests", name="Guests of the opening")
    await put_in_force(service, towel(when={"kind": "member_list", "list": "guests"}))
    page = f"/member-list/fill/{world.NORTH};guests"
    typed = f"{world.CARD}\n\n2900000000994\nnonsense\n{world.CARD}\n"
    seen = await owner.post(page, {"document": typed, "kind": "card"})
    assert seen.status_code == 200, seen.text
    for shown in ("Lines: 4. Members: 1. Strange lines: 3.", "nonsense", "Nobody has this number"):
        assert shown in seen.text, shown
    assert "The same member as line 1." in seen.text
    assert await listed(owner, "member_list=guests") == set()
    sent = typed.replace("\n", "\r\n")
    fields = {"document": sent, "kind": "card", "confirmed": "yes", "reason": "opening"}
    assert (await owner.post(page, fields)).status_code == 303
    assert await listed(owner, "member_list=guests") == {key}
    sale = receipt(line("towel", 50_00), card=world.CARD)
    assert (await service.till().confirm(fresh("p"), sale)).outcome.payable_minor == 40_00
    filled = [row for row in await desk.history("member_list") if row["action"] == "filled"]
    assert len(filled) == 1
    assert (filled[0]["reason"], filled[0]["author"]) == ("opening", OWNER)
    assert hashlib.sha256(typed.encode()).hexdigest() in filled[0]["after"]
    for more, said in (
        ({"kind": "tattoo"}, "cards, phones or external ids"),
        ({"document": " \n"}, "A file has 1 to"),
        ({"document": "nonsense"}, "names no member"),
        ({"document": "a\0b", "kind": "external_id"}, "names no member"),
    ):
        refused = await owner.post(page, fields | more)
        assert refused.status_code == 400
        assert said in refused.text
