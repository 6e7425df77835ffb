"""Certificates and unique coupons: read here, changed through the service only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

import orjson
from sqlalchemy import Text, cast, select

from admin.codes.series import PARTNER_WORDS, SERIES_RECORDS, certificate_series, coupon_series
from admin.members.currencies import Currency, money_of
from admin.members.place import member_key
from admin.records.filters import StateFilter, ValueFilter
from admin.records.record_view import RecordView
from admin.records.tables import Certificate, Coupon, Program
from admin.texts import say
from checkout.primitives import format_minor

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy import Select
    from starlette.requests import Request


#: Of a pass.
UNITS: Final = "units"
#: Columns of a certificate that hold amounts of its unit.
AMOUNTS: Final = frozenset({"face", "remaining", "held"})


def _money(row: Certificate) -> Currency:
    return money_of(row.unit, row.exponent)


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


class CertificateView(RecordView, model=Certificate):
    identity = "certificate"
    group = "codes"
    icon = "ti ti-gift-card"
    can_create = False
    can_edit = False
    list_template = "codes_list.html"
    details_template = "certificate.html"
    column_list = ("masked", "series_code", "face", "remaining", "issued_at", "blocked_at")
    column_details_list = (
        *("series_code", "unit", "face", "remaining", "held", "issued_at", "activated_at"),
        *("expires_at", "blocked_at"),
    )
    column_searchable_list = ("masked",)
    column_sortable_list = ()
    column_default_sort: ClassVar[Any] = [("bucket", False), ("certificate_id", True)]
    column_filters: ClassVar[Any] = [
        SeriesFilter(Certificate.series_code),
        StateFilter(Certificate.blocked_at, "is_blocked"),
    ]

    def title(self, row: Certificate) -> str:
        """Its last characters: nobody keeps the code."""
        return row.masked

    def shown(self, row: Certificate, name: str) -> Any:
        """Amounts in their unit: what lies in the row counts kopecks."""
        held = super().shown(row, name)
        if name not in AMOUNTS:
            return held
        return say("value.units", count=held) if row.unit == UNITS else _money(row).shown(held)

    def exported(self, row: Certificate, name: str) -> Any:
        """Amounts as decimal numbers; their unit is a column of its own."""
        held = getattr(row, name)
        return format_minor(held, row.exponent) if name in AMOUNTS else held

    def search_query(self, stmt: Select[Any], term: str) -> Select[Any]:
        """By the characters that are shown, as whole codes are kept as digests."""
        return stmt.where(Certificate.masked.endswith(term.upper(), autoescape=True))


class CouponView(RecordView, model=Coupon):
    identity = "coupon"
    group = "codes"
    icon = "ti ti-ticket"
    can_create = False
    can_edit = False
    can_view_details = False
    list_template = "codes_list.html"
    column_list = (
        *("masked", "series_code", "member_id", "used", "uses_max", "valid_from", "valid_until"),
        "blocked_at",
    )
    column_details_list = column_list
    column_searchable_list = ("masked",)
    column_sortable_list = ()
    column_default_sort: ClassVar[Any] = [("bucket", False), ("coupon_id", True)]
    column_filters: ClassVar[Any] = [
        SeriesFilter(Coupon.series_code),
        StateFilter(Coupon.blocked_at, "is_blocked"),
    ]

    def link(self, row: Coupon, name: str) -> str:
        """Whose it is."""
        if name == "member_id" and row.member_id is not None:
            return f"/member/details/{member_key(row.member_id)}"
        return ""

    def search_query(self, stmt: Select[Any], term: str) -> Select[Any]:
        """By the characters that are shown, as whole codes are kept as digests."""
        return stmt.where(Coupon.masked.endswith(term, autoescape=True))
