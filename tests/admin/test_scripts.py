"""Stored scripts: a payload in every text column is a text on every page, and in every file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from markupsafe import escape

from tests.admin.planted import MARK, Markup, columns_of, plant, without_reason
from tests.service import busy_shop
from tests.service.addresses import addresses_of, is_page
from tests.service.office import INSTALLATION_OWNER

if TYPE_CHECKING:
    from collections.abc import Collection

    from tests.service.office import Browser, Office
    from tests.service.running import Service

#: Tables without a row in the busy shop, and why.
EMPTY: Final = {
    "member_history_key": "bytes alone; values that they open are escaped as any other",
    "outbox_forgotten": "dates alone",
    "outbox_pending": "ids alone",
    "qr_claim": "a code that was shown, once; what pages tell of it is the purchase",
}
#: How often pages show the payload, beside the names that stand above each.
SHOWN_MIN: Final = 1_000
PAGES_MIN: Final = 100
#: Pages that ask the service for sales and rules: it knows none of the planted codes.
BY_THE_SERVICE: Final = ("/receipt/details/{pk:path}", "/campaign/try/{id}")
#: What a receipt says that the service has explained.
EXPLAINED: Final = "Evaluated again just now under the rules of the sale"
#: Pages that are answered with 400 once every code holds the payload, and why.
REFUSED: Final = {
    "/campaign/try/{id}": "the service is asked for a sale and rules of planted codes"
}
#: What browsers are told that an answer is: nothing but pages is taken for a page.
KINDS: Final = frozenset({"text/html", "text/csv", "application/json", "text/plain"})


@pytest.mark.parametrize(
    ("page", "is_fault"),
    [
        (f"<p>{MARK}</p>", True),
        (f'<p title="{MARK}">', True),
        (f"<p title='{MARK}'>", True),
        (f'<p title="{escape(MARK)}">{escape(MARK)}</p>', False),
        ('<a href="javascript:alert(1)">x</a>', True),
        ('<script src="/assets/office.js"></script>', False),
        ("alert(1)49", True),
    ],
)
def test_what_would_be_done_is_seen(page: str, is_fault: bool) -> None:
    """In texts, in attributes of both kinds, in addresses and in templates."""
    assert bool(Markup(page).faults) == is_fault


async def opened(
    office: Office,
    browser: Browser,
    only: Collection[str] = (),
    refused: Collection[str] = (),
) -> tuple[dict[str, str], list[str]]:
    """The page of every route that has a GET, or only of some, and what is wrong with them."""
    found, faults = {}, []
    job = await office.database.fetchval("select job_id from admin_job where kind = 'corrections'")
    addresses = await addresses_of(office) | {"a job of corrections": f"/job/details/{job}"}
    for route in only or addresses:
        answer = await browser.get(addresses[route])
        kind = answer.headers.get("content-type", "").partition(";")[0]
        if answer.status_code != (400 if route in refused else 200):
            faults += [f"{route}: {answer.status_code}"] if is_page(route) else []
            continue
        if kind not in KINDS or answer.headers["x-content-type-options"] != "nosniff":
            faults.append(f"{route}: {kind}")
        if kind == "text/html":
            faults += [f"{route}: {fault}" for fault in Markup(answer.text).faults]
            found[route] = answer.text
    return found, faults


async def test_a_stored_payload_is_shown_as_what_it_is(desk: Office, service: Service) -> None:
    """Told to the service by tills and operators, then in every column of texts that there is."""
    await busy_shop.make_busy(service, MARK)
    await busy_shop.put_records(desk.database, MARK)
    browser = await desk.signed_in(INSTALLATION_OWNER)
    pages, faults = await opened(desk, browser, BY_THE_SERVICE)
    assert not faults
    # In stored answers and explanations, too.
    for text in ("Name of fruit", "Eve", "unknown"):
        assert escape(text + MARK) in pages["/receipt/details/{pk:path}"], text
    # A table without rows would hold no payload.
    assert {name for name, rows in (await service.rows()).items() if not rows} <= set(EMPTY)
    known = await columns_of(desk.database)
    planted, refused = await plant(desk.database, of_sales=False)
    pages, faults = await opened(desk, browser, BY_THE_SERVICE)
    assert not faults
    told = pages["/receipt/details/{pk:path}"]
    for text in (EXPLAINED, escape("Name of fruit" + MARK)):
        assert text in told, text
    planted_then, refused_then = await plant(desk.database, of_sales=True)
    assert len(planted | planted_then) > len(refused | refused_then)
    assert not without_reason(known)
    pages, faults = await opened(desk, browser, refused=REFUSED)
    assert not faults
    assert len(pages) > PAGES_MIN
    assert sum(page.count(escape(MARK)) for page in pages.values()) > SHOWN_MIN
    for text in ("Name of fruit", "Eve", "unknown", "Sorry", "Bus", "Karenina"):
        assert any(escape(text + MARK) in page for page in pages.values()), text
