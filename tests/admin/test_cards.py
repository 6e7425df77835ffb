"""Cards on pages: types as records, numbers as a job and a file, a card that is replaced."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Final

from admin.permissions import Role
from checkout.flows.check_digits import has_check_digit
from tests.admin.test_jobs import ended
from tests.admin.test_members import ann_of, press
from tests.service import world
from tests.service.office import login_of
from tests.service.running import wait_until
from tests.service.till import refusal_of

if TYPE_CHECKING:
    from tests.service.office import Office
    from tests.service.running import Service

MARKETER: Final = login_of(Role.MARKETER)
CLERK: Final = login_of(Role.CALL_CENTRE)
PATH: Final = f"/card-type/details/{world.NORTH};plastic"
PLASTIC: Final = {"code": "plastic", "name": "Plastic", "prefix": "9643", "digits": "13"}


async def test_a_type_is_a_record_that_says_which_numbers_are_its_own(office: Office) -> None:
    """What is printed stays; two types have no number in common; each change is in the history."""
    browser = await office.signed_in(MARKETER)
    made = await browser.post("/card-type/create", PLASTIC)
    assert made.headers["location"] == PATH
    other = PLASTIC | {"code": "app"}
    for fields, said in (
        ({"prefix": "96430"}, "first digits of two types must differ"),
        ({"prefix": "96"}, "first digits of two types must differ"),
        ({"prefix": "96a"}, "Digits only"),
        ({"prefix": ""}, "This field is required"),
        ({"digits": "20"}, "between 8 and 19"),
        ({"prefix": "880000000", "digits": "13"}, "at least 5 digits more"),
        ({"code": "plastic", "prefix": "88"}, "There is a type with this code"),
    ):
        refused = await browser.post("/card-type/create", other | fields)
        assert refused.status_code == 400, fields
        assert said in refused.text, fields
    await browser.edit(
        f"/card-type/edit/{world.NORTH};plastic",
        PLASTIC | {"name": "Cards", "prefix": "77", "digits": "16", "issued_at_enrolment": "y"},
    )
    row = await office.database.fetchrow("select * from card_type")
    assert tuple(row)[1:] == ("plastic", "Cards", "9643", 13, True)
    second = other | {"prefix": "88", "issued_at_enrolment": "y"}
    assert "one is enough" in (await browser.post("/card-type/create", second)).text
    told = [(e["action"], e["author"]) for e in await office.history("card_type")]
    assert told == [("created", MARKETER), ("changed", MARKETER)]

    async def waits() -> bool:
        return bool(
            await office.database.fetchval(
                "select count(*) from pg_stat_activity"
                " where datname = current_database() and wait_event_type = 'Lock'"
            )
        )

    async with office.database.transaction():
        await office.database.execute(
            "insert into card_type (partner_id, code, name, prefix, digits)"
            " values ($1, 'loaded', 'Loaded', '50', 13)",
            world.NORTH,
        )
        alike = asyncio.create_task(browser.post("/card-type/create", other | {"prefix": "501"}))
        await wait_until(waits)
    assert "first digits of two types must differ" in (await alike).text


async def test_cards_are_issued_as_a_job_and_replace_others(desk: Office, service: Service) -> None:
    """The file's numbers are new cards; one takes the place of a lost one, and another is made."""
    marketer = await desk.signed_in(MARKETER)
    await marketer.post("/card-type/create", PLASTIC)
    await service.workers[0].follower.step()
    job = "018f0000-0000-7000-8000-000000000009"
    form = {"request_id": job, "series": "plastic", "total": "1200", "reason": "a box"}
    small = PLASTIC | {"code": "small", "prefix": "123", "digits": "8"}
    await marketer.post("/card-type/create", small)
    refused = await marketer.post("/card/issue", form | {"series": "small", "total": "2001"})
    assert refused.status_code == 400
    assert "2000 cards can be issued" in refused.text
    await marketer.post("/card/issue", form)
    assert await ended(desk, job) == ("done", 1_200)
    heading, *numbers = (await marketer.post(f"/job/{job}/codes")).text.split()
    assert (heading, len(set(numbers))) == ("card", 1_200)
    assert all(map(has_check_digit, numbers))
    # Those that a member has, or that are no cards, are not new.
    page = (await marketer.get("/identifier/list?card_state=new&type_code=plastic")).text
    assert "1,200" in page or "1200" in page
    clerk, key = await desk.signed_in(CLERK), await ann_of(desk)
    assert (await clerk.post("/card/issue", form)).status_code == 403
    card_id = await _card_id(desk, clerk, key)
    await press(clerk, f"/member/{key}/block-this-card", card_id=card_id, reason="lost")
    await press(clerk, f"/member/{key}/unblock-this-card", card_id=card_id, reason="found")
    for number in ("x", world.CARD, "0" * 32):
        assert (await clerk.get(f"/member/{key}/replace-card?card_id={number}")).status_code == 200
    lost = {"card_id": card_id, "replacement": "lost", "reason": "in a bus", "new_type": ""}
    for fields, said in (
        ({}, "Either a card"),
        ({"new_card": numbers[0], "new_type": "plastic"}, "Either a card"),
        ({"new_card": "9643000000008"}, "never issued"),
        ({"new_card": "9643000000009"}, "digits are missing or wrong"),
        ({"replacement": "eaten", "new_card": numbers[0]}, "Not a valid choice"),
    ):
        answer = await clerk.post(
            f"/member/{key}/replace-card", {"request_id": "1" * 32} | lost | fields
        )
        assert answer.status_code == 400, fields
        assert said in answer.text, fields
    await press(clerk, f"/member/{key}/replace-card", **lost, new_card=numbers[0])
    till = service.till()
    assert (await till.identify(card=numbers[0])).member_id == key.partition(";")[2]
    await service.workers[0].invalidator.step()
    assert (await refusal_of(till.identify(card=world.CARD))).reason == "CARD_REPLACED"
    page = (await clerk.get(f"/member/details/{key}")).text
    assert "Replaced: lost" in page
    assert f"card_id={card_id}" not in page
    # A number that is made is shown once; the form sent again shows it again, and makes no other.
    again = {"request_id": "2" * 32, "card_id": await _card_id(desk, clerk, key)}
    again |= {"replacement": "damaged", "reason": "bent", "new_type": "plastic"}
    shown = [(await clerk.post(f"/member/{key}/replace-card", again)).text for _ in range(2)]
    made = {number for page in shown for number in re.findall(r"9643\d{9}", page)}
    (number,) = made
    assert (await till.identify(card=number)).member_id == key.partition(";")[2]


async def _card_id(desk: Office, browser: object, key: str) -> str:
    """The id of the member's one card that is in use, as the page has it."""
    del desk
    page = (await browser.get(f"/member/details/{key}")).text  # type: ignore[attr-defined]
    (found,) = set(re.findall(r"replace-card\?card_id=([0-9a-f-]{36})", page))
    return str(found)
