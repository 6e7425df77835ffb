"""Files as large as pages promise pass, in the encoding that the page's own form has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from admin.permissions import Role
from tests.service import world
from tests.service.office import login_of

if TYPE_CHECKING:
    import httpx

    from tests.service.office import Browser, Office

PATH: Final = f"/member-list/fill/{world.NORTH};guests"
#: Letters of two bytes, each of them three times as long in percent signs.
_STRANGE: Final = "карта гостя из бани"
_FORM: Final = re.compile(r"<form [^>]*>(?=(?:(?!</form>).)*id=\"file\")", re.DOTALL)
_PROMISED: Final = re.compile(r'data-bytes-max="(\d+)"')


def text_of(size: int, first: str) -> str:
    """A file of so many bytes with lines of Russian words, and one that names somebody."""
    line = f"{_STRANGE}\n"
    left = size - len(first.encode()) - 1
    lines, rest = divmod(left, len(line.encode()))
    text = f"{first}\n" + line * lines + "1" * rest
    assert len(text.encode()) == size
    return text


async def send(browser: Browser, path: str, page: str, fields: dict[str, str]) -> httpx.Response:
    """Send fields as a browser does: in the encoding of the form, with its ends of lines."""
    token = await browser.form_token()
    sent = {name: value.replace("\n", "\r\n") for name, value in fields.items()}
    sent["form_token"] = token
    form = _FORM.search(page)
    assert form is not None
    headers = {"origin": browser.origin, "sec-fetch-site": "same-origin"}
    if "multipart/form-data" in form[0]:
        parts = {name: (None, value) for name, value in sent.items()}
        return await browser.client.post(path, files=parts, headers=headers)
    return await browser.client.post(path, data=sent, headers=headers)


def promised_by(page: str) -> int:
    """How large a file the page takes."""
    found = _PROMISED.search(page)
    assert found is not None
    return int(found[1])


async def test_a_list_is_filled_from_a_file_as_large_as_promised(desk: Office) -> None:
    """In letters of two bytes; one byte more is refused at the form, with the limit in words."""
    await desk.database.execute(
        "insert into member_list (partner_id, code) values ($1, 'guests')", world.NORTH
    )
    browser = await desk.signed_in(login_of(Role.OWNER))
    page = (await browser.get(PATH)).text
    promised = promised_by(page)
    assert "at most 1.5 MB and 50,000 lines" in page
    assert promised == 1_500_000
    text = text_of(promised, world.CARD)
    fields = {"document": text, "kind": "card"}
    seen = await send(browser, PATH, page, fields)
    assert seen.status_code == 200, seen.text[:500]
    lines = len(text.splitlines())
    assert f"Lines: {lines}. Members: 1. Strange lines: {lines - 1}." in seen.text
    confirmed = fields | {"confirmed": "yes", "reason": "opening"}
    assert (await send(browser, PATH, page, confirmed)).status_code == 303
    listed = await desk.database.fetch("select member_id from member_list_entry")
    assert len(listed) == 1
    more = await send(browser, PATH, page, fields | {"document": f"{text}1"})
    assert more.status_code == 400
    assert "At most 1.5 MB." in more.text


async def test_corrections_are_read_from_a_file_as_large_as_promised(office: Office) -> None:
    """Also of one that is no UTF-8: it is told so, and not that it is too large."""
    browser = await office.signed_in(login_of(Role.ADMINISTRATOR))
    page = (await browser.get("/correction/file")).text
    promised = promised_by(page)
    fields = {"request_id": "1" * 32, "currency": world.CURRENCY, "reason": "x"}
    for text, said in (
        (text_of(promised, "card,points"), "at most 10000 rows"),
        # A browser reads as much of what it cannot decode, three bytes for one.
        ("\ufffd" * promised, "no UTF-8 text"),
    ):
        answer = await send(browser, "/correction/file", page, fields | {"document": text})
        assert answer.status_code == 400
        assert said in answer.text
