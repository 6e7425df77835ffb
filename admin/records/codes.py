"""Certificates and unique coupons: read here, changed through the service only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import quote

import orjson
from sqlalchemy import Text, cast, func, select

from admin.codes.series import PARTNER_WORDS, SERIES_RECORDS, certificate_series, coupon_series
from admin.members.currencies import money_of
from admin.members.place import member_key
from admin.records.code_ends import EndFilter, EndingView
from admin.records.filters import StateFilter, ValueFilter
from admin.records.reasons import reasons_of
from admin.records.tables import Certificate, Coupon, Program
from admin.sql import STATEMENTS
from admin.texts import say
from checkout.primitives import format_minor

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import InstrumentedAttribute
    from starlette.requests import Request


#: Behind every text that begins so: the highest character.
HIGHEST: Final = chr(0x10FFFF)
#: The latest of a code: most have fewer than five.
MOVEMENTS_MAX: Final = 100
#: Of a pass.
UNITS: Final = "units"
#: Columns of a certificate that hold amounts of its unit.
AMOUNTS: Final = frozenset({"face", "remaining", "held"})


def in_unit(row: Any, amount: int) -> str:
    """Money or units, for people; the row says which."""
    if row.unit == UNITS:
        return say("value.units", count=amount)
    return money_of(row.unit, row.exponent).shown(amount)


def _ends_in(masked: InstrumentedAttribute[str], term: str) -> Sequence[ColumnElement[bool]]:
    """Codes that are shown with such an end: a range, for which the index is used, not a LIKE."""
    behind = func.reverse(masked)
    begun = term[::-1]
    return behind.op("~>=~")(begun), behind.op("~<~")(begun + HIGHEST)


def _latest(found: Sequence[Any]) -> dict[str, Any]:
    """Movements that a page shows, how many that are at most, and whether there are more."""
    return {
        "movements": found[:MOVEMENTS_MAX],
        "movements_max": MOVEMENTS_MAX,
        "is_shortened": len(found) > MOVEMENTS_MAX,
    }


class SeriesFilter(ValueFilter):
    """One series, of those that the partner's rules have: codes are too many to look through."""

    async def lookups(
        self, request: Request, model: Any, run_query: Callable[[Select[Any]], Awaitable[Any]]
    ) -> list[tuple[str, str]]:
        """Series with their names."""
        del request
        if model is Coupon:
            made = await run_query(SERIES_RECORDS)
            named = coupon_series(made, await run_query(PARTNER_WORDS), archived=True)
        else:
            found = await run_query(select(cast(Program.document, Text)).order_by(Program.code))
            named = certificate_series(map(orjson.loads, found))
        return [(series.code, series.name) for series in named]


class CertificateView(EndingView, model=Certificate):
    identity = "certificate"
    group = "codes"
    icon = "ti ti-gift-card"
    can_create = False
    can_edit = False
    is_operated = True
    history_record = "certificate"
    list_template = "codes_list.html"
    details_template = "certificate.html"
    column_list = (
        *("masked", "series_code", "face", "remaining", "issued_at", "expires_at", "blocked_at"),
    )
    column_details_list = (
        *("series_code", "unit", "face", "remaining", "held", "issued_at", "activated_at"),
        *("expires_at", "blocked_at"),
    )
    column_searchable_list = ("masked",)
    column_sortable_list = ("issued_at", "expires_at")
    ends_by = "expires_at"
    sort_ties = ("certificate_id",)
    column_default_sort: ClassVar[Any] = [("issued_at", True), ("certificate_id", True)]
    column_filters: ClassVar[Any] = [
        SeriesFilter(Certificate.series_code),
        StateFilter(Certificate.blocked_at, "is_blocked"),
        EndFilter(Certificate.expires_at),
    ]

    def title(self, row: Certificate) -> str:
        """Its last characters: nobody keeps the code."""
        return row.masked

    def history_key(self, row: Certificate) -> str:
        """Its id: nobody keeps the code."""
        return str(row.certificate_id)

    def shown(self, row: Certificate, name: str) -> Any:
        """Amounts in their unit: what lies in the row counts kopecks."""
        held = super().shown(row, name)
        return in_unit(row, held) if name in AMOUNTS else held

    def related(self, row: Certificate) -> Sequence[tuple[str, str]]:
        """Its series, which programs may have no more: then it has no page."""
        found = f"/certificate-series/list?search={quote(row.series_code)}"
        return [("page.certificate-series", found)]

    async def more(self, row: Certificate, request: Request) -> dict[str, Any]:
        """What moved it, with the purchases; why it is blocked."""
        del request
        named = {"bucket": row.bucket, "certificate_id": row.certificate_id}
        asked = named | {"rows_max": MOVEMENTS_MAX + 1}
        async with self.sessions() as database:
            entries = (await database.execute(STATEMENTS["certificate_entries"], asked)).all()
            why = await reasons_of(database, "certificate", [row.certificate_id])
        return {
            **_latest(entries),
            "why_blocked": why.get(str(row.certificate_id)),
            "in_unit": lambda amount: in_unit(row, amount),
        }

    async def exported_columns(self, request: Request) -> Sequence[str]:
        """With the unit, without which an amount is a bare number."""
        return list(dict.fromkeys((*await super().exported_columns(request), "unit")))

    def exported(self, row: Certificate, name: str) -> Any:
        """Amounts as decimal numbers; their unit is a column of its own."""
        held = getattr(row, name)
        return format_minor(held, row.exponent) if name in AMOUNTS else held

    def search_query(self, stmt: Select[Any], term: str) -> Select[Any]:
        """By the characters that are shown, as whole codes are kept as digests."""
        return stmt.where(*_ends_in(Certificate.masked, term.upper()))


class CouponView(EndingView, model=Coupon):
    identity = "coupon"
    group = "codes"
    icon = "ti ti-ticket"
    can_create = False
    can_edit = False
    is_operated = True
    history_record = "coupon"
    list_template = "codes_list.html"
    details_template = "coupon.html"
    column_list = (
        *("masked", "series_code", "member_id", "used", "uses_max", "valid_from", "valid_until"),
        "blocked_at",
    )
    column_details_list = (
        *("series_code", "member_id", "uses_max", "used", "held", "issued_at", "campaign_code"),
        *("valid_from", "valid_until", "blocked_at", "taken_back_at"),
    )
    column_searchable_list = ("masked",)
    column_sortable_list = ("issued_at", "valid_until")
    ends_by = "valid_until"
    sort_ties = ("code_id",)
    column_default_sort: ClassVar[Any] = [("issued_at", True), ("code_id", True)]
    column_filters: ClassVar[Any] = [
        SeriesFilter(Coupon.series_code),
        StateFilter(Coupon.blocked_at, "is_blocked"),
        EndFilter(Coupon.valid_until),
    ]

    def title(self, row: Coupon) -> str:
        """Its last characters: nobody keeps the code."""
        return row.masked

    def history_key(self, row: Coupon) -> str:
        """Its id: nobody keeps the code."""
        return str(row.coupon_id)

    def link(self, row: Coupon, name: str) -> str:
        """Whose it is, which campaign gave it; itself."""
        if name == "member_id" and row.member_id is not None:
            return f"/member/details/{member_key(row.member_id)}"
        if name == "campaign_code" and row.campaign_code:
            return f"/campaign/details/{quote(row.campaign_code)}"
        return super().link(row, name)

    def related(self, row: Coupon) -> Sequence[tuple[str, str]]:
        """Its series, which only words may declare: then it has no page."""
        return [("page.coupon-series", f"/coupon-series/list?search={quote(row.series_code)}")]

    async def more(self, row: Coupon, request: Request) -> dict[str, Any]:
        """Who or what issued it, the sales that used it, why it is blocked."""
        del request
        named = {"bucket": row.bucket, "code_id": row.code_id.bytes}
        used = {"coupon_id": row.coupon_id, "rows_max": MOVEMENTS_MAX + 1}
        async with self.sessions() as database:
            origin = (await database.execute(STATEMENTS["coupon_origin"], named)).one_or_none()
            uses = (await database.execute(STATEMENTS["coupon_uses"], used)).all()
            why = await reasons_of(database, "coupon", [row.coupon_id])
        return {
            **_latest(uses),
            "why_blocked": why.get(str(row.coupon_id)),
            "origin": origin,
        }

    def search_query(self, stmt: Select[Any], term: str) -> Select[Any]:
        """By the characters that are shown, as whole codes are kept as digests."""
        return stmt.where(*_ends_in(Coupon.masked, term))
