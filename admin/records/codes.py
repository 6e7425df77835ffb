"""Certificates and unique coupons: read here, changed through the service only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import orjson
from sqlalchemy import Text, cast, func, select

from admin.codes.series import certificate_series, coupon_series
from admin.members.place import member_key
from admin.records.filters import StateFilter, ValueFilter
from admin.records.reasons import reasons_of
from admin.records.record_view import RecordView
from admin.records.tables import Certificate, Coupon, Partner, Program

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy import Select
    from starlette.requests import Request


class SeriesFilter(ValueFilter):
    """One series, of those that the partner's rules have: codes are too many to look through."""

    async def lookups(
        self, request: Request, model: Any, run_query: Callable[[Select[Any]], Awaitable[Any]]
    ) -> list[tuple[str, str]]:
        """Series with their names."""
        del request
        if model is Coupon:
            words = await run_query(
                select(cast(Partner.words, Text)).where(Partner.partner_id == func.admin_partner())
            )
            named = [one for held in words for one in coupon_series(orjson.loads(held))]
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
    is_operated = True
    history_record = "certificate"
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

    def history_key(self, row: Certificate) -> str:
        """Its id: nobody keeps the code."""
        return str(row.certificate_id)

    async def more(self, row: Certificate, request: Request) -> dict[str, Any]:
        """Why it is blocked."""
        del request
        async with self.sessions() as database:
            return {"why": await reasons_of(database, "certificate", [row.certificate_id])}

    def search_query(self, stmt: Select[Any], term: str) -> Select[Any]:
        """By the characters that are shown, as whole codes are kept as digests."""
        return stmt.where(Certificate.masked.endswith(term.upper(), autoescape=True))


class CouponView(RecordView, model=Coupon):
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
    column_details_list = column_list
    column_searchable_list = ("masked",)
    column_sortable_list = ()
    column_default_sort: ClassVar[Any] = [("bucket", False), ("coupon_id", True)]
    column_filters: ClassVar[Any] = [
        SeriesFilter(Coupon.series_code),
        StateFilter(Coupon.blocked_at, "is_blocked"),
    ]

    def title(self, row: Coupon) -> str:
        """Its last characters: nobody keeps the code."""
        return row.masked

    def history_key(self, row: Coupon) -> str:
        """Its id: nobody keeps the code."""
        return str(row.coupon_id)

    def link(self, row: Coupon, name: str) -> str:
        """Whose it is."""
        if name == "member_id" and row.member_id is not None:
            return f"/member/details/{member_key(row.member_id)}"
        return super().link(row, name)

    async def more(self, row: Coupon, request: Request) -> dict[str, Any]:
        """Why it is blocked."""
        del request
        async with self.sessions() as database:
            return {"why": await reasons_of(database, "coupon", [row.coupon_id])}

    def search_query(self, stmt: Select[Any], term: str) -> Select[Any]:
        """By the characters that are shown, as whole codes are kept as digests."""
        return stmt.where(Coupon.masked.endswith(term, autoescape=True))
