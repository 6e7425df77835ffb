"""Series of certificates: found in programs, with their terms, past and figures."""

from __future__ import annotations

import csv
import io
import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import orjson
import pytest

from admin.codes.series_terms import terms_then
from admin.permissions import Role
from admin.records import certificate_series
from tests.service import world
from tests.service.office import login_of

if TYPE_CHECKING:
    from tests.service.office import Browser, Office

PARTNER: Final = str(world.NORTH)
GIFT: Final = f"/certificate-series/details/{PARTNER};gift"
PASSES: Final = {
    "code": "coffee",
    "name": "Ten coffees",
    "kind": "pass",
    "face": 10,
    "goods": {"categories": ["food"]},
}


async def put_program(office: Office, code: str, *series: dict[str, Any]) -> None:
    """Another program of North."""
    document = world.program(code=code, name=code, certificates=series)
    await office.database.execute(
        "insert into program (partner_id, code, document) values ($1, $2, $3)",
        world.NORTH,
        code,
        orjson.dumps(document).decode(),
    )


async def text_of(browser: Browser, path: str) -> str:
    """What a page says, without marks."""
    page = await browser.get(path)
    assert page.status_code == 200, page.text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.text))


def change(before: Any, after: Any, program: str = "main") -> Any:
    return SimpleNamespace(program_code=program, before=before, after=after)


def test_terms_are_taken_back_as_far_as_they_are_known() -> None:
    """The latest first; what something else has changed since is said."""
    now = {"main": {"face": 3}, "other": {"face": 9}}
    was = terms_then(now, [change({"face": 2}, {"face": 3}), change(None, {"face": 2})])
    assert was.documents == {"other": {"face": 9}}
    assert not was.unsure
    was = terms_then(now, [change({"face": 1}, {"face": 2})])
    assert was.documents["main"] == {"face": 1}
    assert was.unsure == {"main"}
    was = terms_then({}, [change({"face": 1}, None)])
    assert was.documents == {"main": {"face": 1}}


async def test_series_of_all_programs_are_listed(office: Office) -> None:
    """Searched, filtered, in the order asked for, as a file; one of two programs stands once."""
    await put_program(office, "cafe", PASSES, {"code": "gift", "name": "Of the cafe"})
    browser = await office.signed_in(login_of(Role.MARKETER))
    assert 'href="/certificate-series/list"' in (await browser.get("/")).text

    async def listed(asked: str) -> list[str]:
        page = (await browser.get(f"/certificate-series/list?{asked}")).text
        return re.findall(rf'href="/certificate-series/details/{PARTNER};([a-z]+)"', page)

    assert await listed("") == ["coffee", "gift"]
    assert await listed("sortBy=name&sort=asc") == ["gift", "coffee"]
    assert await listed("search=coffees") == ["coffee"]
    assert await listed("kind=money") == ["gift"]
    assert await listed("programs=main") == ["gift"]
    assert await listed("programs=cafe") == ["coffee", "gift"]
    page = await text_of(browser, "/certificate-series/list")
    assert "10 units" in page
    file = (await browser.post("/certificate-series/export/csv")).content.decode("utf-8-sig")
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(file))}
    assert (rows["coffee"]["face"], rows["coffee"]["unit"]) == ("10", "units")
    assert rows["gift"]["name"] == "Of the cafe", "of the first program, as the service reads it"
    south = await office.signed_in("south-administrator")
    assert "coffee" not in (await south.get("/certificate-series/list")).text


async def test_a_page_has_the_terms_now_and_then(office: Office) -> None:
    """In words, with what issued ones and programs lead to; who changed what, and why."""
    marketer = await office.signed_in(login_of(Role.MARKETER))
    page = (await marketer.get(GIFT)).text
    for link in ("/certificate/list?series_code=gift", f"/program/details/{PARTNER};main"):
        assert f'href="{link}"' in page
    assert "A new one holds 100.00 RUB." in page
    assert "Nobody has changed its terms" in page
    document = world.program()
    document.pop("code")
    document["certificates"][0] |= {"face": 250_00, "once": True}
    program = f"/program/edit/{quote(PARTNER)};main"
    fields = {"code": "main", "document": orjson.dumps(document).decode(), "reason": "inflation"}
    saved = await marketer.edit(program, fields)
    assert saved.status_code in {302, 303}, saved.text
    page = (await marketer.get(GIFT)).text
    assert "<del>A new one holds 100.00 RUB.</del>" in page
    assert "<ins>A new one holds 250.00 RUB.</ins>" in page
    assert f"{login_of(Role.MARKETER)}: inflation" in page
    assert page.count("They pay for") == 1, "what did not change is not told again"
    page = await text_of(marketer, f"{GIFT}?day=2020-01-01")
    assert "As it was: 2020-01-01" in page
    assert page.index("250.00 RUB") < page.index("As it was") < page.rindex("100.00 RUB")
    assert "Something else than these pages" not in page
    await office.database.execute(
        "update program set document = jsonb_set(document, '{certificates,0,face}', '1')"
        " where partner_id = $1",
        world.NORTH,
    )
    page = await text_of(marketer, f"{GIFT}?day=2020-01-01")
    assert "has changed it since in: main" in page
    auditor = await office.signed_in(login_of(Role.AUDITOR))
    assert "/history?record=program&amp;key=main" in (await auditor.get(GIFT)).text


async def put_certificates(office: Office) -> None:
    """New; partly spent; lapsed; blocked; over and not booked yet."""
    await office.database.execute(
        """
        with made as (
            select uuidv7() as id, decode(md5(name), 'hex') as digest, *
            from (values
                ('new', 0, false, false, false), ('used', 6000, true, false, false),
                ('lapsed', 0, true, false, true), ('blocked', 10000, true, true, false),
                ('over', 3000, true, false, true)
            ) as one (name, remaining, is_active, is_blocked, is_over)
        ), codes as (
            insert into certificate (bucket, certificate_id, partner_id, series_code, digest,
                masked, unit, face, remaining, issued_at, activated_at, active_from, expires_at,
                blocked_at)
            select crc32(digest) % 64, id, $1, 'gift', digest, name, 'RUB', 10000, remaining,
                now(), case when is_active then now() end, case when is_active then now() end,
                case when is_over then now() end, case when is_blocked then now() end
            from made
        )
        insert into certificate_entry
            (bucket, month, certificate_id, seq, partner_id, against, unit, amount,
             balance_after, at)
        select crc32(digest) % 64, date_trunc('month', now()), id, seq, $1, against, 'RUB', amount,
            0, now()
        from made
        join (values
            ('used', 1, 'sold', 10000), ('used', 2, 'spent', -5000), ('used', 3, 'spent', 1000),
            ('lapsed', 1, 'sold', 10000), ('lapsed', 2, 'expired', -10000),
            ('blocked', 1, 'sold', 10000), ('over', 1, 'sold', 10000), ('over', 2, 'spent', -7000)
        ) moved (name, seq, against, amount) using (name)
        """,
        world.NORTH,
    )


async def test_figures_say_what_became_of_all(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was activated is spent, left, blocked or expired; very many are added up if asked."""
    browser = await office.signed_in(login_of(Role.ANALYST))
    assert "None have been issued yet" in await text_of(browser, GIFT)
    await put_certificates(office)
    page = await text_of(browser, GIFT)
    for told in (
        *("Issued 5 500.00 ₽", "Activated 4 400.00 ₽", "Spent 2 110.00 ₽"),
        *("Left to spend 1 60.00 ₽", "Blocked 1 100.00 ₽", "Expired 2 130.00 ₽"),
    ):
        assert told in page, (told, page)
    monkeypatch.setattr(certificate_series, "rows_within", _nothing)
    page = (await browser.get(GIFT)).text
    assert 'href="?figures=all"' in page
    assert "too many" in await text_of(browser, f"{GIFT}?figures=all")


async def _nothing(*_: object) -> None:
    """As if there were no time."""
