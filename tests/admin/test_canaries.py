"""Marked secrets and people: what a run with faults tells, and where what was typed ends up.

Logs are those of the installed service and pages, of all levels. Rows of a fault are told by
PostgreSQL in its details, and what was typed by SQLAlchemy in its parameters: neither gets out.
"""

from __future__ import annotations

import io
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import redis.asyncio as valkey
import structlog
from prometheus_client import generate_latest
from sqlalchemy import text

from admin.permissions import Role
from checkout.flows.lookup import LookupFlow
from checkout.telemetry import logs
from checkout.telemetry.metrics import VerifierMetrics
from checkout.verifier.lags import Lags
from checkout.verifier.verifier import verify
from tests.service import world
from tests.service.office import PASSWORD, login_of, sign_in
from tests.service.till import line, receipt, refusal_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest
    from sqlalchemy.ext.asyncio import AsyncSession

    from tests.service.office import Office
    from tests.service.running import Service

TOKEN: Final = "till-canary-5d1e77"
CARD: Final = "2900777000111"
#: Of whom, and of what, nothing is told: neither are they in the database as they are.
SECRETS: Final = (
    *(TOKEN, CARD, PASSWORD, "a canary of a password"),
    *(world.PEPPER, world.CREDENTIAL, world.TOKEN_KEYS.partition(":")[2]),
    world.SEALING_KEYS.partition(":")[2],
)
#: A person, as the tables of identities alone know them.
PERSON: Final = {
    "phone": "+79005550199",
    "external_id": "crm-canary-77",
    "first_name": "Canarina",
    "last_name": "Zqxwvutova",
    "email": "canary-7f3a@example.com",
}
OF_PERSONS: Final = {"member_profile"}

#: Refuses a patronymic "X".
QUOTES: Final = """
    create function quote_row() returns trigger language plpgsql as $$ begin
        raise 'strange' using detail = format('Failing row contains %s', new);
    end $$;
    create trigger quote_row before insert or update on member_profile for each row
    when (new.patronymic = 'X') execute function quote_row();
"""


@contextmanager
def all_that_is_logged() -> Iterator[io.StringIO]:
    """Lines as an installation writes them."""
    told = io.StringIO()
    handler = logs.library_handler(told)

    def keep(_: object, __: str, line_of_log: Any) -> Any:
        told.write(line_of_log.decode() + "\n")
        raise structlog.DropEvent

    processors = structlog.get_config()["processors"]
    usual = processors[:]
    processors[:] = [*logs.PROCESSORS, keep]
    logging.getLogger().addHandler(handler)
    try:
        yield told
    finally:
        processors[:] = usual
        logging.getLogger().removeHandler(handler)


async def sell_and_fail(service: Service, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a till does with its token and a person's card, faults included; what it is told."""
    await service.database.execute(
        "insert into terminal_token (token_hash, terminal_id) select sha256($1), terminal_id"
        " from terminal_token where token_hash = sha256('north-s1-t1')",
        TOKEN.encode(),
    )
    await service.workers[0].follower.step()
    till = service.till(TOKEN)
    await till.enrol(card=CARD, **PERSON)
    await till.confirm("p", receipt(line("soap", 20_00), card=CARD))
    refused = [
        await refusal_of(service.till(TOKEN + "0").identify(card=CARD)),
        await refusal_of(till.enrol(card="2900777000222", phone=PERSON["phone"])),
        await refusal_of(till.identify(phone="+79005550000")),
    ]
    # A fault that nobody thought of, of which the database quotes the row.
    await service.database.execute(QUOTES)
    broken = {**PERSON, "phone": "+79005550198", "external_id": "crm-canary-78"}
    refused.append(await refusal_of(till.enrol(card="2900777000333", patronymic="X", **broken)))
    assert refused[-1].reason == "INTERNAL"

    async def fails(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as patched:
        patched.setattr(LookupFlow, "identify", fails)
        refused.append(await refusal_of(till.identify(card=CARD)))
        assert refused[-1].reason == "INTERNAL"
    return [f"{one.message} {one.fields} {one.numbers}" for one in refused]


async def work_and_fail(office: Office, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What somebody types into pages; pages of faults."""
    login = login_of(Role.CALL_CENTRE)
    shown = [
        (await sign_in(await office.browser(), tried, SECRETS[3])).text
        for tried in ("nobody", login)
    ]
    clerk = await office.signed_in(login)
    row = await office.database.fetchrow(
        "select bucket, member_id from member_profile where email = $1", PERSON["email"]
    )
    key = f"{row['bucket']};{row['member_id']}"
    names = {name: PERSON[name] for name in ("first_name", "last_name", "email")}
    profile = {**names, "gender": "", "reason": "as they said", "request_id": "c" * 32}
    saved = await clerk.edit(f"/member/{key}/profile", profile)
    assert saved.status_code == 303, saved.text
    refused = await clerk.edit(f"/member/{key}/profile", profile | {"patronymic": "X"})
    assert refused.status_code == 400
    # The form keeps what was typed, for whoever typed it; its faults do not.
    shown.append(refused.text.split('role="alert"')[1].split("</div>")[0])

    async def fails(database: AsyncSession, *_: object) -> None:
        divided = text("select 1 / length(replace(:typed, :typed, ''))")
        await database.execute(divided, {"typed": PERSON["email"]})

    with monkeypatch.context() as patched:
        patched.setattr("admin.members.profile._read", fails)
        page = await clerk.get(f"/member/{key}/profile")
        assert page.status_code == 500
    return [*shown, page.text]


async def tables_with(service: Service, canary: str) -> set[str]:
    """Tables some row of which has it, however it is written."""
    names = await service.database.fetch(
        "select relname from pg_class c join pg_namespace n on n.oid = relnamespace"
        " where nspname = 'public' and relkind = 'r'"
    )
    held = " union all ".join(
        f"select '{name}' where exists (select from \"{name}\" x where strpos(x::text, $1) > 0"
        f" or strpos(x::text, encode(convert_to($1, 'UTF8'), 'hex')) > 0)"
        for (name,) in names
    )
    return {name for (name,) in await service.database.fetch(held, canary)}


async def cached(redis_url: str) -> bytes:
    """All that Valkey holds."""
    client: Any = valkey.Redis.from_url(redis_url)
    held = []
    async for key in client.scan_iter():
        held.append(key)
        if await client.type(key) == b"string":
            held.append(await client.get(key) or b"")
        elif await client.type(key) == b"hash":
            held += (await client.hgetall(key)).values()
    await client.aclose()
    return b"\n".join(held)


async def test_nobodys_secret_is_told_and_nobody_is_named(
    desk: Office, service: Service, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in logs, nor in errors, figures or the cache; people in the table of profiles."""
    with all_that_is_logged() as told:
        said = await sell_and_fail(service, monkeypatch)
        said += await work_and_fail(desk, monkeypatch)
    for event in ("operation.failed", "call.failed", "admin.change_failed", "admin.page_failed"):
        assert event in told.getvalue(), "what is looked through has the faults"
    report = await verify(service.dsn)
    figures = VerifierMetrics()
    figures.told(report, Lags({}, 0), 0)
    held = {
        "logs": told.getvalue(),
        "answers": "\n".join(said),
        "figures": generate_latest(figures.registry).decode(),
        "cache": (await cached(redis_url)).decode("latin-1"),
    }
    canaries = (*SECRETS, *PERSON.values(), PERSON["phone"][2:])
    assert not [(place, one) for place, whole in held.items() for one in canaries if one in whole]
    for secret in SECRETS:
        assert await tables_with(service, secret) == set(), secret
    for one in PERSON.values():
        assert await tables_with(service, one) == OF_PERSONS, one


def test_what_the_database_quotes_is_left_out() -> None:
    """A detail of several lines, too; the hint and what stands after it remain."""
    said = (
        "asyncpg.exceptions.CheckViolationError: new row violates\n"
        "DETAIL:  Failing row contains (Zqxwvutova,\nsecond line).\n"
        "HINT:  look\n\nThe above exception was the direct cause\nTraceback (most recent call last)"
    )
    assert "Zqx" not in logs.without_rows(said)
    assert "second line" not in logs.without_rows(said)
    for kept in ("new row violates", "HINT:  look", "The above exception", "Traceback"):
        assert kept in logs.without_rows(said)


async def test_a_link_that_fails_is_not_in_the_log(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its token would open the account of whoever was given it."""

    async def fails(*_: object, **__: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("admin.staff.signing_in.Entrance.link_holder", fails)
    with all_that_is_logged() as told:
        page = await (await office.browser()).get("/link/canary-of-a-link")
    assert page.status_code == 500
    assert "admin.page_failed" in told.getvalue()
    assert "canary-of-a-link" not in told.getvalue()
