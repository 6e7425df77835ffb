"""What the access test sends by routes that an empty form proves nothing of: whoever may is let in.

Beside the rows of `test_access` there are those that such a form names; what a form changed is put
back, so that the next one who asks finds what the one before found.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4, uuid5

import orjson

from admin.permissions import Role
from tests.admin.page_forms import PageForms
from tests.service import world
from tests.service.office import INSTALLATION_OWNER, login_of

if TYPE_CHECKING:
    import asyncpg

    from tests.service.office import Office

_WHY: Final = {"reason": "x", "request_id": "{fresh}"}
#: By route: what is sent. Names in braces are keys of the partner's rows.
FORMS: Final[dict[str, dict[str, str]]] = {
    **{
        f"/{record}/create": {"code": "{fresh}", "name": "x"}
        for record in ("category", "chain", "coupon-series", "member-list", "tag")
    },
    "/account/end-session": {"session_id": "others"},
    "/account/partner": {"partner_id": "{partner}"},
    "/campaign/clone/{id}": {"code": "{fresh}"},
    "/campaign/import": {"document": '{{"code": "new"}}'},
    "/campaign/new": {
        "code": "{fresh}",
        "name": "x",
        "program": "main",
        "beginning": "points_below",
    },
    "/campaign/step/{id}": {"step": "resume", "seen": "1"},
    "/campaign/version/{id}": {"version": "1", "seen": "1"},
    "/correction/decide": {"correction_id": "{correction}", "verdict": "reject", **_WHY},
    "/event/retry": {},
    "/job/{id}/codes": {},
    "/job/{id}/do": {},
    "/job/{id}/end": {"how": "undoings", "reason": "x", "request_id": "{corrections}"},
    "/job/{id}/rows": {},
    "/member-attribute/create": {"code": "{fresh}", "name": "x", "kind": "text"},
    "/member/{id}/attribute": {"attribute": "{campaign}", "value": "x", **_WHY},
    "/member/{id}/block": _WHY,
    "/member/{id}/consent": {"channel": "sms", "consents": "yes", **_WHY},
    "/member/{id}/contact": {"kind": "external_id", "number": "{fresh}", **_WHY},
    "/member/{id}/correct": {"currency": "pts", "points": "1", **_WHY},
    "/member/{id}/tag": {"tag": "{campaign}", **_WHY},
    "/member/{id}/tier": {"tier": "main/gold", **_WHY},
    "/member/{id}/unblock": _WHY,
    "/member/{id}/untag": {"tag": "{campaign}", **_WHY},
    "/partner/{id}/awaiting": {"name": "campaign_approval", "answer": "no", "seen": "{seen}"},
    "/product/create": {"sku": "{fresh}", "name": "x"},
    "/publication/roll-back/{id}": {},
    "/segment/new": {"code": "{fresh}", "name": "x", "purchases_from": "1"},
    "/staff/create": {"login": "n{fresh}", "name": "x", "role": "analyst"},
    "/store/create": {
        "code": "{fresh}",
        "name": "x",
        "chain_code": "chain",
        "program_code": "main",
        "time_zone": "UTC",
    },
    "/terminal/create": {"store_code": "s1", "code": "{fresh}", "kind": "till"},
    "/terminal/{id}/revoke": {"fingerprint": "{fingerprint}"},
}
#: Routes to which the form of a row's own page is sent back as it is: whoever may changes nothing.
UNCHANGED: Final = (
    "/segment/conditions/{id}",
    *(
        f"/{record}/edit/{{pk:path}}"
        for record in (
            *("card-type", "category", "chain", "coupon-series", "member-attribute"),
            *("member-list", "partner", "product", "segment", "staff", "store"),
            *("tag", "terminal"),
        )
    ),
)
#: Of routes that look at a row which their address does not name: what is asked for.
QUERIES: Final = {"/history/record": "?record=campaign&key={campaign}"}
_WISH: Final = """
update partner set settings = settings || '{"awaiting":
{"campaign_approval": {"value": "anybody", "author": "somebody"}}}'
"""
_GIFTS: Final = """
update program set document = document || jsonb_build_object('gifts', jsonb_build_array(
    jsonb_build_object('code', 'of-' || partner.code, 'name', 'x')))
from partner where partner.partner_id = program.partner_id
"""
#: By route: what is done after it was asked.
PUT_BACK: Final = {
    "/campaign/step/{id}": "update campaign set status = 'paused' where code like 'of-%'",
    "/correction/decide": (
        "update correction set state = 'proposed', decided_at = null, decided_by = '',"
        " decision_reason = '' where state = 'rejected'"
    ),
    "/member/{id}/block": "update member set blocked_at = null",
    "/partner/{id}/awaiting": _WISH,
    "/publication/roll-back/{id}": _GIFTS,
    "/terminal/{id}/revoke": "update terminal_token set revoked_at = null",
    "/terminal/{id}/token": (
        "delete from terminal_token where token_hash not in"
        " (select sha256(convert_to(concat_ws('-', p.code, t.store_code, t.code), 'UTF8'))"
        " from terminal t join partner p using (partner_id))"
    ),
}
_LINK: Final = "a-link-of-north"
_SEEN: Final = re.compile(r'name="seen" value="([0-9a-f]+)"')


def read_into(path: str, page: str, keys: dict[str, str]) -> None:
    """Keep the form of a row's own page beside the keys."""
    posted = (form for form in PageForms("/", page).found if form.is_posted)
    fields = max((form.fields for form in posted), key=len)
    del fields["form_token"]
    keys[f"form of {path}"] = orjson.dumps(fields).decode()


def form_of(path: str, keys: dict[str, str]) -> dict[str, Any]:
    """What is sent by a route, about rows with these keys; by some nothing is."""
    named = {**keys, "fresh": uuid4().hex}
    if path in UNCHANGED:
        fields: dict[str, Any] = orjson.loads(keys[f"form of {path}"])
        return fields
    return {name: value.format_map(named) for name, value in FORMS.get(path, {}).items()}


async def put_what_forms_name(office: Office, keys: dict[str, dict[str, str]]) -> None:
    """Rows of both partners that forms name; their keys stand beside the others."""
    database = office.database
    await database.execute(_WISH)
    for table in ("coupon_series", "member_attribute", "member_list", "segment", "tag"):
        await database.execute(f"update {table} set name = code where code like 'of-%'")
    await database.execute('update segment set conditions = \'{"purchases_from": "1"}\'')
    # Not of whoever gets a new one from those who ask, which would end it.
    await database.execute(
        "insert into staff_link (token_hash, staff_id, expires_at)"
        " select sha256(convert_to($1, 'UTF8')), staff_id, now() + interval '1 hour'"
        " from staff where login = $2",
        _LINK,
        login_of(Role.ANALYST),
    )
    owner = await office.signed_in(INSTALLATION_OWNER)
    for partner, partner_id in world.PARTNERS.items():
        held = keys[partner]
        await _put_version(database, partner_id, held["campaign"])
        await _put_jobs(database, partner_id, held)
        held["correction"] = await _put_correction(database, partner_id)
        held["fingerprint"] = await database.fetchval(
            "select encode(token_hash, 'hex') from terminal_token where terminal_id = $1",
            UUID(held["terminal"]),
        )
        held["token"] = _LINK
        page = await owner.get(f"/partner/details/{partner_id}")
        held["seen"] = _SEEN.search(page.text)[1]  # type: ignore[index]


async def _put_version(database: asyncpg.Connection[Any], partner_id: UUID, campaign: str) -> None:
    await database.execute(
        "insert into campaign_version (partner_id, campaign_code, version, document, author)"
        " select partner_id, code, 1, document, 'x' from campaign"
        " where partner_id = $1 and code = $2",
        partner_id,
        campaign,
    )
    await database.execute(
        "update campaign set version = 1 where partner_id = $1 and code = $2", partner_id, campaign
    )


async def _put_jobs(
    database: asyncpg.Connection[Any], partner_id: UUID, held: dict[str, str]
) -> None:
    """The job of certificates is done; one that tried corrections out, and one that did them."""
    await database.execute(
        "update admin_job set state = 'done', done = 1, ended_at = now(),"
        """ settings = '{"face": 0, "activate": false}' where job_id = $1""",
        UUID(held["job"]),
    )
    tried = uuid4()
    done = uuid5(tried, "run 0")
    await database.executemany(
        "insert into admin_job"
        " (job_id, partner_id, kind, series, total, done, state, ended_at, author, reason)"
        " values ($1, $2, $3, $4, 1, 1, 'done', now(), 'x', 'x')",
        [
            (tried, partner_id, "trials", f"members-{tried.hex}"),
            (done, partner_id, "corrections", f"members-{tried.hex}"),
        ],
    )
    held["/job/{id}/do"] = str(tried)
    held["/job/{id}/end"] = held["/job/{id}/rows"] = held["corrections"] = str(done)


async def _put_correction(database: asyncpg.Connection[Any], partner_id: UUID) -> str:
    """One that waits for another's decision; its id."""
    return str(
        await database.fetchval(
            "insert into correction (bucket, correction_id, partner_id, member_id, currency,"
            " amount_minor, days, reason, author, made_at, line, state)"
            " select crc32(uuid_send(id)) % 64, id, partner_id, member_id, 'pts', 100, 0, 'x', 'x',"
            " now(), 0, 'proposed' from (select uuidv7() as id, * from member"
            " where partner_id = $1 order by member_id limit 1) made returning correction_id",
            partner_id,
        )
    )
