"""Getting in: the same answer whatever was wrong, sessions that end, links that work once."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from admin.__main__ import app as command_line
from admin.guard.requests import TOKEN_FIELD
from admin.permissions import Role
from admin.serving import config_of
from admin.settings import AdminSettings
from admin.staff.lock_out import ADDRESS_FAILURES_MAX, LOGIN_FAILURES_MAX
from admin.staff.passwords import password_fault
from tests.service.office import (
    INSTALLATION_OWNER,
    PASSWORD,
    SOUTH_ADMINISTRATOR,
    login_of,
    sign_in,
)
from tests.service.running import as_role

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send
    from typer.testing import Result

    from tests.service.office import Office

MARKETER = login_of(Role.MARKETER)
ADMINISTRATOR = login_of(Role.ADMINISTRATOR)


async def test_nobody_gets_in_without_signing_in(office: Office) -> None:
    """Every page but the entrance leads there, and back to the page once one is in."""
    browser = await office.browser()
    answer = await browser.get("/store/list?search=x")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fstore%2Flist%3Fsearch%3Dx"
    page = await browser.get(answer.headers["location"])
    assert 'name="next" value="/store/list?search=x"' in page.text


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
async def test_the_entrance_leads_nowhere_else(office: Office, target: str) -> None:
    """Whatever an address says about where to go next, it is a page of ours."""
    browser = await office.browser()
    token = await browser.form_token()
    fields = {"login": MARKETER, "password": PASSWORD, "next": target}
    answer = await browser.post("/sign-in", fields, token=token)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"


async def test_all_failures_look_alike(office: Office) -> None:
    """Unknown, wrong, blocked, without a password, locked: the same status, page and headers."""
    await office.database.execute(
        "update staff set blocked_at = now() where login = $1", login_of(Role.ANALYST)
    )
    await office.database.execute(
        "update staff set password_hash = '' where login = $1", login_of(Role.AUDITOR)
    )
    attempts = [
        ("nobody-at-all", PASSWORD),
        (MARKETER, "a wrong sentence"),
        (login_of(Role.ANALYST), PASSWORD),
        (login_of(Role.AUDITOR), ""),
        ("'; drop table staff; --", PASSWORD),
    ]
    bodies = set()
    for login, password in attempts:
        browser = await office.browser()
        answer = await sign_in(browser, login, password or "x")
        assert answer.status_code == 400
        shown = answer.text
        for said in (login, login.replace("'", "&#39;"), await browser.form_token()):
            shown = shown.replace(said, "…")
        bodies.add(shown)
    assert len(bodies) == 1


async def test_unknown_logins_take_as_long_as_known_ones(office: Office) -> None:
    """The time of an answer does not tell whether there is such an account."""
    browser = await office.browser()
    token = await browser.form_token()
    times: dict[str, list[float]] = {MARKETER: [], "nobody": []}
    for _ in range(LOGIN_FAILURES_MAX + 3):  # so that both are locked in the end
        for login, taken in times.items():
            began = time.perf_counter()
            await browser.post("/sign-in", {"login": login, "password": "wrong"}, token=token)
            taken.append(time.perf_counter() - began)
    known, unknown = (median(taken) for taken in times.values())
    assert 0.5 < known / unknown < 2


async def test_too_many_failures_lock_the_login_whether_it_exists_or_not(office: Office) -> None:
    """After five the right password fails too; another login of the same address does not."""
    for login in (MARKETER, "nobody-at-all"):
        for _ in range(LOGIN_FAILURES_MAX):
            assert (await sign_in(await office.browser(), login, "wrong")).status_code == 400
    assert (await sign_in(await office.browser(), MARKETER)).status_code == 400
    assert (await sign_in(await office.browser(), ADMINISTRATOR)).status_code == 303
    locked = await office.database.fetchval(
        "select count(*) from sign_in_failure where locked_until > now()"
    )
    assert locked == 2
    await office.database.execute("update sign_in_failure set locked_until = now()")
    assert (await sign_in(await office.browser(), MARKETER)).status_code == 303


async def test_many_attempts_at_once_are_locked_like_one_after_the_other(office: Office) -> None:
    """The right password among them comes too late, though nobody was locked when it was sent."""
    browsers = [await office.browser() for _ in range(4 * LOGIN_FAILURES_MAX)]
    last = await office.browser()
    wrong = (sign_in(browser, MARKETER, "wrong") for browser in browsers)
    answers = await asyncio.gather(*wrong, sign_in(last, MARKETER))
    assert {answer.status_code for answer in answers} == {400}


async def test_one_address_cannot_try_all_logins(office: Office) -> None:
    """Failures count for the address, too, whatever login they name."""
    browser = await office.browser()
    token = await browser.form_token()
    await browser.post("/sign-in", {"login": "guess-1", "password": "wrong"}, token=token)
    (address,) = await office.database.fetch(
        "update sign_in_failure set failures = $1 where subject = sha256($2) returning failures",
        ADDRESS_FAILURES_MAX - 1,
        b"address\x00127.0.0.1",
    )
    assert address["failures"] == ADDRESS_FAILURES_MAX - 1
    await browser.post("/sign-in", {"login": "guess-2", "password": "wrong"}, token=token)
    assert (await sign_in(await office.browser(), MARKETER)).status_code == 400


async def test_the_cookie_is_not_what_is_stored(office: Office) -> None:
    """The database holds a hash; cookies are out of reach of scripts and other sites."""
    browser = await office.browser()
    answer = await sign_in(browser, MARKETER)
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    token = browser.client.cookies["staff"]
    rows = await office.database.fetch("select s::text as row from staff_session s")
    assert all(token not in row["row"] for row in rows)


async def test_each_signing_in_has_a_session_of_its_own(office: Office) -> None:
    """A session that somebody planted before is not the one that one gets."""
    browser = await office.browser()
    browser.client.cookies.set("staff", "planted")
    await browser.get("/sign-in")
    await sign_in(browser, MARKETER)
    values = {cookie.value for cookie in browser.client.cookies.jar if cookie.name == "staff"}
    assert values != {"planted"}
    assert not await office.database.fetchval(
        "select count(*) from staff_session where token_hash = sha256('planted')"
    )


async def test_signing_out_ends_the_session_for_good(office: Office) -> None:
    """It is done by POST; the old cookie brings nobody in any more."""
    browser = await office.signed_in(MARKETER)
    assert (await browser.get("/sign-out")).status_code == 404
    token = browser.client.cookies["staff"]
    assert (await browser.post("/sign-out")).status_code == 303
    thief = await office.browser()
    thief.client.cookies.set("staff", token)
    assert (await thief.get("/")).status_code == 303
    actions = [row["action"] for row in await office.history("staff")]
    assert actions == ["signed_in", "signed_out"]


@pytest.mark.parametrize(
    "change",
    [
        "update staff_session set seen_at = now() - interval '31 minutes'",
        "update staff_session set ends_at = now() - interval '1 second'",
        "update staff_session set ended_at = now()",
        "update staff set blocked_at = now()",
    ],
)
async def test_a_session_ends_by_time_or_by_somebody(office: Office, change: str) -> None:
    """Unused for half an hour, twelve hours old, ended by hand, or of somebody who was blocked."""
    browser = await office.signed_in(MARKETER)
    assert (await browser.get("/")).status_code == 200
    await office.database.execute(change)
    assert (await browser.get("/")).status_code == 303


async def test_sessions_are_listed_and_ended_by_their_owner(office: Office) -> None:
    """One sees where one is signed in, and ends the others; not those of other people."""
    mine, other = await office.signed_in(MARKETER), await office.signed_in(MARKETER)
    stranger = await office.signed_in(ADMINISTRATOR)
    listed = (await mine.get("/account")).text
    assert listed.count('name="session_id"') == 2  # the other one, and "all others"
    strangers = await office.database.fetchval(
        "select session_id::text from staff_session join staff using (staff_id) where login = $1",
        ADMINISTRATOR,
    )
    await mine.post("/account/end-session", {"session_id": strangers})
    assert (await stranger.get("/")).status_code == 200
    await mine.post("/account/end-session", {"session_id": "others"})
    assert (await other.get("/")).status_code == 303
    assert (await mine.get("/")).status_code == 200


async def test_a_password_is_changed_by_who_knows_it(office: Office) -> None:
    """The old one is asked for, the new one is judged, other sessions end, and it works."""
    browser, other = await office.signed_in(MARKETER), await office.signed_in(MARKETER)
    new = "another long sentence"
    change = {"old": PASSWORD, "new": new, "again": new}
    for fault in ({"old": "wrong"}, {"new": "short", "again": "short"}, {"again": "differs"}):
        answer = await browser.post("/account/password", change | fault)
        assert answer.status_code == 400
        assert 'role="alert"' in answer.text
    assert (await browser.post("/account/password", change)).status_code == 303
    assert (await browser.get("/")).status_code == 200
    assert (await other.get("/")).status_code == 303
    assert (await sign_in(await office.browser(), MARKETER, new)).status_code == 303
    (entry,) = [row for row in await office.history("staff") if row["action"] == "changed"]
    assert "argon2" not in str(dict(entry))


async def test_a_link_gives_a_password_once(office: Office) -> None:
    """An administrator makes it, it is shown once, ends sessions, and is dead after its use."""
    administrator = await office.signed_in(ADMINISTRATOR)
    marketer = await office.signed_in(MARKETER)
    staff_id = await office.database.fetchval(
        "select staff_id from staff where login = $1", MARKETER
    )
    shown = await administrator.post(f"/staff/{staff_id}/link")
    assert shown.status_code == 200
    assert shown.headers["cache-control"] == "no-store"
    link = shown.text.split('id="secret">')[1].split("<")[0]
    second = (await administrator.post(f"/staff/{staff_id}/link")).text
    newer = second.split('id="secret">')[1].split("<")[0]
    browser = await office.browser()
    assert (await browser.get(link)).status_code == 404  # the newer one took its place
    page = await browser.get(newer)
    token = page.text.split(f'name="{TOKEN_FIELD}" value="')[1].split('"')[0]
    new = "chosen through a link"
    path = "/link/" + newer.rsplit("/", 1)[1]
    weak = await browser.post(path, {"password": "weak", "again": "weak"}, token=token)
    assert weak.status_code == 400
    done = await browser.post(path, {"password": new, "again": new}, token=token)
    assert done.status_code == 303
    again = await browser.post(path, {"password": new, "again": new}, token=token)
    assert again.status_code == 404
    assert (await marketer.get("/")).status_code == 303
    assert (await sign_in(await office.browser(), MARKETER, new)).status_code == 303


async def test_a_sole_owner_gets_a_link_on_the_command_line(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a login that is there and not blocked; it opens the form of a password, and is told."""
    monkeypatch.setenv("CHECKOUT_ADMIN_POSTGRES_DSN", as_role(office.dsn, "checkout_admin"))

    async def run(login: str) -> Result:
        return await asyncio.to_thread(
            lambda: CliRunner().invoke(command_line, ["new-link", login])
        )

    made = await run(INSTALLATION_OWNER.upper())
    assert made.exit_code == 0, made.output
    page = await (await office.browser()).get("/link/" + made.output.strip().rsplit("/", 1)[1])
    assert page.status_code == 200
    told = (await office.history("staff_link"))[-1]
    assert (told["author"], told["action"]) == ("command line", "created")
    await office.database.execute("update staff set blocked_at = now() where login = $1", MARKETER)
    for login, why in ((MARKETER, "is blocked"), ("nobody", "nobody has the login")):
        refused = await run(login)
        assert refused.exit_code == 1
        assert why in refused.stderr


async def test_a_link_dies_of_age(office: Office) -> None:
    """After a day it opens nothing."""
    administrator = await office.signed_in(ADMINISTRATOR)
    staff_id = await office.database.fetchval(
        "select staff_id from staff where login = $1", MARKETER
    )
    shown = (await administrator.post(f"/staff/{staff_id}/link")).text
    link = shown.split('id="secret">')[1].split("<")[0]
    await office.database.execute("update staff_link set expires_at = now()")
    assert (await (await office.browser()).get(link)).status_code == 404


async def test_nobody_makes_a_link_for_somebody_who_may_do_more(office: Office) -> None:
    """An administrator cannot take over an owner, nor anybody of another partner."""
    administrator = await office.signed_in(ADMINISTRATOR)
    for login, status in (
        (login_of(Role.OWNER), 403),
        (INSTALLATION_OWNER, 404),
        (SOUTH_ADMINISTRATOR, 404),
    ):
        staff_id = await office.database.fetchval(
            "select staff_id from staff where login = $1", login
        )
        answer = await administrator.post(f"/staff/{staff_id}/link")
        assert answer.status_code == status, login


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("a long enough sentence", ""),
        ("short", "password.too_short"),
        ("x" * 129, "password.too_long"),
        ("marketer is my password", "password.holds_login"),
        ("aaaaaaaaaaaaaaaa", "password.too_plain"),
    ],
)
def test_passwords_are_judged_by_length_and_variety(password: str, fault: str) -> None:
    """Long ones of any signs are taken; short, plain, or speaking ones are not."""
    assert password_fault(password, "marketer") == fault


@pytest.mark.parametrize(
    ("trusted", "told"),
    [("", "127.0.0.1"), ("10.0.0.0/8", "127.0.0.1"), ("127.0.0.1", "192.0.2.7")],
)
async def test_only_a_proxy_that_is_named_says_who_comes(trusted: str, told: str) -> None:
    """Whoever else sends the header is taken for who connects: it is no way around the lock-out."""
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del receive, send
        seen.append(scope["client"][0])

    settings = AdminSettings(postgres_dsn="postgresql://x", trusted_proxies=trusted)
    config = config_of(app, settings)
    config.load()
    headers = [(b"x-forwarded-for", b"192.0.2.7")]
    scope = {"type": "http", "client": ("127.0.0.1", 4711), "headers": headers, "scheme": "http"}
    await config.loaded_app(scope, None, None)
    assert seen == [told]


def test_a_port_that_is_taken_is_named() -> None:
    """With what to do about it; the process ends with 1."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "-m", "admin", "serve"],
            cwd=Path(__file__).resolve().parents[2],
            env={
                **os.environ,
                "CHECKOUT_ADMIN_POSTGRES_DSN": "postgresql://127.0.0.1:1/x",
                "CHECKOUT_ADMIN_PORT": str(port),
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode == 1
    assert f"port {port} on 127.0.0.1 cannot be used" in ended.stderr
    assert "CHECKOUT_ADMIN_PORT" in ended.stderr
