"""What the service tells the history of people: closed up; those who see contacts see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from admin.members.place import member_key
from admin.permissions import Role
from checkout.sealed_box import CannotOpenBoxError, close_to, open_with, public_half
from tests.integration.test_people import attribute, change
from tests.service import world
from tests.service.office import login_of

if TYPE_CHECKING:
    from tests.service.office import Office
    from tests.service.running import Service

KEY: Final = bytes(range(32))
OWNER, CLERK, AUDITOR = map(login_of, (Role.OWNER, Role.CALL_CENTRE, Role.AUDITOR))
PHONE: Final = "+79005550012"
#: What would name her, or tells of her.
TELLING: Final = ("555 00 12", "5550012", "900 1234567", world.PHONE, "tabby", "crm-77")


def test_a_box_opens_for_its_key_in_its_place() -> None:
    """For no other key, in no other place, altered nowhere; two of the same differ."""
    half = public_half(KEY)
    box = close_to(half, b"plain", "here")
    assert open_with(KEY, box, "here") == b"plain"
    assert close_to(half, b"plain", "here") != box
    altered = [box[:place] + bytes([box[place] ^ 1]) + box[place + 1 :] for place in (0, 33, 50)]
    for key, other, place in (
        (bytes(32), box, "here"),
        (KEY, box, "there"),
        (KEY, b"", "here"),
        (KEY, box[:40], "here"),
        *((KEY, one, "here") for one in altered),
    ):
        with pytest.raises(CannotOpenBoxError):
            open_with(key, other, place)


async def press(office: Office, key: str, action: str, **fields: str) -> None:
    """A clerk does something for a member."""
    clerk = await office.signed_in(CLERK)
    more = {"request_id": "".join(fields.values()).ljust(32, "0"), "reason": "as she said"}
    done = await clerk.post(f"/member/{key}/{action}", fields | more)
    assert done.status_code == 303, done.text


async def change_all(desk: Office, service: Service) -> str:
    """Another phone and external id, an attribute that was another; her key in addresses."""
    await desk.database.execute(
        "insert into member_attribute (partner_id, code, name, kind)"
        " values ($1, 'pet', 'Pet', 'text')",
        world.NORTH,
    )
    ann = await service.ann()
    await desk.database.execute(
        "update member_profile set phone = $2, external_id = $3 where member_id = $1",
        ann,
        world.PHONE,
        world.EXTERNAL_ID,
    )
    key = member_key(ann)
    await press(desk, key, "attribute", attribute="pet", value="tabby cat")
    await press(desk, key, "contact", kind="external_id", number="crm-77")
    await press(desk, key, "attribute", attribute="pet", value="")
    await press(desk, key, "contact", kind="phone", number=PHONE)
    return key


async def test_whoever_sees_contacts_sees_what_it_was(desk: Office, service: Service) -> None:
    """Phones, external ids, attributes: on the history, on the page of a date, on the member."""
    key = await change_all(desk, service)
    ann = key.partition(";")[2]
    owner, auditor = await desk.signed_in(OWNER), await desk.signed_in(AUDITOR)
    whole = f"/history?record=member&key={ann}"
    page = (await owner.get(whole)).text
    for value in (world.PHONE, PHONE, world.EXTERNAL_ID, "crm-77", "tabby cat"):
        assert value in page, value
    assert "…" not in page
    page = (await owner.get(f"/member/details/{key}")).text
    assert world.PHONE in page, "what it was"
    seqs = [entry["seq"] for entry in await desk.history("member")]
    then = f"/history/record?record=member&key={ann}&seq="
    page = (await owner.get(f"{then}{seqs[0]}")).text
    assert "tabby cat" in page
    assert "changed elsewhere" not in page
    assert "tabby" not in (await owner.get(f"{then}{seqs[-1]}")).text
    profile = f"/history/record?record=member_profile&key={ann}&day=2020-01-01"
    page = (await owner.get(profile)).text
    assert world.PHONE in page
    assert "changed elsewhere" not in page
    for path in (whole, f"{then}{seqs[0]}", profile, f"/member/details/{key}"):
        page = (await auditor.get(path)).text
        assert not [one for one in TELLING if one in page], path
    assert ">hidden<" in (await auditor.get(whole)).text
    for text in ("closed", "tabby", "="):
        page = (await owner.get("/history", params={"text": text, "record": "member"})).text
        assert "as she said" not in page, text


async def test_no_row_tells_it_and_it_ends_with_the_key(desk: Office, service: Service) -> None:
    """Texts of all rows; nobody can open the values of a person who was erased."""
    key = await change_all(desk, service)
    rows = await desk.database.fetchval("select string_agg(h::text, e'\\n') from admin_history h")
    assert not [one for one in TELLING if one in rows]
    assert rows.count('"closed"') + rows.count('""closed""') >= 6, rows
    await desk.database.execute("delete from member_history_key")
    owner = await desk.signed_in(OWNER)
    page = (await owner.get(f"/history?record=member&key={key.partition(';')[2]}")).text
    assert page.count(">erased<") >= 6
    assert "tabby" not in page


async def test_of_whom_the_pages_made_no_key_nothing_is_kept(service: Service) -> None:
    """Changed through the service alone: that it changed, and no value."""
    ann = await service.ann()
    await attribute(service, ann, "pet", text="tabby cat")
    await change(service, ann, phone=PHONE)
    found: list[Any] = await service.database.fetch(
        "select record, coalesce(before, '{}')::text || after::text as told from admin_history"
        " where record in ('member', 'member_profile') order by seq"
    )
    assert [row["record"] for row in found] == ["member", "member_profile"]
    assert found[0]["told"] == '{"attribute.pet": null}{"attribute.pet": "…"}'
    assert found[1]["told"] == '{"phone": "…"}{"phone": "…"}'
