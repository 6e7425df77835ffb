"""Where the pages are: each GET of the admin's routes with a row of North, and what pages ask for.

Rows are looked for when they are asked for, so that an address is that of a row as it is now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from loadtests.pages.routes import ELSEWHERE, NO_PAGES, is_page, routes_of
from tests.service import busy_shop, world

if TYPE_CHECKING:
    from tests.service.office import Office

__all__ = ["ELSEWHERE", "NO_PAGES", "addresses_of", "is_page", "routes_of"]
_ANN: Final = (
    "select member_id from member where partner_id = $1 and household_size is null"
    " order by purchases desc, member_id limit 1"
)
_CODED: Final = "select partner_id || ';' || code from {} where partner_id = $1 order by 1 limit 1"
#: By the first word of a route: the key of the row that the page is about.
ROWS: Final = {
    "campaign": (
        "select code from campaign where partner_id = $1 order by draft_version nulls last, 1"
    ),
    "publication": "select seq::text from publication where partner_id = $1 order by seq",
    "receipt": (
        "select bucket || ';' || month || ';' || receipt_id from receipt"
        " where selling_partner_id = $1 order by confirmed_at"
    ),
    "certificate": (
        "select bucket || ';' || certificate_id from certificate where partner_id = $1"
        " order by remaining"
    ),
    "coupon": (
        "select bucket || ';' || encode(digest, 'hex')::uuid from coupon where partner_id = $1"
        " order by used desc"
    ),
    "job": (
        "select job_id::text from admin_job where partner_id = $1 order by kind <> 'certificates'"
    ),
    "gift": "select document #>> '{gifts,0,code}' from program where partner_id = $1",
    "reconciliation": (
        "select bucket || ';' || reconciliation_id from reconciliation where partner_id = $1"
    ),
    "partner": "select partner_id::text from partner where partner_id = $1",
    "product": (
        "select partner_id || ';' || sku from product where partner_id = $1 order by 1 limit 1"
    ),
    "terminal": "select terminal_id::text from terminal where partner_id = $1 order by 1",
    "staff": "select staff_id::text from staff where partner_id = $1 order by login",
    "member": f"select bucket || ';' || member_id from member where member_id = ({_ANN})",
    "household": (
        "select bucket || ';' || member_id from member"
        " where partner_id = $1 and household_size is not null"
    ),
    "certificate-series": (
        "select partner_id || ';' || (document #>> '{certificates,0,code}') from program"
        " where partner_id = $1"
    ),
    "identifier": "select 'none' where $1::uuid is not null",
    "card-type": _CODED.format("card_type"),
    **{
        table.replace("_", "-"): _CODED.format(table)
        for table in (
            *("chain", "store", "program", "category"),
            *("tag", "segment", "member_list", "member_attribute", "coupon_series"),
        )
    },
}
_CARD: Final = "?card_id={card}"
_PROGRAM: Final = "?program={program}"
#: What a page is asked for beside its row, where without it there is little to see.
ASKED: Final = {
    "/history/record": "?record=store&key={store}",
    "/member/{id}/undo": "?correction_id={correction}",
    "/member/{id}/restore": "?freeze_id={freeze}",
    "/member/{id}/block-this-card": _CARD,
    "/member/{id}/unblock-this-card": _CARD,
    "/member/{id}/replace-card": _CARD,
    "/member/{id}/gift-back": "?gift_given_id={gift_given}",
    "/member/{id}/untag": "?tag={tag}",
    "/member/{id}/unmerge": "?merge_id={merge}",
    "/member/{id}/merge": "?other={other}",
    "/member/{id}/leave-program": _PROGRAM,
    "/member/{id}/join-program": _PROGRAM,
    "/member/{id}/consent": "?channel=sms&consents=no",
    "/household/{id}/add": "?search={found}",
    "/campaign/try/{id}": "?member={member}&purchase={purchase}",
}
#: What those are, each one value.
_VALUES: Final = {
    "store": "select code from store where partner_id = $1 order by 1",
    "correction": (
        "select correction_id from correction where partner_id = $1 and state = 'booked' order by 1"
    ),
    "freeze": "select freeze_id from point_freeze where partner_id = $1",
    "card": (
        f"select encode(digest, 'hex')::uuid from identifier where member_id = ({_ANN})"
        " and kind = 'card' order by blocked_at is not null, 1"
    ),
    "gift_given": "select gift_given_id from gift_given where partner_id = $1 order by given_at",
    "tag": "select code from tag where partner_id = $1 order by 1",
    "merge": "select merge_id from member_merge where partner_id = $1",
    "other": (
        f"select member_id from member where partner_id = $1 and member_id <> ({_ANN})"
        " and household_size is null and merged_into is null order by purchases desc, 1"
    ),
    "program": "select code from program where partner_id = $1 order by 1",
    "found": "select phone from member_profile where $1::uuid is not null order by phone desc",
    "member": _ANN,
    "purchase": (
        "select purchase_id from receipt where selling_partner_id = $1 order by confirmed_at"
    ),
}


async def addresses_of(office: Office) -> dict[str, str]:
    """Of each route that has a GET: the address of a busy shop's page of it."""

    async def value(query: str) -> str:
        found = await office.database.fetchval(query, world.NORTH)
        assert found is not None, query
        return quote(str(found), safe=";")

    asked = {name: await value(query) for name, query in _VALUES.items()}
    found = {}
    for method, path in routes_of(office.app):
        if method != "GET":
            continue
        address = path.replace("{token}", busy_shop.LINK)
        if "{" in address:
            key = await value(ROWS[path.split("/")[1]])
            address = address.replace("{pk:path}", key).replace("{id}", key)
        found[path] = address + ASKED.get(path, "").format(**asked)
    return found
