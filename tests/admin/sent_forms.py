"""What the access test sends: forms that whoever may is let in with.

Beside the rows of `test_access` there are those that such a form names; what a form changed is put
back, or made anew (`made_rows`), so that the next one who asks finds what the one before found.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4, uuid5

import orjson

from admin.permissions import Role
from checkout.v1 import gift_pb2 as gp
from tests.admin.made_rows import LINKED
from tests.admin.page_forms import PageForms
from tests.service import world
from tests.service.ids import fresh
from tests.service.office import INSTALLATION_OWNER, PASSWORD, login_of

if TYPE_CHECKING:
    import asyncpg

    from tests.service.office import Office
    from tests.service.running import Service

_WHY: Final = {"reason": "x", "request_id": "{fresh}"}
_CARD: Final = {"card_id": "{card}", **_WHY}
_PROFILE: Final = (
    *("seen", "request_id", "first_name", "last_name", "patronymic"),
    *("email", "gender", "birth_date", "social_links"),
)
#: A program, without the code that its form has a field for; braces are doubled, as in all forms.
_PROGRAM: Final = (
    orjson.dumps({name: one for name, one in world.program().items() if name != "code"})
    .decode()
    .replace("{", "{{")
    .replace("}", "}}")
)
#: By route: what is sent. Names in braces are keys of the partner's rows.
FORMS: Final[dict[str, dict[str, str]]] = {
    **{
        f"/{record}/create": {"code": "{fresh}", "name": "x"}
        for record in ("category", "chain", "coupon-series", "member-list", "tag")
    },
    "/account/end-session": {"session_id": "others"},
    "/account/factor": {"password": PASSWORD},
    "/account/factor/confirm": {"code": "{digits}"},
    "/account/factor/drop": {"password": PASSWORD, "code": "{digits}"},
    "/account/partner": {"partner_id": "{partner}"},
    "/account/password": {"old": PASSWORD, "new": PASSWORD, "again": PASSWORD},
    "/campaign/clone/{id}": {"code": "{fresh}"},
    "/campaign/import": {"document": '{{"code": "new"}}'},
    "/campaign/new": {
        "code": "{fresh}",
        "name": "x",
        "program": "main",
        "beginning": "points_below",
    },
    "/campaign/step/{id}": {"step": "resume", "seen": "1"},
    "/campaign/stop/{id}": _WHY,
    "/campaign/version/{id}": {"version": "1", "seen": "1"},
    "/card-type/create": {"code": "{fresh}", "name": "x", "prefix": "77", "digits": "13"},
    "/card/issue": {"series": "plastic", "total": "1", **_WHY},
    "/certificate/issue": {"series": "gift", "total": "1", **_WHY},
    "/certificate/{id}/block": _WHY,
    "/certificate/{id}/move": _WHY,
    "/correction/decide": {"correction_id": "{correction}", "verdict": "reject", **_WHY},
    "/correction/file": {
        "document": f"card,points\n{world.CARD},1\n",
        "currency": world.CURRENCY,
        "name": "{fresh}",
        "wanted": "done",
        **_WHY,
    },
    "/correction/members": {"currency": world.CURRENCY, "points": "1", **_WHY},
    "/coupon/block": {"code": "{coupon_code}", **_WHY},
    "/coupon/issue": {"series": "{campaign}", "total": "1", "uses_max": "1", **_WHY},
    "/coupon/{id}/block": _WHY,
    "/event/retry": {},
    "/gift/details/{id}": {"way": "counted", "number": "1000", **_WHY},
    "/job/{id}/codes": {},
    "/job/{id}/do": {},
    "/job/{id}/end": {"how": "undoings", "reason": "x", "request_id": "{corrections}"},
    "/job/{id}/rows": {},
    "/link/{token}": {"password": PASSWORD, "again": PASSWORD},
    "/member-attribute/create": {"code": "{fresh}", "name": "x", "kind": "text"},
    "/member-list/fill/{id}": {
        "document": world.CARD,
        "kind": "card",
        "confirmed": "yes",
        "reason": "x",
    },
    "/member/new": {"store": "s1", "external_id": "{fresh}", "gender": "", **_WHY},
    "/member/{id}/attribute": {"attribute": "{campaign}", "value": "x", **_WHY},
    "/member/{id}/block": _WHY,
    "/member/{id}/block-card": {"kind": "card", "number": "{number}", **_WHY},
    "/member/{id}/block-this-card": _CARD,
    "/member/{id}/consent": {"channel": "sms", "consents": "yes", **_WHY},
    "/member/{id}/contact": {"kind": "external_id", "number": "{fresh}", **_WHY},
    "/member/{id}/correct": {"currency": world.CURRENCY, "points": "1", **_WHY},
    "/member/{id}/coupon": {"series": "{campaign}", "uses_max": "1", **_WHY},
    "/member/{id}/erase": {"ending": "{ending}", **_WHY},
    "/member/{id}/freeze": {"currency": world.CURRENCY, "points": "0.01", **_WHY},
    "/member/{id}/freeze-account": {"currency": world.CURRENCY, **_WHY},
    "/member/{id}/gift": {"gift": "{gift}", "count": "1", **_WHY},
    "/member/{id}/gift-back": {"gift_given_id": "{gift_given}", **_WHY},
    "/member/{id}/household": {"household": "new", **_WHY},
    "/member/{id}/join-program": {"program": "main", **_WHY},
    "/member/{id}/leave-household": _WHY,
    "/member/{id}/leave-program": {"program": "main", **_WHY},
    "/member/{id}/link-person": _WHY,
    "/member/{id}/merge": {"other": "{other}", **_WHY},
    "/member/{id}/profile": {**{name: f"{{{name}}}" for name in _PROFILE}, "reason": "x"},
    "/member/{id}/purchase": {
        "store": "s1",
        "made_at": "{an_hour_ago}",
        "amount": "1",
        **_WHY,
    },
    "/member/{id}/replace-card": {"replacement": "lost", "new_type": "plastic", **_CARD},
    "/member/{id}/restore": {"freeze_id": "{freeze}", **_WHY},
    "/member/{id}/tag": {"tag": "{campaign}", **_WHY},
    "/member/{id}/tier": {"tier": "main/gold", **_WHY},
    "/member/{id}/unblock": _WHY,
    "/member/{id}/unblock-this-card": _CARD,
    "/member/{id}/undo": {"correction_id": "{booked}", **_WHY},
    "/member/{id}/unlink-person": _WHY,
    "/member/{id}/unmerge": {"merge_id": "{merge}", **_WHY},
    "/member/{id}/untag": {"tag": "{campaign}", **_WHY},
    "/partner/create": {
        "code": "z{fresh}",
        "name": "x",
        "currency_code": "RUB",
        "currency_exponent": "2",
        "receipt_number_clash": "flag",
        "offline_late_days": "7",
        "by_hand_late_days": "7",
        "campaign_approval": "another",
    },
    "/partner/{id}/awaiting": {"name": "campaign_approval", "answer": "no", "seen": "{seen}"},
    "/product/create": {"sku": "{fresh}", "name": "x"},
    "/program/create": {"code": "{fresh}", "document": _PROGRAM},
    "/publication/publish": {"seen": "{seen_rules}"},
    "/publication/roll-back/{id}": {},
    "/segment/new": {"code": "{fresh}", "name": "x", "purchases_from": "1"},
    "/sign-in": {"login": "{login}", "password": PASSWORD},
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
#: What is sent and is no form: its type, and what it says.
BODIES: Final = {"/csp-report": ("application/csp-report", b'{"csp-report": {}}')}
#: Routes to which the form of a row's own page is sent back as it is: whoever may changes nothing.
UNCHANGED: Final = (
    "/campaign/edit/{id}",
    "/segment/conditions/{id}",
    *(
        f"/{record}/edit/{{pk:path}}"
        for record in (
            *("card-type", "category", "chain", "coupon-series", "member-attribute"),
            *("member-list", "partner", "product", "program", "segment", "staff"),
            *("store", "tag", "terminal"),
        )
    ),
)
#: Routes whose form says which row is meant, and why others' get no other answer than a wrong form.
ROW_IN_FORM: Final = {
    "/correction/decide": "the service knows no such correction of the partner",
    "/coupon/block": "the service knows no such code of the partner",
}
#: Routes that give the browser another session: each who asks has one more browser for these.
OWN_BROWSER: Final = ("/sign-in",)
#: Of routes that look at a row which their address does not name: what is asked for.
QUERIES: Final = {"/history/record": "?record=campaign&key={campaign}"}
_WISH: Final = """
update partner set settings = settings || '{"awaiting":
{"campaign_approval": {"value": "anybody", "author": "somebody"}}}'
"""
#: A form of a program sees when it was changed last.
_UPDATED: Final = "update program set updated_at = '2026-01-01 00:00Z'"
#: By route: what is done after it was asked.
PUT_BACK: Final = {
    **dict.fromkeys(
        ("/account/factor", "/account/factor/confirm", "/account/factor/drop"),
        "delete from staff_factor",
    ),
    "/campaign/step/{id}": "update campaign set status = 'paused' where code like 'of-%'",
    "/card-type/create": "delete from card_type where code <> 'plastic'",
    "/correction/decide": (
        "update correction set state = 'proposed', decided_at = null, decided_by = '',"
        " decision_reason = '' where state = 'rejected'"
    ),
    "/member/{id}/block": "update member set blocked_at = null where erased_at is null",
    "/partner/{id}/awaiting": _WISH,
    "/program/create": "delete from program where code <> 'main'",
    "/program/edit/{pk:path}": _UPDATED,
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
    named = {
        **keys,
        "fresh": uuid4().hex,
        "an_hour_ago": world.local_now(-dt.timedelta(hours=1)),
    }
    if path in UNCHANGED:
        fields: dict[str, Any] = orjson.loads(keys[f"form of {path}"])
        return fields
    return {name: value.format_map(named) for name, value in FORMS.get(path, {}).items()}


async def put_what_forms_name(
    office: Office, service: Service, keys: dict[str, dict[str, str]]
) -> None:
    """Rows of both partners that forms name; their keys stand beside the others."""
    database = office.database
    await database.execute(_WISH)
    await database.execute(_UPDATED)
    await database.execute(
        "insert into staff (partner_id, login, name, role) values ($1, $2, 'New', 'analyst')",
        world.NORTH,
        LINKED,
    )
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
        held["publication"] = await _put_in_force(service, partner, held["gift"])
        page = await owner.get(f"/partner/details/{partner_id}")
        held["seen"] = _SEEN.search(page.text)[1]  # type: ignore[index]


async def _put_in_force(service: Service, partner: str, gift: str) -> str:
    """What the rows say is in force, and there are gifts; the number of the publication."""
    operator = service.operator(partner)
    await operator.publish()
    for worker in service.workers:
        await worker.follower.step()
    stock = gp.SetGiftStockRequest(
        request_id=fresh("stock"), gift=gift, counted=1_000, reason="a test"
    )
    await operator.call("SetGiftStock", stock)
    return str(
        await service.database.fetchval(
            "select max(seq) from publication where partner_id = $1", world.PARTNERS[partner]
        )
    )


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
