"""Who belongs with whom, in the pages: merged members, households, persons, programs, tiers."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final
from uuid import UUID

import orjson
import pytest

from admin.members.currencies import Currency, money_of
from admin.members.tier_pages import why
from admin.permissions import MATRIX, Role
from checkout.client import messages
from checkout.primitives import bucket_of_uuid
from checkout.v1 import outcome_pb2
from tests.admin.test_members import ann_of, balance_of, press
from tests.admin.test_people import listed
from tests.integration.test_what_rules_look_at import put_in_force
from tests.service import world
from tests.service.office import SOUTH_ADMINISTRATOR, login_of
from tests.service.till import line, receipt

if TYPE_CHECKING:
    from tests.service.office import Browser, Office
    from tests.service.running import Service

CLERK: Final = login_of(Role.CALL_CENTRE)
OWNER: Final = login_of(Role.OWNER)
ANALYST: Final = login_of(Role.ANALYST)
_TAGS: Final = re.compile(r"<[^>]*>")


def key_of(member_id: UUID | str) -> str:
    """As addresses name it."""
    return f"{bucket_of_uuid(UUID(str(member_id)))};{member_id}"


def text_of(page: str) -> str:
    """What people read of a page, in one line."""
    return " ".join(_TAGS.sub(" ", page).split())


async def gold_of(office: Office, service: Service) -> str:
    """The key of the page of the gold member; both are given names."""
    gold_id = (await service.till().identify(card=world.GOLD_CARD)).member_id
    ann_id = (await ann_of(office)).partition(";")[2]
    for member_id, name in ((gold_id, "Golding"), (ann_id, "Ann")):
        await office.database.execute(
            "update member_profile set first_name = 'Miss', last_name = $2 where member_id = $1",
            member_id,
            name,
        )
    return key_of(gold_id)


async def put_program(service: Service, **changes: object) -> None:
    """North's program with other settings, first in its record, then in force."""
    await service.database.execute(
        "update program set document = document || $2 where partner_id = $1 and code = 'main'",
        world.NORTH,
        orjson.dumps(changes).decode(),
    )


async def read(browser: Browser, address: str) -> str:
    page = await browser.get(address)
    assert page.status_code == 200, page.text[:2_000]
    return text_of(page.text)


async def check_links(browser: Browser, *addresses: str) -> None:
    """Members and households that the pages name have pages."""
    for address in addresses:
        page = (await browser.get(address)).text
        found = {*re.findall(r'href="(/(?:member|household)/details/[^"#?]+)"', page)}
        assert found
        for to in found:
            assert (await browser.get(html.unescape(to))).status_code == 200, (address, to)
            # A member has no page as a household, nor a household one as a member.
            swapped = {"member": "household", "household": "member"}[to.split("/")[1]]
            other = html.unescape(to).replace(to.split("/")[1], swapped, 1)
            assert (await browser.get(other)).status_code == 404, other


async def test_merging_says_before_what_it_makes_and_can_be_taken_back(
    desk: Office, service: Service
) -> None:
    """Found by card, phone or name; side by side; once; then each leads to the other."""
    clerk, ann = await desk.signed_in(CLERK), await ann_of(desk)
    gold = await gold_of(desk, service)
    for term in (world.GOLD_CARD, "gold", gold.partition(";")[2]):
        found = await clerk.get(f"/member/{ann}/merge?search={term}")
        assert f"/member/{ann}/merge?other={gold.partition(';')[2]}" in found.text, term
    assert "Nothing found" in await read(clerk, f"/member/{ann}/merge?search={world.PHONE}")
    both = f"/member/{ann}/merge?other={gold.partition(';')[2]}"
    page = await read(clerk, both)
    for told in (
        "Miss Ann stays. Miss Golding becomes another name",
        "Points: balance 500.00 10.00 510.00",
        "Program main Base Gold Gold",
    ):
        assert told in page, page
    assert "Miss Golding stays. Miss Ann becomes" in await read(
        clerk, f"/member/{gold}/merge?other={ann.partition(';')[2]}"
    )
    refused = await clerk.post(
        f"/member/{ann}/merge", {"request_id": "4" * 32, "other": gold.partition(";")[2]}
    )
    assert refused.status_code == 400
    assert "This field is required" in refused.text
    said = await press(clerk, both, other=gold.partition(";")[2], reason="two cards")
    assert said == f"/member/details/{ann}?said=merge"
    assert await balance_of(desk, ann) == world.ANN_POINTS_MINOR + 10_00
    assert (await service.till().identify(card=world.CARD)).tier == "gold"
    page = (await clerk.get(f"/member/details/{ann}")).text
    assert gold in page
    assert "two cards merged" in text_of(page)
    merge_id = str(await desk.database.fetchval("select merge_id from member_merge"))
    page = (await clerk.get(f"/member/details/{gold}")).text
    assert f'href="/member/details/{ann}">Miss Ann</a>' in page
    assert "another name of" in await read(clerk, both)
    await service.till().confirm("sale", receipt(line("apple"), card=world.GOLD_CARD))
    apart = f"/member/{gold}/unmerge?merge_id={merge_id}"
    page = await read(clerk, apart)
    assert "Goes back: 10.00 Points." in page
    assert "Debt" not in page
    # Of a debt as much as is still owed.
    owes = "update account set debt = $1 where member_id = $2"
    await desk.database.execute("update member_merge set debts = '{\"pts\": 500}'")
    await desk.database.execute(owes, 3_00, UUID(ann.partition(";")[2]))
    assert "Debt that goes back: 3.00 Points." in await read(clerk, apart)
    await desk.database.execute("update member_merge set debts = '{}'")
    await desk.database.execute(owes, 0, UUID(ann.partition(";")[2]))
    await press(clerk, apart, merge_id=merge_id, reason="sisters")
    assert await balance_of(desk, gold) == 10_00
    page = await read(clerk, f"/member/details/{ann}")
    assert "taken apart" in page
    assert f"sisters {CLERK}" in page
    told = await desk.database.fetch("select kind, author, reason from intervention order by at")
    assert [tuple(row) for row in told] == [
        ("members_merged", CLERK, "two cards"),
        ("members_unmerged", CLERK, "sisters"),
    ]


async def test_a_comparison_says_where_it_does_not_show_all(office: Office) -> None:
    """Of one with more than a hundred tags; of a hundred it shows each."""
    first, second = await office.database.fetch(
        "select member_id from member where partner_id = $1 and household_size is null limit 2",
        world.NORTH,
    )
    await office.database.execute(
        "insert into member_tag (bucket, member_id, tag, given)"
        " select bucket, member_id, 't' || n, 1"
        " from member, generate_series(1, 101) n where member_id = $1",
        first["member_id"],
    )
    clerk = await office.signed_in(CLERK)
    both = f"/member/{key_of(first['member_id'])}/merge?other={second['member_id']}"
    cut = "and more, which are not shown here"
    assert (await read(clerk, both)).count(cut) == 2, "of the one, and of both together"
    await office.database.execute("delete from member_tag where tag = 't1'")
    page = await read(clerk, both)
    assert cut not in page
    assert page.count("t101") == 2


async def test_what_keeps_members_from_being_merged_is_said(desk: Office, service: Service) -> None:
    """Beforehand, in words, and without a button; also by the service if somebody sends it."""
    clerk, ann = await desk.signed_in(CLERK), await ann_of(desk)
    gold = await gold_of(desk, service)
    ann_id, gold_id = (one.partition(";")[2] for one in (ann, gold))
    operator = service.operator()
    fields = {"request_id": "5" * 32, "other": gold_id, "reason": "x"}
    oneself = await read(clerk, f"/member/{ann}/merge?other={ann_id}")
    assert "nobody is merged with themselves" in oneself
    await operator.freeze_account(gold_id)
    page = (await clerk.get(f"/member/{ann}/merge?other={gold_id}")).text
    assert "Points of Miss Golding are held or frozen" in page
    assert 'name="reason"' not in page
    answer = await clerk.post(f"/member/{ann}/merge", fields)
    assert (answer.status_code, "held or frozen: wait" in answer.text) == (400, True)
    await operator.freeze_account(gold_id, lift=True)
    await operator.block_member(gold_id)
    assert "is blocked: lift" in await read(clerk, f"/member/{ann}/merge?other={gold_id}")
    await operator.block_member(gold_id, lift=True)
    await service.till().quote("held", receipt(line("apple"), card=world.GOLD_CARD), hold=True)
    answer = await clerk.post(f"/member/{ann}/merge", fields)
    assert (answer.status_code, "is just being made" in answer.text) == (400, True)
    zoe = (await service.till("south-s1-t1").identify(card=world.CARD)).member_id
    for other in (zoe, "0" * 32, "nonsense"):
        assert (await clerk.get(f"/member/{ann}/merge?other={other}")).status_code == 404
        sent = await clerk.post(f"/member/{ann}/merge", fields | {"other": other})
        assert sent.status_code in {400, 404}, other
    assert not await desk.database.fetchval("select count(*) from member_merge")


async def test_a_household_is_begun_joined_seen_and_left(desk: Office, service: Service) -> None:
    """Its points stand on each member's page; who leaves leaves them; what cannot move is told."""
    clerk, ann = await desk.signed_in(CLERK), await ann_of(desk)
    gold = await gold_of(desk, service)
    begin = f"/member/{ann}/household?household=new"
    operator, ann_id = service.operator(), ann.partition(";")[2]
    fields = {"request_id": "6" * 32, "household": "new", "reason": "a family"}
    path = f"/member/{ann}/household"
    await operator.freeze_account(ann_id)
    answer = await clerk.post(path, fields)
    assert (answer.status_code, "held or frozen" in answer.text) == (400, True)
    assert not await desk.database.fetchval(
        "select count(*) from intervention where household_id is not null"
    )
    await operator.freeze_account(ann_id, lift=True)
    await operator.leave(ann_id)
    answer = await clerk.post(path, fields)
    assert (answer.status_code, "has left the program" in answer.text) == (400, True)
    # The household is there, and the form that comes back is about it.
    begun = await desk.database.fetchval("select member_id from member where household_size = 0")
    assert f'value="{begun}"' in answer.text
    await operator.join(ann_id)
    again = await clerk.post(path, fields | {"household": str(begun), "reason": "a family of two"})
    household = f"/household/details/{key_of(begun)}"
    assert again.headers["location"] == f"{household}?said=household"
    assert "is in another household" in await read(clerk, begin)
    found = await clerk.get(f"/household/{key_of(begun)}/add?search={world.GOLD_CARD}")
    join = f"/member/{gold}/household?household={begun}"
    assert join in found.text
    page = await read(clerk, join)
    assert "Points 500.00 10.00 510.00 0.00" in page
    assert "Miss Ann" in page
    await press(clerk, join, household=str(begun), reason="her sister")
    page = await read(clerk, household)
    for told in ("Miss Ann", "Miss Golding", "Points 510.00", "a family of two", "her sister"):
        assert told in page, told
    assert CLERK in page
    for member in (ann, gold):
        page = (await clerk.get(f"/member/details/{member}")).text
        assert key_of(begun) in page
        assert "510.00" in page
        assert "Miss Ann" in page
        assert "Miss Golding" in page
    analyst = await desk.signed_in(ANALYST)
    page = (await analyst.get(household)).text
    assert gold in page
    assert "Miss" not in page
    assert "leave-household" not in page
    assert str(begun) in (await clerk.get("/household/list?search=Gold")).text
    await check_links(clerk, household, f"/member/details/{ann}", "/household/list")
    leave = f"/member/{gold}/leave-household"
    assert "Stays with the household: 510.00" in await read(clerk, leave)
    await press(clerk, leave, reason="moved out")
    assert await balance_of(desk, key_of(begun)) == 510_00
    assert "moved out" in await read(clerk, household)
    assert "Miss Golding" not in await read(clerk, f"/member/details/{ann}")


async def test_leaving_a_program_says_what_becomes_of_points_and_of_the_tier(
    desk: Office, service: Service
) -> None:
    """Kept or written off, as the rules in force say and not as the record is to be."""
    owner, ann = await desk.signed_in(OWNER), await ann_of(desk)
    tiers = f"/member/{ann}/tiers"
    assert "Nothing has moved the tier" in await read(owner, tiers)
    until = {"tier": "main/gold", "until": "2099-01-31"}
    await press(owner, f"/member/{ann}/tier", reason="promised", **until)
    leave, join = (f"/member/{ann}/{one}-program?program=main" for one in ("leave", "join"))
    await put_program(service, points_after_leaving="written_off")
    kept = "Points are kept, out of reach until the member joins again: 500.00"
    assert kept in await read(owner, leave)
    await put_in_force(service)
    assert "Points are written off: 500.00" in await read(owner, leave)
    await press(owner, leave, program="main", reason="asked for")
    page = await read(owner, join)
    assert "The tier begins with: Base" in page
    assert "Points within reach" not in page
    assert await balance_of(desk, ann) == 0
    page = (await owner.get(f"/member/details/{ann}")).text
    assert "join-program?program=main" in page
    assert "Left the program" in page
    await press(owner, join, program="main", reason="came back")
    page = await read(owner, tiers)
    first, second = page.index("main Gold Base"), page.index("main Base Gold")
    assert first < second
    assert "no end Joined again came back" in page[first:second]
    assert "2099-01-31 Set by hand promised" in page[second:]
    answer = await owner.post(
        f"/member/{ann}/leave-program",
        {"request_id": "7" * 32, "program": "none", "reason": "x"},
    )
    assert (answer.status_code, "have no such program" in answer.text) == (400, True)


async def test_a_person_is_known_by_its_id_to_those_who_link(
    desk: Office, service: Service
) -> None:
    """Others see that there are members elsewhere, how many, and neither the id nor whose."""
    owner, ann = await desk.signed_in(OWNER), await ann_of(desk)
    await press(owner, f"/member/{ann}/link-person", reason="said so")
    person = str(await desk.database.fetchval("select person_id from person"))
    assert person in (await owner.get(f"/member/details/{ann}")).text
    south = await desk.signed_in(SOUTH_ADMINISTRATOR)
    zoe = key_of((await service.till("south-s1-t1").identify(card=world.CARD)).member_id)
    for typed, said in (
        ("nonsense", "36 characters"),
        ("0" * 8 + "-0000-7000-8000-" + "9" * 12, "Nobody has this person"),
    ):
        answer = await south.post(
            f"/member/{zoe}/link-person",
            {"request_id": "8" * 32, "person_id": typed, "reason": "x"},
        )
        assert answer.status_code == 400
        assert said in answer.text.partition('id="person_id"')[2], typed
    await press(south, f"/member/{zoe}/link-person", person_id=person, reason="told us")
    clerk = await desk.signed_in(CLERK)
    page = (await clerk.get(f"/member/details/{ann}")).text
    assert "The same person is a member of other partners: 1." in page
    assert person not in page
    assert zoe.partition(";")[2] not in page
    assert (await clerk.get(f"/member/{ann}/link-person")).status_code == 403
    await press(owner, f"/member/{ann}/unlink-person", reason="a mistake")
    assert person not in (await owner.get(f"/member/details/{ann}")).text


async def test_conditions_see_all_programs_and_no_other_partner(
    desk: Office, service: Service
) -> None:
    """Those that segments are made of: of one who is a person, what she spent at another is not."""
    ann, zoe = await service.ann(), (await service.till("south-s1-t1").identify(card=world.CARD))
    person = (await service.operator().link(ann)).person_id
    await service.operator(partner="south").link(zoe.member_id, person)
    for member_id, program, spent in (
        (ann, "main", 100_00),
        (ann, "cafe", 100_00),
        (zoe.member_id, "main", 5_000_00),
    ):
        await desk.database.execute(
            "insert into visit (bucket, member_id, receipt_id, program_code, day, spend_minor,"
            " visits, points_minor) select bucket, member_id, uuidv7(), $2, current_date, $3, 1, 0"
            " from member where member_id = $1",
            UUID(member_id),
            program,
            spent,
        )
    owner = await desk.signed_in(OWNER)
    assert await listed(owner, "spend_days=30&spend_from=200") == {key_of(ann)}
    assert await listed(owner, "spend_days=30&spend_from=200.01") == set()


def test_whoever_merges_or_pools_members_may_see_who_they_are() -> None:
    """Members are found by their contacts, and told apart by their names."""
    for permission in ("member.merge", "member.household", "member.person"):
        assert MATRIX[permission] <= MATRIX["member.contacts"]


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        ("SPEND", "Reached: spent 1,500.00\u00a0₽ of 1,000.00\u00a0₽ since 2026-01-01"),
        ("VISITS", "Reached: purchases 150,000 of 100,000 since 2026-01-01"),
        ("POINTS", "Reached: earned 1,500.00\u00a0Stars of 1,000.00\u00a0Stars since 2026-01-01"),
    ],
)
def test_what_was_counted_for_a_tier_is_told_in_its_unit(measure: str, said: str) -> None:
    """Money with its sign, purchases as they are, points of the program's first currency."""
    figures = outcome_pb2.TierProgress(
        measure=f"TIER_MEASURE_{measure}",
        first_day="2026-01-01",
        counted=150_000,
        needed=100_000,
    )
    change = messages.TierChange(
        program="main", cause=messages.TierCause.TIER_CAUSE_REACHED, figures=figures
    )
    points = {"main": Currency("stars", "Stars", 2)}
    assert why(change, points, money_of("RUB", 2)) == said
