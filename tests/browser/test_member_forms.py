"""What is known of a member and done for them, sent from their page in a real browser.

Each form is opened where it stands on the page; then what came of it is seen there, and in the
history what was and what is. Needs Chromium, as the walks of test_office.py do.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import pytest

from admin.permissions import Role
from tests.admin.test_members import ann_of
from tests.browser.test_office import CHROMIUM, Watched, chromium
from tests.service import gifts, world
from tests.service.office import login_of, office_beside

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, BrowserContext, Locator

    from tests.service.office import Office
    from tests.service.running import Service

__all__ = ["chromium"]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
NEW_PHONE: Final = "+79005550012"
NEW_ID: Final = "crm-2"
#: By field of the profile's form: its name on the page and in the history, what is there before
#: and after, and what is typed to have each of these.
PROFILE: Final = {
    "first_name": ("First name", "First name", "Ann", "Anna"),
    "last_name": ("Last name", "Last name", "Karenina", "Vronskaya"),
    "patronymic": ("Patronymic", "Patronymic", "—", "Arkadyevna"),
    "email": ("E-mail", "E-mail", "—", "anna@example.org"),
    "birth_date": ("Born", "Date of birth", "—", "1990-02-03"),
    "gender": ("Gender", "Gender", "—", "female"),
    "social_links": ("Social links", "Social links", "—", "https://vk.com/anna"),
}
#: By attribute of each kind: its name, and how its first value and another one are typed, and what
#: page and history say of each.
ATTRIBUTES: Final = {
    "children": ("Number of children", "number", ("2", "3")),
    "shoes": ("Favourite shoes", "text", ("red ones", "none at all")),
    "wedding": ("Wedding day", "date", ("2011-05-06", "2012-02-29")),
    "parks": ("Comes by car", "yes_no", ("yes", "no")),
}
#: What the history says of values that the page says otherwise.
TOLD: Final = {"yes": "Yes", "no": "No"}
#: What of a member the page has a name for, whether anything is known of it or not.
NAMED: Final = (
    *("First name", "Last name", "Patronymic", "Phone", "E-mail", "Gender", "Born"),
    *("Id in your systems", "Social links", "Segments", "Lists", "Tags", "Attributes"),
    *("Consents", "SMS", "Points", "Statement", "Cards and phones", "Receipts"),
)
#: What a page and the history call the two kinds of contacts.
CONTACTS: Final = {
    "phone": ("Phone", "Phone", world.PHONE, NEW_PHONE),
    "external_id": ("Id in your systems", "External id", world.EXTERNAL_ID, NEW_ID),
}


@pytest.fixture
async def desk(service: Service) -> AsyncIterator[Office]:
    await gifts.publish_gift_rules(service)
    await gifts.set_stock(service.operator(), 5)
    await service.database.executemany(
        "insert into member_attribute (partner_id, code, name, kind) values ($1, $2, $3, $4)",
        [(world.NORTH, code, name, kind) for code, (name, kind, _) in ATTRIBUTES.items()],
    )
    await service.database.execute(
        "insert into tag (partner_id, code, name) values ($1, 'vip', 'Very important')",
        world.NORTH,
    )
    await service.database.execute(
        "update member_profile set last_name = 'Karenina', phone = $1, external_id = $2"
        " where member_id = $3",
        world.PHONE,
        world.EXTERNAL_ID,
        await service.ann(),
    )
    async with office_beside(service) as office:
        yield office


class OfMember:
    """A member's page, its forms and its history, in somebody's browser."""

    def __init__(self, watched: Watched, key: str) -> None:
        self._page = watched.page
        self._origin = watched.origin
        self._key = key

    async def send(self, action: str, asked: str = "", **fields: str) -> list[str]:
        """Open a form from the page, fill it in and send it; the lines of the page then."""
        page = self._page
        address = f"/member/{self._key}/{action}"
        await page.goto(f"{self._origin}/member/details/{self._key}")
        # Of a row that names what it is about by an id, the beginning is enough.
        begins = "^" if asked.endswith("=") else ""
        await page.click(f'main a[href{begins}="{address}{asked}"]')
        await page.wait_for_url(f"**{address}*")
        for name, value in fields.items():
            await _fill(page.locator(f"#{name}"), value)
        await page.click("main .form-buttons button")
        await page.wait_for_url(f"**said={action}")
        return (await page.inner_text("main")).split("\n")

    async def told(
        self, why: str, record: str = "member", about: str = ""
    ) -> dict[str, tuple[str, str]]:
        """The latest row of the history about it, which says why: columns, before and after."""
        page = self._page
        member_id = self._key.partition(";")[2]
        await page.goto(f"{self._origin}/history?record={record}&key={member_id}")
        latest = page.locator("article.entry").filter(has_text=about).first
        closed = latest.locator("details:not([open]) > summary")
        if await closed.count():
            await closed.click()
        assert await latest.locator(".entry-reason").inner_text() == why
        assert login_of(Role.OWNER) in await latest.locator("header").inner_text()
        rows = [await row.locator("td").all_inner_texts() for row in await _rows(latest)]
        return {column: (before, after) for column, before, after in rows}


async def _rows(entry: Locator) -> list[Locator]:
    return await entry.locator("tbody tr").all()


async def _fill(field: Locator, value: str) -> None:
    """Type, choose or tick."""
    if await field.evaluate("(one) => one.tagName") == "SELECT":
        await field.select_option(value)
    elif await field.get_attribute("type") == "checkbox":
        await field.set_checked(value == "yes")
    else:
        await field.fill(value)


def below(lines: list[str], name: str) -> str:
    """What the page has below a name, where that stands first."""
    names = [line.strip() for line in lines]
    return names[names.index(name) + 1]


async def open_browser(
    chromium: Browser, desk: Office, role: Role = Role.OWNER
) -> tuple[BrowserContext, Watched]:
    """Somebody's, signed in."""
    context = await chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    watched = Watched(await context.new_page(), desk.origin)
    await watched.sign_in(login_of(role))
    return context, watched


async def test_a_profile_is_changed_back_and_told(desk: Office, chromium: Browser) -> None:
    """Each field: on the page, and in the history before and after; undone, the other way round."""
    context, watched = await open_browser(chromium, desk)
    ann = OfMember(watched, await ann_of(desk))
    ways = [
        ("as she says", {name: (was, now) for name, (_, _, was, now) in PROFILE.items()}),
        ("not hers", {name: (now, was) for name, (_, _, was, now) in PROFILE.items()}),
    ]
    for why, values in ways:
        typed = {name: now.replace("—", "") for name, (_, now) in values.items()}
        lines = await ann.send("profile", **typed, reason=why)
        for name, (shown, called, _, _) in PROFILE.items():
            was, now = values[name]
            assert below(lines, shown) == now, name
            assert any(f"{called}: {was} → {now}" in line for line in lines), name
        assert await ann.told(why, "member_profile") == {
            called: values[name] for name, (_, called, _, _) in PROFILE.items()
        }
    elsewhere, seen = await open_browser(chromium, desk, Role.AUDITOR)
    hidden = dict.fromkeys([called for _, called, _, _ in PROFILE.values()], ("hidden", "hidden"))
    of_auditor = OfMember(seen, await ann_of(desk))
    assert await of_auditor.told("not hers", "member_profile") == hidden
    assert watched.faults == seen.faults == []
    await elsewhere.close()
    await context.close()


async def test_contacts_are_changed_back_and_told(desk: Office, chromium: Browser) -> None:
    """The old one brings nobody until its block is lifted; then it takes its place again."""
    context, watched = await open_browser(chromium, desk)
    ann = OfMember(watched, await ann_of(desk))
    for kind, (shown, called, was, now) in CONTACTS.items():
        number = {"kind": kind, "number": now, "instead_of": was}
        lines = await ann.send("contact", **number, reason="a new one")
        assert below(lines, shown) == now
        assert any(f"{called}: {was} → {now}" in line for line in lines)
        assert await ann.told("a new one", "member_profile") == {called: (was, now)}
        assert await ann.told("a new one", about="Blocked") == {"Blocked": ("No", "Yes")}

        why = "it was hers all along"
        await ann.send("block-card", kind=kind, number=was, lift="yes", reason=why)
        assert await ann.told(why) == {"Blocked": ("Yes", "No")}
        number = {"kind": kind, "number": was, "instead_of": now}
        assert below(await ann.send("contact", **number, reason=why), shown) == was
        assert await ann.told(why, "member_profile") == {called: (now, was)}
    assert watched.faults == []
    await context.close()


async def test_what_a_member_is_is_changed_back_and_told(desk: Office, chromium: Browser) -> None:
    """Attributes, a tag, consents: on the page, and in the history before and after."""
    context, watched = await open_browser(chromium, desk)
    ann = OfMember(watched, await ann_of(desk))
    for code, (name, _, (first, other)) in ATTRIBUTES.items():
        for was, now in (("—", first), (first, other), (other, "—")):
            why, typed = f"{now}, she said", now.replace("—", "")
            lines = await ann.send("attribute", f"?attribute={code}", value=typed, reason=why)
            assert below(lines, name) == now
            told = (TOLD.get(was, was), TOLD.get(now, now))
            assert await ann.told(why) == {f"Attribute: {name}": told}

    lines = await ann.send("tag", tag="vip", reason="loyal for years")
    assert below(lines, "Very important") == "loyal for years"
    assert await ann.told("loyal for years") == {"Tag: Very important": ("—", "Yes")}
    lines = await ann.send("untag", "?tag=vip", reason="asked us to")
    assert "No tags." in lines
    assert await ann.told("asked us to") == {"Tag: Very important": ("Yes", "—")}

    for channel, shown in (("sms", "SMS"), ("email", "E-mail")):
        for asked, was, now in (("yes", "—", "Yes"), ("no", "Yes", "—")):
            why = f"she said {asked} to {shown}"
            lines = await ann.send("consent", f"?channel={channel}&consents={asked}", reason=why)
            consents = lines[lines.index("Consents") :]
            assert below(consents, shown) == ("consents" if asked == "yes" else "does not consent")
            assert await ann.told(why) == {f"Consent: {shown}": (was, now)}
    await watched.shoot("member-forms-history")
    assert watched.faults == []
    await context.close()


async def test_points_are_corrected_taken_back_and_told(desk: Office, chromium: Browser) -> None:
    """From the page on which all that is known of a member has its name; the balance follows."""
    context, watched = await open_browser(chromium, desk)
    ann = OfMember(watched, await ann_of(desk))
    why = "the till was down"
    lines = await ann.send("correct", points="12.50", reason=why)
    assert not [name for name in NAMED if name not in lines]
    assert "+12.50\t512.50\tthe till was down" in "\n".join(lines)
    told = await ann.told(why, about="Correction")
    assert told["Amount"] == ("—", "12.50\u00a0Points")
    assert told["State"] == ("—", "Booked")

    page = "\n".join(await ann.send("undo", "?correction_id=", reason="it was not"))
    assert "-12.50\t500.00\tit was not" in page
    assert (await ann.told("it was not", about="Correction"))["State"] == ("Booked", "Taken back")
    await watched.shoot("member-forms-correction-history")
    assert watched.faults == []
    await context.close()


async def test_a_gift_and_a_purchase_by_hand_are_added_and_told(
    desk: Office, chromium: Browser
) -> None:
    """Points go and come in the statement, and the history says who gave and added what."""
    context, watched = await open_browser(chromium, desk)
    ann = OfMember(watched, await ann_of(desk))
    lines = await ann.send("gift", gift=gifts.MUG, count="2", reason="birthday")
    assert "Mug × 2" in lines
    assert "Gift\t-0.20\t499.80\tbirthday" in "\n".join(lines)
    told = await ann.told("birthday", about="Gift given")
    assert told["How many"] == ("—", "2")
    assert told["Points"] == ("—", "0.20\u00a0Points")

    bought = dt.datetime.now(dt.UTC) - dt.timedelta(hours=20)
    purchase = {"store": "s1", "made_at": f"{bought:%Y-%m-%dT%H:%M}", "amount": "99.50"}
    why = "the till was down"
    lines = await ann.send("purchase", **purchase, receipt_number="77", reason=why)
    assert "Purchase\t+0.99\t500.79" in "\n".join(lines)
    assert any("77 sale, by hand" in line for line in lines)
    assert await ann.told(why, about="Purchase by hand")
    await watched.shoot("member-forms-purchase-history")
    assert watched.faults == []
    await context.close()
