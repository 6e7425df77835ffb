"""The second factor: digits besides the password, codes for who loses the telephone."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING, Final

import pyotp
from typer.testing import CliRunner

from admin.__main__ import app as command_line
from admin.permissions import Role
from admin.sealing.masters import read_masters
from admin.staff.lock_out import LOGIN_FAILURES_MAX
from admin.staff.second_factor import RECOVERY_CODES, Proof, proof_in
from admin.staff.tables import StaffFactor
from admin.staff.tokens import hash_of
from tests.service import world
from tests.service.office import INSTALLATION_OWNER, PASSWORD, login_of, running_office
from tests.service.running import as_role

if TYPE_CHECKING:
    import httpx
    import pytest

    from tests.service.office import Browser, Office

MARKETER: Final = login_of(Role.MARKETER)
WRONG: Final = "000000"


def shown_in(page: str) -> str:
    """What a page shows once."""
    return page.split('id="secret">')[1].split("<", maxsplit=1)[0]


def digits(secret: str) -> str:
    """What the application shows now; never what tests take for wrong."""
    now = pyotp.TOTP(secret).now()
    return now if now != WRONG else pyotp.TOTP(secret).at(dt.datetime.now(dt.UTC), counter_offset=1)


async def set_up(office: Office, browser: Browser) -> tuple[str, list[str]]:
    """A second factor that works, and whose digits may be used again; secret and codes."""
    begun = await browser.post("/account/factor", {"password": PASSWORD})
    assert begun.status_code == 200, begun.text
    secret = shown_in(begun.text)
    done = await browser.post("/account/factor/confirm", {"code": digits(secret)})
    assert done.status_code == 200, done.text
    await office.database.execute("update staff_factor set used_step = 0")
    return secret, shown_in(done.text).split()


async def enter(office: Office, code: str = "", login: str = MARKETER) -> httpx.Response:
    """Sign in with the right password and a code."""
    browser = await office.browser()
    token = await browser.form_token()
    fields = {"login": login, "password": PASSWORD, "code": code}
    return await browser.post("/sign-in", fields, token=token)


async def test_digits_are_asked_for_besides_the_password(office: Office) -> None:
    """None, wrong ones and those that were used already look like a wrong password."""
    secret, _ = await set_up(office, await office.signed_in(MARKETER))
    for wrong in ("", WRONG, "a" * 100, "٣٣٣٣٣٣"):
        answer = await enter(office, wrong)
        assert answer.status_code == 400
        assert "That did not work." in answer.text
    now = digits(secret)
    assert (await enter(office, f"{now[:3]} {now[3:]}")).status_code == 303
    assert (await enter(office, now)).status_code == 400


async def test_of_two_with_the_same_digits_one_gets_in(office: Office) -> None:
    """However close together they come."""
    secret, _ = await set_up(office, await office.signed_in(MARKETER))
    now = digits(secret)
    answers = await asyncio.gather(*(enter(office, now) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [303, 400]


async def test_guessing_digits_locks_the_login(office: Office) -> None:
    """Whoever knows the password has as few attempts as whoever does not."""
    secret, _ = await set_up(office, await office.signed_in(MARKETER))
    for _ in range(LOGIN_FAILURES_MAX):
        await enter(office, WRONG)
    assert (await enter(office, digits(secret))).status_code == 400


async def test_a_recovery_code_stands_in_for_the_telephone_once(office: Office) -> None:
    """In any form in which it is copied; the account page says how many are left."""
    _, codes = await set_up(office, await office.signed_in(MARKETER))
    assert len(set(codes)) == RECOVERY_CODES
    assert {5 * len(code.replace("-", "")) for code in codes} == {120}, "bits, kept without salt"
    assert (await enter(office, codes[0].lower())).status_code == 303
    assert (await enter(office, codes[0])).status_code == 400
    assert (await enter(office, codes[1].replace("-", ""))).status_code == 303
    left = await office.database.fetchval("select cardinality(recovery) from staff_factor")
    assert left == RECOVERY_CODES - 2


async def test_secrets_are_shown_once_and_are_in_no_history(office: Office) -> None:
    """Neither the account page nor an owner's look has them; what was done is told."""
    browser = await office.signed_in(MARKETER)
    secret, codes = await set_up(office, browser)
    owner = await office.signed_in(INSTALLATION_OWNER)
    staff_id = await office.database.fetchval(
        "select staff_id from staff where login = $1", MARKETER
    )
    for page in (
        await browser.get("/account"),
        await owner.get(f"/staff/details/{staff_id}"),
        await owner.get(f"/history?record=staff_factor&key={staff_id}"),
        await owner.get(f"/history/record?record=staff_factor&key={staff_id}"),
    ):
        assert page.status_code == 200
        assert not [held for held in (secret, *codes) if held in page.text]
    told = await office.history("staff_factor")
    assert [row["action"] for row in told] == ["created", "changed"]
    assert not [held for held in (secret, *codes) if held in str([dict(row) for row in told])]


async def test_the_database_has_the_secret_sealed(world_dsn: str) -> None:
    """Digits count as ever; where the key is gone the recovery codes are left."""
    async with running_office(world_dsn, sealing_keys=world.SEALING_KEYS) as office:
        secret, codes = await set_up(office, await office.signed_in(MARKETER))
        held = await office.database.fetchval("select secret from staff_factor")
        assert held.startswith("sealed:")
        assert secret not in held
        assert (await enter(office, digits(secret))).status_code == 303
        assert (await enter(office, WRONG)).status_code == 400
        factor = StaffFactor(
            staff_id=await office.database.fetchval("select staff_id from staff_factor"),
            secret=held,
            recovery=[hash_of(codes[0].replace("-", ""))],
            used_step=0,
        )
    now = dt.datetime.now(dt.UTC)
    assert proof_in(factor, digits(secret), now) is None
    assert proof_in(factor, digits(secret), now, read_masters("1:" + "99" * 32)) is None
    assert proof_in(factor, codes[0], now) == Proof(recovery_hash=factor.recovery[0])
    # Nor does it open for somebody else to whose row it was carried.
    factor.staff_id = world.NORTH
    assert proof_in(factor, digits(secret), now, read_masters(world.SEALING_KEYS)) is None


async def test_nothing_is_asked_for_until_its_digits_were_shown(office: Office) -> None:
    """Setting it up needs the password; with wrong digits the secret is not shown again."""
    browser = await office.signed_in(MARKETER)
    for password in ("", "a wrong sentence"):
        refused = await browser.post("/account/factor", {"password": password})
        assert refused.status_code == 400
        assert 'role="alert"' in refused.text
    begun = await browser.post("/account/factor", {"password": PASSWORD})
    secret = shown_in(begun.text)
    assert begun.headers["cache-control"] == "no-store"
    assert 'src="data:image/svg+xml' in begun.text
    refused = await browser.post("/account/factor/confirm", {"code": WRONG})
    assert refused.status_code == 400
    assert secret not in refused.text
    assert (await enter(office)).status_code == 303
    assert (await browser.post("/account/factor/confirm", {"code": digits(secret)})).is_success
    assert (await enter(office)).status_code == 400
    again = await browser.post("/account/factor", {"password": PASSWORD})
    assert again.status_code == 400


async def test_it_ends_with_both_factors_only(office: Office) -> None:
    """A session that somebody left open, or a password alone, does not take it away."""
    browser = await office.signed_in(MARKETER)
    secret, _ = await set_up(office, browser)
    for fields in ({"password": "wrong", "code": digits(secret)}, {"password": PASSWORD}):
        refused = await browser.post("/account/factor/drop", fields)
        assert refused.status_code == 400
        assert 'role="alert"' in refused.text
    both = {"password": PASSWORD, "code": digits(secret)}
    assert (await browser.post("/account/factor/drop", both)).status_code == 303
    assert (await enter(office)).status_code == 303


async def test_an_owner_takes_away_what_somebody_lost(office: Office) -> None:
    """Not an administrator, nor one's own so; sessions of the person end."""
    browser = await office.signed_in(MARKETER)
    await set_up(office, browser)
    administrator = await office.signed_in(login_of(Role.ADMINISTRATOR))
    owner = await office.signed_in(login_of(Role.OWNER))
    ids = dict(await office.database.fetch("select login, staff_id from staff"))
    path = f"/staff/{ids[MARKETER]}/drop-factor"
    assert (await administrator.post(path)).status_code == 403
    assert path not in (await administrator.get(f"/staff/details/{ids[MARKETER]}")).text
    own = f"/staff/{ids[login_of(Role.OWNER)]}/drop-factor"
    assert (await owner.post(own)).status_code == 403
    assert path in (await owner.get(f"/staff/details/{ids[MARKETER]}")).text
    assert (await owner.post(path)).status_code == 303
    assert (await browser.get("/")).status_code == 303
    assert (await enter(office)).status_code == 303
    last = (await office.history("staff_factor"))[-1]
    assert (last["author"], last["action"]) == (login_of(Role.OWNER), "removed")


async def test_a_sole_owner_gets_rid_of_it_on_the_command_line(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever runs the installation can, and the history tells it."""
    monkeypatch.setenv("CHECKOUT_ADMIN_POSTGRES_DSN", as_role(office.dsn, "checkout_admin"))
    await set_up(office, await office.signed_in(MARKETER))
    for login, exit_code in ((MARKETER, 0), (MARKETER, 0), ("nobody", 1)):
        run = await asyncio.to_thread(CliRunner().invoke, command_line, ["drop-factor", login])
        assert run.exit_code == exit_code, run.output
    assert (await enter(office)).status_code == 303
    assert (await office.history("staff_factor"))[-1]["author"] == "command line"


async def test_where_everybody_needs_one_nothing_else_opens(world_dsn: str) -> None:
    """Until it is set up; and again once it is taken away, for another telephone."""
    async with running_office(world_dsn, second_factor_needed=True) as office:
        browser = await office.signed_in(MARKETER)
        for path in ("/", "/campaign/list", "/history", "/account-of-somebody"):
            answer = await browser.get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, "/account")
        assert (await browser.post("/campaign/new")).headers["location"] == "/account"
        assert "Everybody needs one here" in (await browser.get("/account")).text
        secret, _ = await set_up(office, browser)
        assert (await browser.get("/")).status_code == 200
        both = {"password": PASSWORD, "code": digits(secret)}
        assert (await browser.post("/account/factor/drop", both)).status_code == 303
        assert (await browser.get("/")).headers["location"] == "/account"


def test_digits_of_a_clock_that_is_half_a_minute_off_are_right() -> None:
    """Not of one that is off by more; nor digits of before those that were used."""
    secret = pyotp.random_base32()
    now = dt.datetime(2026, 11, 21, 12, 0, 15, tzinfo=dt.UTC)
    totp, step = pyotp.TOTP(secret), int(now.timestamp()) // 30
    factor = StaffFactor(secret=secret, recovery=[], used_step=0)
    for off in (-1, 0, 1):
        assert proof_in(factor, totp.at(now, counter_offset=off), now) == Proof(step=step + off)
    for off in (-3, 3):
        assert proof_in(factor, totp.at(now, counter_offset=off), now) is None
    factor.used_step = step
    assert proof_in(factor, totp.at(now, counter_offset=-1), now) is None
    assert proof_in(None, "", now) == Proof()
