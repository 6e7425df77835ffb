"""Receipts: a search, and the page of one: what was sent, what was answered, and why so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sqlalchemy import select
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from admin.members.currencies import read_worth
from admin.members.identifiers import CARD
from admin.members.place import bucket_named
from admin.pages.account import uuid_of
from admin.pages.places_in_lists import day_in, days_in, page_of, place_in, place_of
from admin.pages.secrets_shown_once import require
from admin.receipts.explained import Explained, explained_of
from admin.receipts.finding import find_receipts
from admin.receipts.lines import skus_of, sold_lines, tenders_of
from admin.records.tables import Product, Terminal
from admin.service.answers import in_words
from admin.service.pages import ServicePages
from admin.sql import STATEMENTS
from admin.texts import say, spoken
from admin.texts.numbers import percent, quantity
from checkout.client import CallRefusedError, messages
from checkout.primitives import bucket_of

if TYPE_CHECKING:
    from starlette.requests import Request


PAGE_ROWS: Final = 50
TEXT_CHARACTERS_MAX: Final = 100
#: Days that a search looks at, when none are named, and at most.
DAYS: Final = 7
DAYS_MAX: Final = 92


class ReceiptPages(ServicePages):
    """Finds receipts, and shows one."""

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("/receipt/list", self.list, methods=["GET"], name="receipts"),
            Route("/receipt/details/{pk:path}", self.page, methods=["GET"], name="receipt"),
        ]

    async def list(self, request: Request) -> Response:
        """By purchase, which leads to its page at once; else by day, store and number."""
        require(request, "receipt.view")
        asked = {
            name: request.query_params.get(name, "").strip()[:TEXT_CHARACTERS_MAX]
            for name in ("purchase_id", "store", "number", "since", "until", "before")
        }
        if asked["purchase_id"]:
            place = await self._place(request, asked["purchase_id"])
            if place is not None:
                return RedirectResponse(f"/receipt/details/{place}", status_code=303)
        since, until = days_in(asked["since"], asked["until"], days=DAYS, most=DAYS_MAX)
        values = {
            "since": since,
            "until": until,
            "store": asked["store"],
            "number": asked["number"],
            **place_in(asked["before"]),
        }
        async with self._sessions() as database:
            worth = await read_worth(database)
            found = (
                [] if asked["purchase_id"] else await find_receipts(database, values, PAGE_ROWS + 1)
            )
        shown, last = page_of(found, PAGE_ROWS)
        context = {
            "rows": shown,
            "older": place_of(last, "confirmed_at", "receipt_id"),
            "asked": asked | {"since": since.isoformat(), "until": until.isoformat()},
            "worth": worth,
            "days": DAYS,
            "days_max": DAYS_MAX,
        }
        return await self._templates.TemplateResponse(request, "receipts.html", context)

    async def page(self, request: Request) -> Response:
        """One receipt."""
        require(request, "receipt.view")
        key = _key(request.path_params["pk"])
        async with self._sessions() as database:
            receipt = (await database.execute(STATEMENTS["receipt"], key)).one_or_none()
            if receipt is None:
                raise HTTPException(404)
            returns = (await database.execute(STATEMENTS["receipt_returns"], key)).all()
            worth = await read_worth(database)
            named = select(Product.sku, Product.name).where(
                Product.sku.in_(skus_of(receipt.content))
            )
            names = {row.sku: row.name for row in await database.execute(named)}
            seq = await database.scalar(STATEMENTS["publication_of_receipt"], key)
            till = select(Terminal.terminal_id).where(
                Terminal.store_code == receipt.store_code, Terminal.code == receipt.terminal_code
            )
            terminal_id = await database.scalar(till)
        explained, fault = await self._explained(request, receipt.purchase_id)
        answer = receipt.answer.get("answer", {})
        context = {
            "receipt": receipt,
            "lines": sold_lines(receipt.content, answer, names, explained),
            "names": names,
            "tenders": tenders_of(receipt.content),
            "publication": seq,
            "terminal_id": terminal_id,
            "content": _content_for(request, receipt.content),
            "answer": answer,
            "returns": returns,
            "worth": worth,
            "explained": explained,
            "fault": fault,
            "percent": percent,
            "milli": quantity,
        }
        return await self._templates.TemplateResponse(request, "receipt.html", context)

    async def _explained(self, request: Request, purchase_id: str) -> tuple[Explained | None, str]:
        """The service's explanation, or why there is none."""
        asked = messages.ExplainPurchaseRequest(
            purchase_id=purchase_id, explain=messages.EXPLAIN_LEVEL_FULL, language=spoken()
        )
        try:
            async with self._operators.of(request.state.principal) as client:
                answer = await client.explain_purchase(asked)
        except HTTPException as missing:
            return None, say(str(missing.detail))
        except CallRefusedError as refused:
            return None, in_words(refused)
        return explained_of(answer.explained), ""

    async def _place(self, request: Request, purchase_id: str) -> str | None:
        """Where the receipt of a purchase lies: its key in addresses."""
        partner_id: UUID | None = request.state.principal.partner_id
        if partner_id is None:
            return None
        named = {
            # As the service keeps purchases: crc32 of partner and id.
            "bucket": bucket_of(partner_id.bytes + purchase_id.encode()),
            "purchase_id": purchase_id,
        }
        async with self._sessions() as database:
            row = (await database.execute(STATEMENTS["place_of_receipt"], named)).one_or_none()
        return f"{row.bucket};{row.month};{row.receipt_id}" if row is not None else None


def _content_for(request: Request, content: dict[str, Any]) -> dict[str, Any]:
    """What was sent, without the end of a phone or an external id for who sees no contacts."""
    kind, *_ = content.get("identifier") or (CARD,)
    is_open = kind == CARD or request.state.principal.may("member.contacts")
    return content if is_open else content | {"identifier": [kind, "…"]}


def _key(text: str) -> dict[str, Any]:
    """Bucket, month and id of an address.

    Raises:
        HTTPException: 404, it is none.
    """
    bucket, _, rest = text.partition(";")
    month, _, receipt_id = rest.partition(";")
    day = day_in(month)
    if day is None:
        raise HTTPException(404)
    return {"bucket": bucket_named(bucket), "month": day, "receipt_id": uuid_of(receipt_id)}
