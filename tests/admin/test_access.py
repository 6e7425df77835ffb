"""Every route × every role × rows of one's own and of another partner, against a table in a file.

The rows follow from the application's routes: a new one without a row fails here. `make test` asks
of each route somebody who is refused there, `make walls` everybody. To write the table anew, and
then to read its difference: CHECKOUT_TEST_WRITE_ACCESS=1 pytest, and this file.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from admin.permissions import MATRIX, Role, may
from tests.admin.made_rows import Making, made_for
from tests.admin.sent_forms import (
    BODIES,
    OWN_BROWSER,
    PUT_BACK,
    QUERIES,
    ROW_IN_FORM,
    UNCHANGED,
    form_of,
    put_what_forms_name,
    read_into,
)
from tests.service import world
from tests.service.addresses import ELSEWHERE, NO_PAGES, routes_of
from tests.service.office import (
    INSTALLATION_OWNER,
    SOUTH_ADMINISTRATOR,
    login_of,
    sign_in,
)
from tests.walls import IS_WHOLE

if TYPE_CHECKING:
    from uuid import UUID

    import asyncpg

    from tests.service.office import Browser, Office
    from tests.service.running import Service

TABLE: Final = Path(__file__).parent / "access.txt"
#: Who asks: nobody, North's people, an administrator of South, an owner of the installation who
#: works on North.
ASKING: Final = {
    "nobody": "",
    **{role.value: login_of(role) for role in Role},
    "of_south": SOUTH_ADMINISTRATOR,
    "installation": INSTALLATION_OWNER,
}
#: How the addresses begin of what is one's own, whoever one is, and of what browsers send.
EVERYBODYS: Final = ("/account", "/sign-", "/link", "/csp-")
#: Records that no field of a form refers to: nobody looks one up.
_UNREFERRED: Final = (
    *("card-type", "certificate", "certificate-series", "coupon", "household", "identifier"),
    *("member", "partner", "staff", "terminal"),
)
#: Routes that let nobody in, and why.
CLOSED: Final = {
    **{path: why for path, why in NO_PAGES.items() if why == ELSEWHERE},
    **{f"/{record}/lookup": "no field refers to it" for record in _UNREFERRED},
    "/identifier/details/{pk:path}": NO_PAGES["/identifier/details/{pk:path}"],
}


async def keys_of(office: Office) -> dict[str, dict[str, str]]:
    """Per record, the key of a row of North and of one of South."""
    database = office.database
    keys: dict[str, dict[str, str]] = {}
    for partner, partner_id in world.PARTNERS.items():
        member = await database.fetchrow(
            "select bucket, member_id from member where partner_id = $1 order by 2", partner_id
        )
        terminal = await database.fetchval(
            "select terminal_id from terminal where partner_id = $1 order by 1", partner_id
        )
        # Nobody who asks: their sessions are ended.
        staff = await database.fetchval(
            "insert into staff (partner_id, login, name, role)"
            " values ($1, $2, 'Target', 'marketer') returning staff_id",
            partner_id,
            f"target-{partner}",
        )
        receipt = await put_receipt(database, partner_id)
        # The address of a campaign is its code, which both partners may use: these do not.
        await database.execute(
            "insert into campaign (partner_id, code, document, status)"
            " select partner_id, $2, jsonb_set(document, '{code}', to_jsonb($2::text)), 'paused'"
            " from campaign where partner_id = $1 and code = 'fruit'",
            partner_id,
            f"of-{partner}",
        )
        await database.execute(
            "insert into card_type values ($1, 'plastic', 'Plastic', '9643', 13)", partner_id
        )
        publication = await database.fetchval(
            "select min(seq) from publication where partner_id = $1", partner_id
        )
        keys[partner] = {
            "campaign": f"of-{partner}",
            "publication": str(publication),
            "receipt": receipt,
            "certificate": await put_certificate(database, partner_id),
            "certificate-series": f"{partner_id};gift",
            "coupon": await put_coupon(database, partner_id),
            "job": await put_job(database, partner_id),
            "gift": await put_gift(database, partner, partner_id),
            "reconciliation": await put_reconciliation(database, partner_id),
            "partner": str(partner_id),
            "chain": f"{partner_id};chain",
            "store": f"{partner_id};s1",
            "terminal": str(terminal),
            "program": f"{partner_id};main",
            "category": f"{partner_id};food",
            **await put_dictionaries(database, partner, partner_id),
            "product": f"{partner_id};apple",
            "member": f"{member['bucket']};{member['member_id']}",
            "household": await put_household(database, partner_id),
            "identifier": "1;x;card;x",
            "card-type": f"{partner_id};plastic",
            "staff": str(staff),
        }
    return keys


async def put_dictionaries(
    database: asyncpg.Connection[Any], partner: str, partner_id: UUID
) -> dict[str, str]:
    """An entry of each dictionary of a partner, under a code that the others have not."""
    code = f"of-{partner}"
    for table in ("tag", "segment", "member_list", "coupon_series"):
        await database.execute(
            f"insert into {table} (partner_id, code) values ($1, $2)", partner_id, code
        )
    await database.execute(
        "insert into member_attribute (partner_id, code, kind) values ($1, $2, 'text')",
        partner_id,
        code,
    )
    records = ("tag", "segment", "member-list", "coupon-series", "member-attribute")
    return dict.fromkeys(records, f"{partner_id};{code}")


async def key_of_row(database: asyncpg.Connection[Any], insert: str, *values: object) -> str:
    """Make a row; its key, as addresses have it."""
    return ";".join(map(str, await database.fetchrow(insert, *values)))


async def put_receipt(database: asyncpg.Connection[Any], partner_id: UUID) -> str:
    """A receipt of a partner, as far as its page needs one; its key."""
    return await key_of_row(
        database,
        "insert into receipt (bucket, month, receipt_id, selling_partner_id, program_partner_id,"
        " program_code, store_code, terminal_code, purchase_id, mode, snapshot_id, semantics,"
        " evaluated_at, confirmed_at, business_day, currency, amount_minor,"
        " external_discount_minor, manual_discount_minor, discount_minor, points_value_minor,"
        " certificates_minor, rounding_minor, payable_minor, points_earned_minor, spent_currency,"
        " points_spent_minor, content, facts, answer)"
        " select 1, date_trunc('month', now())::date, uuidv7(), $1, $1, 'main', 's1', 't1', 'none',"
        " 'online', 'none', 1, now(), now(), now()::date, 'pts', 100, 0, 0, 0, 0, 0, 0, 100, 0, '',"
        " 0, '{}', '{}', '{}' returning bucket, month, receipt_id",
        partner_id,
    )


async def put_household(database: asyncpg.Connection[Any], partner_id: UUID) -> str:
    """A household of a partner, without members; its key."""
    return await key_of_row(
        database,
        "insert into member (bucket, member_id, partner_id, household_size)"
        " select crc32(uuid_send(i)) % 64, i, $1, 0 from (select uuidv7() as i) made"
        " returning bucket, member_id",
        partner_id,
    )


async def put_coupon(database: asyncpg.Connection[Any], partner_id: UUID) -> str:
    """A coupon of a partner; its key."""
    return await key_of_row(
        database,
        "insert into coupon (bucket, partner_id, digest, coupon_id, series_code, masked, uses_max,"
        " valid_from, issued_at, issued_by) select crc32(uuid_send($1)) % 64, $1, uuid_send($1),"
        " $1, 'x', 'x', 1, now(), now(), $1 returning bucket, coupon_id",
        partner_id,
    )


async def put_certificate(database: asyncpg.Connection[Any], partner_id: UUID) -> str:
    """A certificate of a partner; its key."""
    return await key_of_row(
        database,
        "insert into certificate (bucket, certificate_id, partner_id, series_code, digest, masked,"
        " unit, face, issued_at) select (crc32(d) % 64)::smallint, uuidv7(), $1, 'gift', d, '…01',"
        " 'RUB', 100, now() from (select uuid_send($1) as d) digest"
        " returning bucket, certificate_id",
        partner_id,
    )


async def put_job(database: asyncpg.Connection[Any], partner_id: UUID) -> str:
    """A job of a partner; its key."""
    job_id = await database.fetchval(
        "insert into admin_job (partner_id, kind, series, total, author, reason)"
        " values ($1, 'certificates', 'gift', 1, 'x', 'x') returning job_id",
        partner_id,
    )
    return str(job_id)


async def put_gift(database: asyncpg.Connection[Any], partner: str, partner_id: UUID) -> str:
    """A gift in the list of a partner's program; its code."""
    await database.execute(
        "update program set document = document"
        " || jsonb_build_object('gifts', jsonb_build_array("
        "jsonb_build_object('code', $2::text, 'name', 'x'))) where partner_id = $1",
        partner_id,
        f"of-{partner}",
    )
    return f"of-{partner}"


async def put_reconciliation(database: asyncpg.Connection[Any], partner_id: UUID) -> str:
    """A shift that a till of a partner told; its key."""
    counts = ["sales", "returns", "returns_without_receipt"]
    sums = [f"{name}_minor" for name in (*counts, "points_spent", "points_earned")]
    return await key_of_row(
        database,
        "insert into reconciliation (bucket, reconciliation_id, partner_id, store_code,"
        " terminal_code, shift, business_day, at, till, service, missing, agrees)"
        " select 1, uuidv7(), $1, 's1', 't1', '7', now()::date, now(), told, told, 0, true"
        " from (select jsonb_object_agg(name, 0) as told from unnest($2::text[]) as named (name)) x"
        " returning bucket, reconciliation_id",
        partner_id,
        [*counts, *sums],
    )


def filled(path: str, keys: dict[str, str]) -> str:
    """The path with a row's key, a token, or a kind of export."""
    key = keys.get(path)
    if key is None:
        key = keys[path.split("/")[1]] if "{pk:path}" in path or "{id}" in path else ""
    for name, value in {
        "{pk:path}": key,
        "{id}": key,
        "{export_type}": "csv",
        "{token}": keys.get("token", "no-such-token"),
    }.items():
        path = path.replace(name, value)
    return path


async def ask(browser: Browser, token: str, method: str, path: str, keys: dict[str, str]) -> int:
    """The status of an answer to what a right form sends."""
    asked = filled(path, keys)
    if method == "GET":
        return (await browser.get(asked + QUERIES.get(path, "").format_map(keys))).status_code
    if path in BODIES:
        kind, body = BODIES[path]
        headers = {"content-type": kind, "origin": browser.origin}
        return (await browser.client.post(asked, content=body, headers=headers)).status_code
    return (await browser.post(asked, form_of(path, keys), token=token)).status_code


def believed() -> dict[tuple[str, ...], str]:
    """Cells of the table that a part of the wall does not ask for.

    Of each line it asks for one that refuses, by turns, or where none does, for any.
    """
    _, *lines = (line.split() for line in TABLE.read_text().splitlines())
    found: dict[tuple[str, ...], str] = {}
    for number, (method, path, partner, *statuses) in enumerate(lines):
        cells = dict(zip(ASKING, statuses, strict=True))
        refusing = [name for name, status in cells.items() if status in {"403", "404"}]
        names = refusing or [*cells]
        del cells[names[number % len(names)]]
        found |= {(method, path, partner, name): status for name, status in cells.items()}
    return found


async def read_forms(office: Office, keys: dict[str, dict[str, str]]) -> None:
    """The forms of both partners' rows, as their own pages have them."""
    logins = {"north": login_of(Role.OWNER), "south": SOUTH_ADMINISTRATOR}
    for partner, login in logins.items():
        browser = await office.signed_in(login)
        for path in UNCHANGED:
            page = await browser.get(filled(path, keys[partner]))
            read_into(path, page.text, keys[partner])


async def readers_of(office: Office) -> dict[str, Browser]:
    """Of each partner somebody who may everything and asks for nothing of the table."""
    await office.database.execute(
        "insert into staff (partner_id, login, name, role, password_hash)"
        " select p.partner_id, 'reader-' || p.code, 'Reader', 'owner', s.password_hash"
        " from partner p, staff s where s.login = $1",
        login_of(Role.OWNER),
    )
    return {partner: await office.signed_in(f"reader-{partner}") for partner in world.PARTNERS}


async def browser_for(office: Office, login: str) -> tuple[Browser, str]:
    """Somebody's browser, signed in if there is a login; what its forms carry."""
    browser = await office.browser()
    if login:
        assert (await sign_in(browser, login)).status_code == 303
    return browser, await browser.form_token()


async def access_table(office: Office, service: Service, known: dict[tuple[str, ...], str]) -> str:
    """The whole table as text: a line per route and partner, a column per asking person.

    What is known is not asked for.
    """
    keys = await keys_of(office)
    await put_what_forms_name(office, service, keys)
    await read_forms(office, keys)
    readers = await readers_of(office)
    statuses: dict[tuple[str, str, str], list[str]] = {}
    for name, login in ASKING.items():
        of_session = await browser_for(office, login)
        own = "south" if name == "of_south" else "north"
        for method, path in routes_of(office.app):
            is_posted = method == "POST"
            has_row = "{pk:path}" in path or "{id}" in path or path in QUERIES
            has_row |= is_posted and path in ROW_IN_FORM
            for partner in ("north", "south") if has_row else ("-",):
                status = known.get((method, path, partner, name))
                if status is None:
                    whose = own if partner == "-" else partner
                    held = {**keys[whose], "login": login or login_of(Role.ANALYST)}
                    making = Making(service, office, readers[whose], whose, held, login)
                    is_apart = is_posted and path in OWN_BROWSER
                    asking = await browser_for(office, login) if is_apart else of_session
                    rows = await made_for(making, method, path)
                    status = str(await ask(*asking, method, path, rows))
                    if path in PUT_BACK:
                        await office.database.execute(PUT_BACK[path])
                statuses.setdefault((method, path, partner), []).append(status)
    names = [f"{'method':6} {'path':34} {'row of':6}", *(f"{name:>19}" for name in ASKING)]
    lines = ["".join(names)]
    for (method, path, partner), found in statuses.items():
        cells = "".join(f"{status:>19}" for status in found)
        lines.append(f"{method:6} {path:34} {partner:6}{cells}")
    return "\n".join(lines) + "\n"


@pytest.mark.wall
async def test_every_route_answers_every_role_as_the_table_says(
    desk: Office, service: Service
) -> None:
    """Who gets what of whom, route by route: a difference is a decision, or a hole."""
    is_written = bool(os.environ.get("CHECKOUT_TEST_WRITE_ACCESS"))
    found = await access_table(desk, service, {} if IS_WHOLE or is_written else believed())
    if is_written:
        TABLE.write_text(found)
    assert found.splitlines() == TABLE.read_text().splitlines()


def test_the_table_lets_nobody_in_who_is_nobody() -> None:
    """Without signing in every page leads to the entrance; rows of others are not there."""
    header, *lines = (line.split() for line in TABLE.read_text().splitlines())
    nobody = header[4:].index("nobody") + 3
    south = header[4:].index("of_south") + 3
    entrance = ("/sign-in", "/link/{token}", "/healthz", "/csp-report")
    for method, path, partner, *_ in lines:
        line = next(one for one in lines if one[:3] == [method, path, partner])
        if path not in entrance:
            assert line[nobody] == "303", line
        refused = {"403", "404"} | ({"400"} if path in ROW_IN_FORM else set())
        if partner == "north":
            assert line[south] in refused, line
        if partner == "south":
            assert set(line[nobody + 1 : south]) <= refused, line


def test_what_changes_is_refused_to_those_who_only_look() -> None:
    """In the table, analysts and auditors change nothing but what is their own.

    A list that they take as a file leaves a line in the history, and so is a POST; so are the
    reports that browsers send.
    """
    header, *lines = (line.split() for line in TABLE.read_text().splitlines())
    for method, path, _, *statuses in lines:
        is_own = path.startswith(EVERYBODYS) or "/export" in path
        if method != "POST" or is_own:
            continue
        for role in ("analyst", "auditor"):
            assert statuses[header[4:].index(role)] in {"403", "404"}, path


def test_every_route_lets_somebody_in() -> None:
    """A line that refuses everybody proves nothing: it would look so without the row it is about.

    Nor does one that says to those who may that their form is wrong: that they are told of another
    partner's row only, where it is the form that says which.
    """
    _, *lines = (line.split() for line in TABLE.read_text().splitlines())
    let_in: dict[str, bool] = {}
    for method, path, _, _, *statuses in lines:
        route = f"{method} {path}"
        is_in = bool({"200", "204", "302", "303"} & {*statuses})
        let_in[route] = let_in.get(route, False) or is_in
    closed = {route for route, is_open in let_in.items() if not is_open}
    assert closed == {route for route in let_in if route.split()[1] in CLOSED}
    wrong = {line[1] for line in lines if "400" in line[3:]}
    assert wrong == {*ROW_IN_FORM}


def test_every_permission_is_somebodys() -> None:
    """The matrix has no row without a role, and an owner may do everything."""
    assert all(MATRIX.values())
    assert all(may(Role.OWNER, permission) for permission in MATRIX)
