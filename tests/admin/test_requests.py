"""Requests that are not ours: other sites, other hosts, forms without a token, GETs that change."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

import pytest

from admin.permissions import Role
from tests.admin.contents import changed, contents
from tests.admin.test_access import filled, keys_of
from tests.service.addresses import routes_of
from tests.service.office import INSTALLATION_OWNER, Browser, login_of, running_office, store_path

if TYPE_CHECKING:
    from tests.service.office import Office

NEW_CHAIN = {"code": "new", "name": "New chain"}


async def send(browser: Browser, headers: dict[str, str], token: str | None) -> int:
    """The status of a form for a new chain, sent with these headers."""
    fields = NEW_CHAIN | ({} if token is None else {"form_token": token})
    return (await browser.client.post("/chain/create", data=fields, headers=headers)).status_code


async def test_only_pages_of_this_site_change_anything(office: Office) -> None:
    """Every way in which another site, or nobody, could send a form is refused before it counts."""
    browser = await office.signed_in(INSTALLATION_OWNER)
    token = await browser.form_token()
    ours = {"origin": office.origin, "sec-fetch-site": "same-origin"}
    stranger = await (await office.signed_in(login_of(Role.OWNER))).form_token()
    refused = [
        ({}, token),
        ({"origin": "https://evil.example"}, token),
        ({"origin": "null"}, token),
        ({"origin": office.origin.replace("127.0.0.1", "localhost")}, token),
        ({"sec-fetch-site": "cross-site"}, token),
        ({"sec-fetch-site": "same-site"}, token),
        ({"sec-fetch-site": "none"}, token),
        ({"sec-fetch-site": "cross-site", "origin": office.origin}, token),
        (ours | {"origin": "https://evil.example"}, token),
        (ours, None),
        (ours, ""),
        (ours, "0" * 64),
        (ours, stranger),
    ]
    for headers, sent in refused:
        assert await send(browser, headers, sent) == 403, (headers, sent)
    assert not await office.database.fetchval("select count(*) from chain where code = 'new'")
    assert await send(browser, {"origin": office.origin}, token) == 302
    assert await office.database.fetchval("select count(*) from chain where code = 'new'") == 1


async def test_a_form_token_is_of_one_browser_and_one_session(office: Office) -> None:
    """What a form carried before somebody signed in does not serve afterwards."""
    browser = await office.browser()
    before = await browser.form_token()
    signed_in = await office.signed_in(INSTALLATION_OWNER)
    ours = {"origin": office.origin}
    assert await send(signed_in, ours, before) == 403


async def test_no_get_changes_anything(office: Office) -> None:
    """Whatever has a GET is asked from another site, and as a form would be sent, in vain.

    So is a HEAD, of routes that tell forms by their method. The whole database is what it was, the
    history too, but for when a session was used last.
    """
    browser = await office.signed_in(INSTALLATION_OWNER)
    keys = (await keys_of(office))["north"]
    # Or whoever counts segments would, in the background, meanwhile.
    await office.database.execute("update segment set counted_at = now()")
    sent = "name=changed&code=changed&reason=x&save=Save&record=store&key=s1&publish=1&lift=1"
    opened = 0
    routes = routes_of(office.app)
    before = await contents(office.database)
    for method, path in routes:
        if method != "GET":
            continue
        asked = [("GET", "cross-site")]
        if ("POST", path) in routes:
            asked.append(("HEAD", "same-site"))
        for sort, site in asked:
            answer = await browser.client.request(
                sort, f"{filled(path, keys)}?{sent}", headers={"sec-fetch-site": site}
            )
            assert answer.status_code in {200, 303, 403, 404}, (sort, path)
            opened += answer.status_code == 200
    # What is changed by POST alone, and what the library brings.
    terminal = keys["terminal"]
    for path in (
        "/sign-out",
        "/account/partner",
        "/account/password",
        "/campaign/export",
        "/store/export/csv",
        f"/terminal/{terminal}/token",
    ):
        assert (await browser.get(path)).status_code in {404, 405}, path
    for path in ("/logout", f"/store/delete?pks={store_path('s1')}", "/store/action/delete"):
        assert (await browser.get(path)).status_code == 404, path
    assert opened > 150
    assert not changed(before, await contents(office.database))


async def test_no_form_of_another_site_is_looked_at(office: Office) -> None:
    """Whatever has a POST refuses what another site sends, with our own token in it."""
    browser = await office.signed_in(INSTALLATION_OWNER)
    keys = (await keys_of(office))["north"]
    await office.database.execute("update segment set counted_at = now()")
    token = await browser.form_token()
    sites = itertools.cycle(
        (
            {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
            {"sec-fetch-site": "same-site"},
            {"origin": "null"},
        )
    )
    refused = 0
    before = await contents(office.database)
    for method, path in routes_of(office.app):
        if method != "GET":
            answer = await browser.client.request(
                method, filled(path, keys), data={"form_token": token}, headers=next(sites)
            )
            assert answer.status_code == 403, (method, path)
            refused += 1
    assert refused > 100
    assert not changed(before, await contents(office.database))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/store/delete"),
        ("POST", "/store/import"),
        ("GET", "/login"),
        ("GET", "/logout"),
        ("GET", "/store/x/name/download/"),
    ],
)
async def test_what_the_library_brings_beyond_records_is_not_served(
    office: Office, method: str, path: str
) -> None:
    """Its deletion, import, login, logout and files are gone."""
    browser = await office.signed_in(INSTALLATION_OWNER)
    token = await browser.form_token()
    answer = await browser.client.request(
        method, path, headers={"origin": office.origin, "x-form-token": token}
    )
    assert answer.status_code == 404


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nothing", "/assets/office.css", "/healthz"])
async def test_every_answer_has_the_headers_of_security(office: Office, path: str) -> None:
    """Scripts and styles are files of ours, nothing is framed, kept or sniffed."""
    headers = (await (await office.browser()).get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    for name in ("referrer-policy", "cross-origin-opener-policy", "cross-origin-resource-policy"):
        assert headers[name] == "same-origin"
    if not path.startswith("/assets/"):
        assert headers["cache-control"] == "no-store"


async def test_another_name_of_this_server_is_refused(office: Office) -> None:
    """A name that somebody bound to this address anew opens nothing."""
    browser = await office.browser()
    answer = await browser.get("/sign-in", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil" not in answer.text


async def test_over_tls_cookies_are_of_this_host_only(world_dsn: str) -> None:
    """Behind a proxy with TLS: `__Host-` cookies, Secure, and browsers stay with TLS."""
    async with running_office(world_dsn, url="https://office.example") as office:
        browser = await office.browser()
        answer = await browser.get("/sign-in", headers={"host": "office.example"})
        assert answer.status_code == 200
        assert answer.headers["set-cookie"].startswith("__Host-visitor=")
        assert "Secure" in answer.headers["set-cookie"]
        assert "strict-transport-security" in answer.headers
        assert (await browser.get("/sign-in")).status_code == 400


async def test_a_body_that_is_too_large_is_refused_unread(office: Office) -> None:
    """Two megabytes are enough for any form."""
    browser = await office.signed_in(INSTALLATION_OWNER)
    answer = await browser.post("/chain/create", NEW_CHAIN | {"name": "x" * 2_100_000})
    assert answer.status_code == 413


STRANGE: Final = (
    "/store/details/x",
    "/store/details/;;;;",
    "/store/details/00000000-0000-7000-8000-000000000001",
    "/terminal/details/not-a-uuid",
    "/member/details/99999999999999999999;x",
    "/member/details/70000;00000000-0000-7000-8000-000000000001",
    "/store/list?page=x",
    "/store/list?page=-99999999999999999999",
    "/store/list?page=99999999999999999999",
    "/store/list?pageSize=0",
    "/store/list?pageSize=100000000",
    "/store/list?sortBy=partner_id",
    "/store/list?sortBy=password_hash",
    "/store/list?search=%00",
    "/store/list?chain_code=%27%20or%201=1",
    "/product/list?search=%25",
    "/member/list?search=%27",
    "/history?before=99999999999999999999999999",
    "/history?since=yesterday&until=9999-12-31",
    "/store/lookup?term=%25%27",
    "/terminal/lookup?term=x",
    "/nothing/list",
    # Moments whose year there is not in another zone.
    *(
        f"{path}={moment};00000000-0000-0000-0000-000000000000"
        for path in ("/receipt/list?before", "/member/list?after", "/overrun/list?before")
        for moment in ("0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00")
    ),
)


async def test_strange_addresses_get_a_page_that_says_nothing_of_the_inside(
    office: Office,
) -> None:
    """No status of 500, and no word of the driver, of SQL or of Python."""
    browser = await office.signed_in(INSTALLATION_OWNER)
    for path in STRANGE:
        answer = await browser.get(path)
        assert answer.status_code in {200, 302, 400, 404}, (path, answer.text[:500])
        for word in ("asyncpg", "sqlalchemy", "Traceback", "psycopg", "SELECT ", "$1"):
            assert word not in answer.text, path


async def test_a_lost_database_is_told_without_details(world_dsn: str) -> None:
    """When the database cannot be asked, the page says that, and nothing of how."""
    async with running_office(world_dsn) as office:
        browser = await office.signed_in(INSTALLATION_OWNER)
        name = await office.database.fetchval("select current_database()")
        await office.database.execute(f'alter table store rename to "store_of_{name}"')
        answer = await browser.get("/store/list")
        assert answer.status_code == 500
        assert "store_of" not in answer.text
        assert "sqlalchemy" not in answer.text.lower()
        assert answer.headers["content-security-policy"]
