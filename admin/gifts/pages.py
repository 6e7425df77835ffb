"""The stock of gifts: what is left of each, what moved it, and a form that sets it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from sqlalchemy import select
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from wtforms import IntegerField, SelectField
from wtforms.validators import InputRequired

from admin.members.currencies import read_worth
from admin.members.forms import DeskForm, ReasonField
from admin.pages.places_in_lists import page_of, place_in, place_of
from admin.pages.secrets_shown_once import require
from admin.records.forms import NumberRange
from admin.records.tables import Program
from admin.service.answers import in_words, is_away
from admin.service.pages import ServicePages
from admin.sql import STATEMENTS
from admin.texts import say
from checkout.client import CallRefusedError
from checkout.primitives import bucket_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request

ENTRY_ROWS: Final = 50
#: As the service bounds a stock, and a change of one.
STOCK_MAX: Final = 1_000_000_000
WAYS: Final = ("counted", "difference")


@dataclass(frozen=True, slots=True)
class ListedGift:
    """A gift of a program's list, with what there is of it."""

    program: str
    code: str
    name: str
    sku: str
    points_minor: int
    currency: str
    #: The rules count it: no more are given than there are.
    is_counted: bool
    stock: int
    held: int
    #: It has no row: nobody has said how many there are.
    is_stocked: bool

    @property
    def left(self) -> int:
        """What can still be given or promised."""
        return self.stock - self.held


class GiftStockForm(DeskForm):
    way = SelectField(
        validators=[InputRequired()],
        choices=lambda: [(way, say(f"value.stock_way.{way}")) for way in WAYS],
    )
    number = IntegerField(validators=[InputRequired(), NumberRange(-STOCK_MAX, STOCK_MAX)])
    reason = ReasonField()


class GiftPages(ServicePages):
    """A list, and a page for each."""

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [
            Route("/gift/list", self.list, methods=["GET"], name="gifts"),
            Route("/gift/details/{id}", self.page, methods=["GET"], name="gift"),
            Route("/gift/details/{id}", self.set_stock, methods=["POST"], name="set_gift_stock"),
        ]

    async def list(self, request: Request) -> Response:
        """Every gift of every program."""
        require(request, "gift.view")
        async with self._sessions() as database:
            worth = await read_worth(database)
            gifts = await read_gifts(database)
        context = {"gifts": gifts, "worth": worth}
        return await self._templates.TemplateResponse(request, "gifts.html", context)

    async def page(self, request: Request) -> Response:
        """One, with its entries."""
        require(request, "gift.view")
        form = GiftStockForm(data={"request_id": uuid4().hex, "way": WAYS[0]})
        return await self._page(request, form)

    async def set_stock(self, request: Request) -> Response:
        """So many were counted, or so many more or fewer."""
        require(request, "gift.stock")
        form: Any = GiftStockForm(await request.form())
        if not form.validate():
            return await self._page(request, form, status=400)
        if form.way.data == "counted" and form.number.data < 0:
            form.number.errors = [say("gift.counted_below_zero")]
            return await self._page(request, form, status=400)
        gift = request.path_params["id"]
        try:
            async with self._operators.of(request.state.principal) as client:
                number = {form.way.data: form.number.data}
                await client.set_gift_stock(form.request_id.data, gift, form.reason.data, **number)
        except CallRefusedError as refused:
            if refused.reason == "GIFT_OUT_OF_STOCK":
                numbers = refused.numbers
                fewer = say("gift.not_fewer", held=numbers["held"], stock=numbers["stock"])
                form.number.errors = [fewer]
                return await self._page(request, form, status=400)
            status = 503 if is_away(refused) else 400
            return await self._page(request, form, status=status, fault=in_words(refused))
        return RedirectResponse(f"{request.url.path}?said=stocked", status_code=303)

    async def _page(
        self, request: Request, form: GiftStockForm, *, status: int = 200, fault: str = ""
    ) -> Response:
        code = request.path_params["id"]
        async with self._sessions() as database:
            worth = await read_worth(database)
            gift = next((one for one in await read_gifts(database) if one.code == code), None)
            if gift is None:
                raise HTTPException(404)
            values = {
                # As the service keeps stocks: crc32 of partner and code.
                "bucket": bucket_of(request.state.principal.partner_id.bytes + code.encode()),
                "gift": code,
                **place_in(request.query_params.get("before", "")),
                "rows_max": ENTRY_ROWS + 1,
            }
            rows = (await database.execute(STATEMENTS["gift_entries"], values)).all()
        shown, last = page_of(rows, ENTRY_ROWS)
        context = {
            "gift": gift,
            "worth": worth,
            "rows": shown,
            "older": place_of(last, "at", "moved_by"),
            "form": form,
            "fault": fault,
            "said": request.query_params.get("said", ""),
        }
        return await self._templates.TemplateResponse(
            request, "gift.html", context, status_code=status
        )


async def read_gifts(database: AsyncSession) -> list[ListedGift]:
    """Gifts of all programs of the partner, as the pages have them; those in force may differ."""
    documents = (await database.scalars(select(Program.document).order_by(Program.code))).all()
    stocks = (await database.execute(STATEMENTS["gift_stocks"])).all()
    return listed_gifts(documents, {row.gift_code: row for row in stocks})


def listed_gifts(
    documents: Iterable[Mapping[str, Any]], stocks: Mapping[str, Row[Any]]
) -> list[ListedGift]:
    """The lists of programs' documents, each gift with its stock."""
    found = []
    for document in documents:
        currencies = [one["code"] for one in document.get("currencies", ())]
        for gift in document.get("gifts", ()):
            row = stocks.get(gift["code"])
            found.append(
                ListedGift(
                    program=document["code"],
                    code=gift["code"],
                    name=gift["name"],
                    sku=gift.get("sku", ""),
                    points_minor=int(gift.get("points_minor", 0)),
                    currency=gift.get("currency") or next(iter(currencies), ""),
                    is_counted=bool(gift.get("counted", True)),
                    stock=row.stock if row is not None else 0,
                    held=row.held if row is not None else 0,
                    is_stocked=row is not None,
                )
            )
    return found
