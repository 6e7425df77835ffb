"""Shifts as tills told them beside what the service has, and goods that came without a receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.exceptions import HTTPException
from starlette.routing import Route

from admin.members.currencies import read_worth
from admin.members.place import bucket_named
from admin.pages.account import uuid_of
from admin.pages.places_in_lists import days_in, page_of, place_in, place_of
from admin.pages.secrets_shown_once import require
from admin.sql import STATEMENTS
from admin.texts.numbers import quantity

if TYPE_CHECKING:
    from sqladmin.templating import Jinja2Templates
    from starlette.requests import Request
    from starlette.responses import Response

    from admin.database import Sessions

PAGE_ROWS: Final = 50
#: Receipts of one shift that its page names.
RECEIPTS_MAX: Final = 500
#: Days that a list looks at when none are named, and at most.
DAYS: Final = 31
DAYS_MAX: Final = 92
TEXT_CHARACTERS_MAX: Final = 100
#: What both sides count, in the order of the page; sums are money or points.
COUNTS: Final = (
    *("sales", "sales_minor", "returns", "returns_minor", "returns_without_receipt"),
    *("returns_without_receipt_minor", "points_spent_minor", "points_earned_minor"),
)
_STATES: Final = ("agrees", "differs")


class ShiftPages:
    """Two lists, and the page of a shift."""

    def __init__(self, templates: Jinja2Templates, sessions: Sessions) -> None:
        self._templates = templates
        self._sessions = sessions

    def routes(self) -> list[Route]:
        """Their addresses."""
        shift, returns = "/reconciliation", "/return-without-receipt"
        return [
            Route(f"{shift}/list", self.shifts, methods=["GET"], name="reconciliations"),
            Route(f"{shift}/details/{{id}}", self.shift, methods=["GET"], name="reconciliation"),
            Route(f"{returns}/list", self.returns, methods=["GET"], name="returns_without_receipt"),
        ]

    async def shifts(self, request: Request) -> Response:
        """What tills told, where it differs from what the service has."""
        return await self._list(
            request, "reconciliation", "reconciliations", ("at", "reconciliation_id")
        )

    async def returns(self, request: Request) -> Response:
        """Goods of which nobody knew the purchase."""
        return await self._list(
            request,
            "return-without-receipt",
            "returns_without_receipt",
            ("returned_at", "return_receipt_id"),
        )

    async def _list(
        self, request: Request, page: str, statement: str, order: tuple[str, str]
    ) -> Response:
        require(request, "shift.view")
        asked = {
            name: request.query_params.get(name, "").strip()[:TEXT_CHARACTERS_MAX]
            for name in ("since", "until", "store", "terminal", "state", "cashier", "before")
        }
        asked["state"] = asked["state"] if asked["state"] in _STATES else ""
        since, until = days_in(asked["since"], asked["until"], days=DAYS, most=DAYS_MAX)
        values: dict[str, Any] = asked | {
            "since": since,
            "until": until,
            **place_in(asked["before"]),
            "rows_max": PAGE_ROWS + 1,
        }
        named = STATEMENTS[statement]
        async with self._sessions() as database:
            worth = await read_worth(database)
            taken = {name: values[name] for name in named.compile().params}
            rows = (await database.execute(named, taken)).all()
        shown, last = page_of(rows, PAGE_ROWS)
        context = {
            "page": page,
            "rows": shown,
            "older": place_of(last, *order),
            "asked": asked | {"since": since.isoformat(), "until": until.isoformat()},
            "worth": worth,
            "states": _STATES,
            "days_max": DAYS_MAX,
            "milli": quantity,
        }
        return await self._templates.TemplateResponse(request, f"{statement}.html", context)

    async def shift(self, request: Request) -> Response:
        """One comparison: both sides beside each other, and the sales that the service has."""
        require(request, "shift.view")
        bucket, _, text = request.path_params["id"].partition(";")
        key = {"bucket": bucket_named(bucket), "reconciliation_id": uuid_of(text)}
        async with self._sessions() as database:
            told = (await database.execute(STATEMENTS["reconciliation"], key)).one_or_none()
            if told is None:
                raise HTTPException(404)
            worth = await read_worth(database)
            values = {
                "store": told.store_code,
                "terminal": told.terminal_code,
                "day": told.business_day,
                "shift": told.shift,
                "rows_max": RECEIPTS_MAX + 1,
            }
            rows = (await database.execute(STATEMENTS["receipts_of_shift"], values)).all()
        receipts, is_more = page_of(rows, RECEIPTS_MAX)
        context = {
            "told": told,
            "counts": COUNTS,
            "worth": worth,
            "points": next(iter(worth.points.values()), None),
            "receipts": receipts,
            "receipts_max": RECEIPTS_MAX,
            "is_more": is_more,
        }
        return await self._templates.TemplateResponse(request, "reconciliation.html", context)
