"""What the member page reads, beside the record: the purse, its lots and statement, what it holds.

Rows come from views of the partner's rows; receipts from the service, which knows under which names
and with which households they lie. If it does not answer the rest of the page stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, true
from starlette.exceptions import HTTPException

from admin.limits.of_member import read_limits
from admin.members.actions import ACTIONS
from admin.members.currencies import Worth, read_worth
from admin.members.identifiers import CARD
from admin.members.kin import read_kin
from admin.members.place import MemberPlace, find_member
from admin.members.sections import ROWS_MAX, SectionPage, behind_of, rows_asked, section_of
from admin.pages.places_in_lists import page_of
from admin.records.tables import Identifier
from admin.service.answers import in_words
from admin.sql import STATEMENTS
from admin.texts import has_text, say
from checkout.client import CallRefusedError, messages

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request

    from admin.service.operators import Operators

#: Rows of a page of the statement, and of receipts.
STATEMENT_ROWS: Final = 20
RECEIPT_ROWS: Final = 10
#: Sections that have pages, beside cards and merges.
SECTIONS: Final = ("lots", "freezes", "coupons", "certificates", "gifts", "interventions")
#: Sections of which more than so many rows are nowhere to be found here, and that say so.
SHORT_SECTIONS: Final = ("tags", "tagged", "consented", "lists", "proposals")
#: Of the number of an entry: what has more is none.
SEQ_DIGITS_MAX: Final = 18


async def read_page(database: AsyncSession, key: str, request: Request) -> dict[str, Any]:
    """What stands on the page of a member, but for the receipts."""
    member = await find_member(database, key)
    worth = await read_worth(database)
    own: dict[str, Any] = {"bucket": member.bucket, "member_id": member.member_id}
    purse = own | {"bucket": member.purse_bucket, "member_id": member.purse_id}
    accounts = (await database.execute(STATEMENTS["member_accounts"], purse)).all()
    sections: dict[str, Sequence[Any]] = {}
    paged: dict[str, SectionPage] = {}
    for name in (*SECTIONS, *SHORT_SECTIONS):
        behind = behind_of(request, name) if name in SECTIONS else 0
        values = (purse if name == "lots" else own) | rows_asked(behind)
        found = (await database.execute(STATEMENTS[f"member_{name}"], values)).all()
        sections[name], paged[name] = section_of(found, behind)
    may_see = request.state.principal.may("member.contacts")
    # Of who is merged the latest merge is told, which is the first.
    behind = behind_of(request, "merges") if member.merged_into is None else 0
    kin = await read_kin(database, member, behind, with_contacts=may_see)
    paged["merges"] = kin.merges_page
    behind = behind_of(request, "cards")
    cards = await _identifiers(database, member, behind, with_contacts=may_see)
    sections["cards"], paged["cards"] = section_of(cards, behind)
    return {
        **sections,
        "paged": paged,
        "rows_max": ROWS_MAX,
        "kin": kin,
        "tier_names": {code: dict(tiers) for code, tiers in worth.tiers.items()},
        "member": member,
        "worth": worth,
        "titles": {
            "tags": {one.code: one.title for one in worth.tags},
            "segments": {one.code: one.title for one in worth.segments},
            "lists": {one.code: one.title for one in worth.lists},
            "attributes": {one.code: one.title for one in worth.attributes},
            "gifts": dict(worth.gifts),
        },
        "accounts": accounts,
        **await read_limits(database, member, worth),
        "statement": await _statement(database, member, worth, request, accounts),
        **_what_may_be_done(member, request),
        "is_whole": True,
    }


async def read_head(database: AsyncSession, key: str, request: Request) -> dict[str, Any]:
    """What stands there for whoever may not see what members have: that it is one, and buttons."""
    member = await find_member(database, key)
    return {
        **_what_may_be_done(member, request),
        "member": member,
        "worth": await read_worth(database),
        "kin": {"merges": (), "members": {}},
        "is_whole": False,
    }


def _what_may_be_done(member: MemberPlace, request: Request) -> dict[str, Any]:
    principal = request.state.principal
    done = "block" if member.blocked_at else "unblock"
    actions = [
        action
        for action in ACTIONS
        if principal.may(action.permission) and not action.is_of_row and action.name != done
    ]
    is_erased = member.erased_at is not None
    return {
        "actions": actions if member.merged_into is None and not is_erased else [],
        "may": (lambda named: named.endswith(".view") and principal.may(named))
        if is_erased
        else principal.may,
        "may_disclose": principal.may("member.disclose"),
        "said": said(request),
        "receipt_kind": _receipt_kind,
    }


async def _identifiers(
    database: AsyncSession, member: MemberPlace, behind: int, *, with_contacts: bool
) -> Sequence[Identifier]:
    """Cards, phones and ids: the ends of the latter two are a part of them."""
    asked = rows_asked(behind)
    found = await database.scalars(
        select(Identifier)
        .where(
            Identifier.member_bucket == member.bucket,
            Identifier.member_id == member.member_id,
            true() if with_contacts else Identifier.kind == CARD,
        )
        .order_by(Identifier.kind, Identifier.created_at, Identifier.digest)
        .limit(asked["rows_max"])
        .offset(asked["behind"])
    )
    return found.all()


def _receipt_kind(kind: messages.MemberReceiptKind) -> str:
    return messages.MemberReceiptKind.Name(kind).rpartition("_")[2].lower()


def said(request: Request) -> str:
    """What the page that led here has done."""
    name = f"said.{request.query_params.get('said', '')}"
    return say(name) if has_text(name) else ""


async def _statement(
    database: AsyncSession, member: MemberPlace, worth: Worth, request: Request, accounts: Any
) -> dict[str, Any]:
    """A page of one account, with the balance after each entry."""
    held = [account.currency for account in accounts]
    asked = request.query_params.get("currency", "")
    currency = asked if asked in held else next(iter(held), "")
    before = request.query_params.get("before", "")
    is_number = before.isascii() and before.isdecimal() and len(before) <= SEQ_DIGITS_MAX
    values = {
        "bucket": member.purse_bucket,
        "member_id": member.purse_id,
        "currency": currency,
        "before": int(before) if is_number else None,
        "rows_max": STATEMENT_ROWS + 1,
    }
    found = (await database.execute(STATEMENTS["member_statement"], values)).all()
    rows, last = page_of(found, STATEMENT_ROWS)
    return {
        "currency": worth.points_of(currency),
        "currencies": [worth.points_of(code) for code in held],
        "rows": rows,
        "older": last.seq if last is not None else None,
        "is_first": not is_number,
    }


async def read_receipts(operators: Operators, member_id: UUID, request: Request) -> dict[str, Any]:
    """A page of what the member bought and gave back; or why there is none.

    Asked while no connection is held: a service that is slow would use up those of all pages.
    """
    token = request.query_params.get("receipts", "")
    try:
        async with operators.of(request.state.principal) as client:
            answer = await client.list_receipts(
                str(member_id), page_size=RECEIPT_ROWS, page_token=token
            )
    except HTTPException as missing:
        return {"rows": [], "fault": say(str(missing.detail))}
    except CallRefusedError as refused:
        return {"rows": [], "fault": in_words(refused)}
    return {"rows": answer.receipts, "older": answer.next_page_token, "is_first": not token}
