"""Settings of a partner: fields with bounds, faults told, and what another has to confirm."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from admin.permissions import Role
from tests.service import world
from tests.service.office import INSTALLATION_OWNER, login_of

if TYPE_CHECKING:
    from tests.service.office import Browser, Office

ADMINISTRATOR = login_of(Role.ADMINISTRATOR)
OWNER = login_of(Role.OWNER)
#: The amount that one person corrects alone.
ALONE = "four_eyes_above_minor"
EDIT = f"/partner/edit/{world.NORTH}"
PAGE = f"/partner/details/{world.NORTH}"
FORM = {
    "code": "north",
    "name": "North",
    "currency_code": "RUB",
    "currency_exponent": "2",
    "phone_country": "7",
    "card_prefixes": "29, 30",
    "receipt_number_clash": "refuse",
    "offline_late_days": "3",
    "offline_terminal_minor": "5000.50",
    "offline_card_minor": "",
    "without_receipt_minor": "200",
    "by_hand_late_days": "7",
    "by_hand_author_minor": "",
    "four_eyes_above_minor": "10.00",
    "campaign_approval": "another",
}
SAVED = {
    "phone_country": "7",
    "card_prefixes": ["29", "30"],
    "receipt_number_clash": "refuse",
    "offline": {"late_days": 3, "terminal_minor": 500050},
    "returns_without_receipt": {"terminal_minor": 20000},
    "four_eyes_above_minor": 1000,
}


async def put(office: Office, settings: Any) -> None:
    await office.database.execute(
        "update partner set settings = $2::text::jsonb where partner_id = $1",
        world.NORTH,
        orjson.dumps(settings).decode(),
    )


async def kept(office: Office) -> Any:
    return orjson.loads(
        await office.database.fetchval(
            "select settings::text from partner where partner_id = $1", world.NORTH
        )
    )


async def test_settings_are_fields_and_what_lies_beside_stays(office: Office) -> None:
    """Money is typed as money; what loaders remember there is not lost; the page says it all."""
    await put(office, {"loaded": {"by": "a loader"}})
    administrator = await office.signed_in(ADMINISTRATOR)
    saved = await administrator.edit(EDIT, FORM)
    assert saved.status_code == 302, saved.text
    assert await kept(office) == SAVED | {"loaded": {"by": "a loader"}}
    page = (await administrator.get(PAGE)).text
    assert "5,000.50" in page
    assert "The sale is refused" in page
    form = (await administrator.get(EDIT)).text
    assert 'value="5000.50"' in form
    assert 'value="29, 30"' in form


async def test_money_is_written_and_read_as_the_reader_does(office: Office) -> None:
    """In Russian with a comma and spaces between thousands; a dot is understood, too."""
    await put(office, SAVED)
    administrator = await office.signed_in(ADMINISTRATOR)
    await administrator.post("/account/language", {"language": "ru"})
    assert "5\u00a0000,50" in (await administrator.get(PAGE)).text
    form = (await administrator.get(EDIT)).text
    assert 'value="5000,50"' in form
    assert 'value="200,00"' in form
    for typed in ("5000,50", "5 000,50", "5\u00a0000,50", "5000.50", "5,000.50"):
        await put(office, {})
        saved = await administrator.edit(EDIT, FORM | {"offline_terminal_minor": typed})
        assert saved.status_code == 302, typed
        assert await kept(office) == SAVED, typed
    refused = await administrator.edit(EDIT, FORM | {"offline_terminal_minor": "50 00,5"})
    assert refused.status_code == 400
    assert 'value="50 00,5"' in refused.text, "as it was typed"


async def test_points_alone_are_typed_in_whole_points(office: Office) -> None:
    """As the currency counts them, with its name; kept in its least part, as the service reads."""
    await put(office, SAVED | {"awaiting": {ALONE: {"value": 5_000, "author": OWNER}}})
    administrator = await office.signed_in(ADMINISTRATOR)
    page = (await administrator.get(PAGE)).text
    assert "10.00\u00a0Points</dd>" in page
    assert "10.00\u00a0Points → 50.00\u00a0Points" in page
    form = (await administrator.get(EDIT)).text
    assert re.search(f'name="{ALONE}" type="text" value="10.00"><span[^>]*>Points<', form)
    assert "Typed here" not in form
    assert re.search('name="without_receipt_minor" [^>]*value="200.00"><span[^>]*>₽<', form)
    for typed, minor in (("12.5", 12_50), ("1 234,56", 1_234_56), ("0", 0)):
        await put(office, {})
        assert (await administrator.edit(EDIT, FORM | {ALONE: typed})).is_redirect
        assert (await kept(office))[ALONE] == minor


async def test_points_alone_are_those_of_each_currency(office: Office) -> None:
    """One types as in that with most decimals; the page says what it is in each."""
    stamps = {"code": "stamps", "name": "Stamps", "exponent": 0}
    document = world.program()
    document["currencies"] += [stamps]
    await world.put_program(office.database, world.NORTH, document)
    await put(office, SAVED)
    for login in (ADMINISTRATOR, INSTALLATION_OWNER):
        browser = await office.signed_in(login)
        if login == INSTALLATION_OWNER:
            # Of another partner than the one on whose rows one works, too.
            await browser.post("/account/partner", {"partner_id": str(world.SOUTH)})
        page = (await browser.get(PAGE)).text
        assert "10.00\u00a0Points, 1,000\u00a0Stamps" in page, login
        form = (await browser.get(EDIT)).text
        assert 'value="10.00"><span class="input-group-text">Points, Stamps<' in form
        # Who types a hundred of points allows ten thousand stamps: told where it is typed.
        assert "Typed here, 1 is 1.00\u00a0Points, 100\u00a0Stamps." in form
        assert (await browser.edit(EDIT, FORM)).is_redirect
        assert await kept(office) == SAVED


@pytest.mark.parametrize(
    "fields",
    [
        {"offline_late_days": "32"},
        {"offline_late_days": "x"},
        {"by_hand_late_days": ""},
        {"offline_card_minor": "-1"},
        {"offline_card_minor": "1.234"},
        {"phone_country": "zz"},
        {"card_prefixes": "29, 3-0"},
        {"four_eyes_above_minor": "-5"},
        {"four_eyes_above_minor": "1.234"},
        {"four_eyes_above_minor": "some"},
        {"campaign_approval": "nobody"},
        {"receipt_number_clash": "ignore"},
    ],
    ids=str,
)
async def test_what_no_worker_could_follow_is_not_saved(
    office: Office, fields: dict[str, str]
) -> None:
    """The form comes back, and the settings are as they were."""
    before = await kept(office)
    administrator = await office.signed_in(ADMINISTRATOR)
    answer = await administrator.edit(EDIT, FORM | fields)
    assert answer.status_code == 400
    assert await kept(office) == before


async def test_faults_that_were_written_by_hand_are_told_and_mended(office: Office) -> None:
    """On the first page and on the partner's, to the field; saving the form mends them."""
    await put(office, {"offline": {"late_days": "7"}, "phone_country": "7"})
    owner = await office.signed_in(OWNER)
    assert "cannot be followed by the service" in (await owner.get("/")).text
    assert "offline.late_days: a whole number belongs here" in (await owner.get(PAGE)).text
    assert (await owner.edit(EDIT, FORM)).status_code == 302
    assert "cannot be followed" not in (await owner.get(PAGE)).text
    assert await kept(office) == SAVED


async def decide(browser: Browser, name: str, answer: str) -> int:
    """Press a button under what waits."""
    page = (await browser.get(PAGE)).text
    seen = page.split('name="seen" value="')[1].split('"')[0] if 'name="seen"' in page else ""
    fields = {"seen": seen, "name": name, "answer": answer}
    return (await browser.post(f"/partner/{world.NORTH}/awaiting", fields)).status_code


async def test_nobody_lifts_alone_what_two_watch_over(office: Office) -> None:
    """More corrections alone, approval by anybody: asked by one, confirmed by another."""
    await put(office, SAVED)
    administrator, owner = [await office.signed_in(login) for login in (ADMINISTRATOR, OWNER)]
    looser = FORM | {"four_eyes_above_minor": "", "campaign_approval": "anybody"}
    assert (await administrator.edit(EDIT, looser)).status_code == 302
    wished = {
        "four_eyes_above_minor": {"value": None, "author": ADMINISTRATOR},
        "campaign_approval": {"value": "anybody", "author": ADMINISTRATOR},
    }
    in_force = {**SAVED, "campaign_approval": "another"}
    assert await kept(office) == in_force | {"awaiting": wished}
    assert "waits for confirmation" in (await owner.get("/")).text
    assert await decide(administrator, "four_eyes_above_minor", "confirm") == 409
    assert await decide(administrator, "code", "confirm") == 409
    # Saving the form again, and tightening, change nothing of it.
    assert (await administrator.edit(EDIT, FORM | {"four_eyes_above_minor": "9"})).is_redirect
    assert (await kept(office))["awaiting"] == wished
    assert await decide(owner, "campaign_approval", "confirm") == 303
    assert await decide(administrator, "four_eyes_above_minor", "withdraw") == 303
    assert await kept(office) == SAVED | {
        "four_eyes_above_minor": 900,
        "campaign_approval": "anybody",
    }
    assert await decide(owner, "campaign_approval", "confirm") == 409
    told = await office.history("partner")
    assert [row["author"] for row in told[-2:]] == [OWNER, ADMINISTRATOR]


async def test_a_new_partner_begins_as_its_maker_says(office: Office) -> None:
    """There is nothing yet that two people watch over: a sole owner can work."""
    owner = await office.signed_in(INSTALLATION_OWNER)
    made = await owner.post(
        "/partner/create", FORM | {"code": "solo", "campaign_approval": "anybody"}
    )
    assert made.status_code == 302, made.text
    settings = await office.database.fetchval(
        "select settings ->> 'campaign_approval' from partner where code = 'solo'"
    )
    assert settings == "anybody"
