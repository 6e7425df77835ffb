"""Odd values in every field of every form: a page that says so, no fault of ours, nothing written.

The forms are those of the pages themselves, so that a new route is tried by itself. Each field gets
a few of the values by turns; all of them by `make odd-values`, which takes minutes, and of which CI
does a part, by the commit.
"""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING, Any, Final

from tests.admin.contents import changed
from tests.admin.page_forms import PageForm, PageForms, by_route
from tests.admin.test_access import filled
from tests.admin.test_tables_apart import rows_of_partner
from tests.service import busy_shop, world
from tests.service.addresses import ROWS, addresses_of, routes_of
from tests.service.office import INSTALLATION_OWNER

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.service.office import Browser, Office
    from tests.service.running import Service

#: "all", or a part of all: "3/16" is each sixteenth value, from the third on; else a few by turns.
ASKED: Final = os.environ.get("CHECKOUT_TEST_ODD_VALUES", "")
#: Of each field by itself, and of all fields of a form together.
VALUES_A_FIELD: Final = 1
VALUES_A_FORM: Final = 2
ODD: Final[tuple[str | list[str], ...]] = (
    "",
    "x" * 70_000,
    "\0",
    "9" * 40,
    "-1",
    "-" + "9" * 30,
    "letters",
    "1e999",
    "NaN",
    "1.005",
    "00000000-0000-0000-0000-00000000000g",
    "00000000-0000-0000-0000-000000000000",
    "2026-02-30",
    "0001-01-01",
    "9999-12-31",
    "9999-12-31T23:59",
    "'\"><{{7*7}}%s",
    "{",
    "[[[[1]]]]",
    '{"code": "\\ud800"}',
    '"\\u0000"',
    "\u0661\u0662",
    "\u00b2",
    "\u202e\ufeff\u200b",
    "a\r\nb: c",
    ["1", "2", "x"],
)
#: What no answer has: words of what the pages are made of.
WORDS: Final = (
    *("asyncpg", "sqlalchemy", "psycopg", "Traceback", "SELECT ", "INSERT ", "UPDATE ", "$1"),
    *("IntegrityError", "ValueError", "TypeError", "UnicodeEncodeError", "ValidationError"),
    *("grpc", "pydantic", "violates", "constraint", "site-packages", "invalid input"),
)
_NEVER: Final = ("code", "name", "reason", "seen")
#: Records that calls of the service make and change, or pages of their own.
_MADE_ELSEWHERE: Final = (
    "certificate",
    "certificate-series",
    "coupon",
    "household",
    "identifier",
    "member",
)
#: Fields of forms that no page of the shop has: scripts and browsers send them, they are of states
#: that it is not in, or nobody may: the records are changed elsewhere.
UNSEEN: Final[dict[str, tuple[str, ...]]] = {
    "/account/end-session": ("session_id",),
    "/account/factor/confirm": ("code",),
    "/account/factor/drop": ("password", "code"),
    "/campaign/check": ("code", "name", "program", "description", "rule"),
    "/campaign/version/{id}": ("version", "seen", "reason"),
    "/csp-report": ("csp-report",),
    "/event/retry": ("reason",),
    "/job/{id}/do": ("reason",),
    "/member/{id}/household": ("request_id", "other", "reason"),
    "/member/{id}/merge": ("request_id", "other", "reason"),
    "/partner/{id}/awaiting": ("name", "answer", "seen", "reason"),
    "/program/check": ("code", "document"),
    "/segment/create": _NEVER,
    "/sign-in": ("login", "password", "code", "next"),
    "/staff/{id}/drop-factor": ("reason",),
    "/staff/{id}/end-sessions": ("reason",),
    **{
        f"/{record}/{form}": _NEVER
        for record in _MADE_ELSEWHERE
        for form in ("create", "edit/{pk:path}")
    },
}
#: Asked last, as they end the session, or change who may sign in from here.
LAST: Final = ("/link/{token}", "/sign-in", "/sign-out")
#: What jobs that some forms began go on to tell the history of.
BY_JOBS: Final = ["bulk", "correction", "coupon_issue", "certificate_batch", "card_issue"]
#: A refusal is itself told to the history.
TOLD: Final = ("/sign-in", "/account/")


async def forms_of(office: Office, browser: Browser) -> dict[str, PageForm]:
    """Of each route that has a POST, its form, as some page has it or as it is sent by scripts."""
    posts = [path for method, path in routes_of(office.app) if method == "POST"]
    forms: list[PageForm] = []
    jobs = await office.database.fetch("select job_id from admin_job")
    addresses = await addresses_of(office)
    for address in [*addresses.values(), *(f"/job/details/{row[0]}" for row in jobs)]:
        answer = await browser.get(address)
        if answer.headers.get("content-type", "").startswith("text/html"):
            forms += PageForms(address, answer.text).found
    found = by_route(forms, posts)
    keys = {}
    for record, query in ROWS.items():
        keys[record] = str(await office.database.fetchval(query, world.NORTH))
    for path, names in UNSEEN.items():
        found[path] = PageForm(filled(path, keys), fields={name: ["x"] for name in names})
    missing = [path for path in posts if path not in found]
    assert not missing, "no page has a form that is sent there: put its fields into UNSEEN"
    return dict(sorted(found.items(), key=lambda one: one[0] in LAST))


def asked_for(values: list[str | list[str]]) -> list[str | list[str]]:
    """The values that are asked for: all, or each so many-th from one on."""
    place, _, parts = ASKED.partition("/")
    return values[int(place) - 1 :: int(parts)] if parts else values


def odd_forms(
    form: PageForm, values: Iterator[str | list[str]], most: int
) -> Iterator[dict[str, Any]]:
    """What is sent: each field odd by itself, the others as the page has them; then all of them."""
    for name in form.fields:
        for value in itertools.islice(values, most):
            yield {**form.fields, name: value}
    for value in itertools.islice(values, VALUES_A_FORM):
        yield dict.fromkeys(form.fields, value)


async def send_surrogate(browser: Browser, form: PageForm, token: str) -> httpx.Response:
    """All fields with half a character, which only this encoding of a form can hold."""
    parts = dict.fromkeys(form.fields, "\\ud800") | {"form_token": token}
    body = "".join(
        f'--odd\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in parts.items()
    )
    return await browser.client.post(
        form.path,
        content=f"{body}--odd--\r\n".encode(),
        headers={
            "content-type": "multipart/form-data; charset=unicode_escape; boundary=odd",
            "origin": browser.origin,
        },
    )


class Judge:
    """Finds fault with answers."""

    def __init__(self, office: Office) -> None:
        self.faults: list[str] = []
        self._office = office
        self._seq = 0

    async def of(self, route: str, answer: httpx.Response, sent: object) -> None:
        """No fault of ours, nothing of the inside; and what is refused leaves no history."""
        before, self._seq = self._seq, await self._last()
        is_refused = answer.status_code >= 400
        found = [word for word in WORDS if word in answer.text]
        if answer.status_code >= 500:
            found.append(str(answer.status_code))
        if is_refused and self._seq != before and not route.startswith(TOLD):
            found.append("half-written")
        if answer.headers.get("location", "").startswith("/sign-in") and route not in LAST:
            found.append("signed out")
        if found:
            self.faults.append(f"{route}: {found} {str(sent)[:300]}")

    async def _last(self) -> int:
        last = "select max(seq) from admin_history where record <> all($1::text[])"
        return int(await self._office.database.fetchval(last, BY_JOBS) or 0)


async def test_no_odd_field_is_a_fault(desk: Office, service: Service) -> None:
    """Of every route that has a POST; ids of another partner among the values change none of it."""
    await busy_shop.make_busy(service)
    await busy_shop.put_records(desk.database)
    browser = await desk.signed_in(INSTALLATION_OWNER)
    token = await browser.form_token()
    theirs = await desk.database.fetch(
        "select member_id::text from member where partner_id = $1"
        " union all select staff_id::text from staff where partner_id = $1"
        " union all select terminal_id::text from terminal where partner_id = $1"
        " union all select encode(digest, 'hex')::uuid::text from identifier where partner_id = $1",
        world.SOUTH,
    )
    odd = [*ODD, *(row[0] for row in theirs)]
    asked = asked_for(odd)
    values = itertools.cycle(asked)
    forms = await forms_of(desk, browser)
    south = await rows_of_partner(desk.database, world.SOUTH)
    judge = Judge(desk)
    for route, form in forms.items():
        form.fields.pop("form_token", None)
        for fields in odd_forms(form, values, len(asked) if ASKED else VALUES_A_FIELD):
            await judge.of(route, await browser.post(form.path, fields, token=token), fields)
        await judge.of(route, await send_surrogate(browser, form, token), "half a character")
    assert not judge.faults, "\n".join(judge.faults)
    assert not changed(south, await rows_of_partner(desk.database, world.SOUTH))
