"""Who may not see contacts does not learn them: neither by looking, nor from what others did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from admin.permissions import Role
from tests.admin.test_access import put_receipt
from tests.admin.test_members import ann_of
from tests.service import world
from tests.service.office import login_of

if TYPE_CHECKING:
    from tests.service.office import Office

#: As long as an id, and with as many hyphens: only looks tell them apart.
EMAIL: Final = "ann-the-first-of-norther@example.org"
EXTERNAL_ID: Final = "0123abcd-0000-7000-8000-000000000001"
HOUSEHOLD: Final = UUID("00000000-0000-7000-8000-0000000000aa")


async def put_contacts(office: Office) -> str:
    """Ann's contacts, and the household that she is alone in; her id."""
    bucket, _, member_id = (await ann_of(office)).partition(";")
    await office.database.execute(
        "update member_profile set email = $2, external_id = $3, phone = '+79005550011'"
        " where member_id = $1",
        member_id,
        EMAIL,
        EXTERNAL_ID,
    )
    await office.database.execute(
        "insert into member (bucket, member_id, partner_id, household_size)"
        " values (crc32(uuid_send($1)) % 64, $1, $2, 1)",
        HOUSEHOLD,
        world.NORTH,
    )
    await office.database.execute(
        "update member set household_id = $2 where member_id = $1", member_id, HOUSEHOLD
    )
    await office.database.execute(
        "insert into identifier"
        " (bucket, digest, partner_id, kind, masked, member_bucket, member_id)"
        " values (1, decode(md5('x'), 'hex'), $1, 'phone', '…0011', $2, $3)",
        world.NORTH,
        int(bucket),
        member_id,
    )
    return member_id


async def test_nobody_is_found_by_what_looks_like_an_id(office: Office) -> None:
    """E-mails and external ids may: those who see contacts find by them, the others by the id."""
    assert (len(EMAIL), EMAIL.count("-")) == (36, 4)
    member_id = await put_contacts(office)
    for role, is_open in ((Role.CALL_CENTRE, True), (Role.ANALYST, False)):
        browser = await office.signed_in(login_of(role))
        for term, finds in ((EMAIL, is_open), (EXTERNAL_ID, is_open), (member_id, True)):
            for path, found in (("/member/list", member_id), ("/household/list", HOUSEHOLD)):
                page = await browser.get(path, params={"search": term})
                assert (f";{found}" in page.text) == finds, (role, path, term)
        cards = (await browser.get("/identifier/list?search=0011")).text
        details = await browser.get("/member/details/" + await ann_of(office))
        assert details.status_code == 200
        for shown in (cards, details.text):
            assert ("…0011" in shown) == is_open, role


async def test_a_receipt_shows_ends_of_cards_to_all_and_of_phones_to_few(office: Office) -> None:
    """Whose it is leads to the member's page: with the end of a phone, it would be found by it."""
    member_id = await put_contacts(office)
    key = await put_receipt(office.database, world.NORTH)
    # What is sold is not altered; here it is.
    await office.database.execute("set session_replication_role = replica")
    for kind, is_open in (("card", True), ("phone", False)):
        await office.database.execute(
            "update receipt set member_id = $1, content = convert_to($2, 'UTF8')",
            member_id,
            f'{{"identifier": ["{kind}", "…0011"]}}',
        )
        for role in (Role.CALL_CENTRE, Role.ANALYST):
            page = await (await office.signed_in(login_of(role))).get(f"/receipt/details/{key}")
            shows = is_open or role is Role.CALL_CENTRE
            assert (member_id in page.text, "…0011" in page.text) == (True, shows), (kind, role)


async def test_a_list_is_filled_by_contacts_only_by_those_who_see_them(office: Office) -> None:
    """A file of one phone would tell whose it is."""
    await office.database.execute(
        "insert into member_list (partner_id, code) values ($1, 'guests')", world.NORTH
    )
    path = f"/member-list/fill/{world.NORTH};guests"
    browser = await office.signed_in(login_of(Role.MARKETER))
    assert "External id" not in (await browser.get(path)).text
    for kind in ("phone", "external_id"):
        answer = await browser.post(path, {"document": "+79005550011", "kind": kind})
        assert answer.status_code == 400
        assert "does not see phones" in answer.text
    owner = await office.signed_in(login_of(Role.OWNER))
    assert "External id" in (await owner.get(path)).text


async def test_the_history_of_exports_keeps_no_contacts(office: Office) -> None:
    """What members were looked for by is hidden: auditors read it, and it is never erased."""
    owner = await office.signed_in(login_of(Role.OWNER))
    for record in ("member", "household", "identifier"):
        answer = await owner.post(f"/{record}/export/csv?search=%2B79005550011&nothing=0011")
        assert answer.status_code == 200
        (entry,) = await office.history(record)
        assert entry["after"] == '{"search": "…"}'
    auditor = await office.signed_in(login_of(Role.AUDITOR))
    assert "0011" not in (await auditor.get("/history?action=exported")).text
