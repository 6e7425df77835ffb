"""Series of coupons as records: what unique coupons are issued of, and rules name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from admin.records.dictionaries import EntryView
from admin.records.filters import StateFilter
from admin.records.tables import CouponSeries

if TYPE_CHECKING:
    from collections.abc import Sequence


class CouponSeriesView(EntryView, model=CouponSeries):
    group = "codes"
    icon = "ti ti-tags"
    details_template = "coupon_series.html"
    column_list = ("code", "name", "archived_at")
    column_details_list = column_list
    column_filters: ClassVar[Any] = [StateFilter(CouponSeries.archived_at, "is_archived")]

    def related(self, row: CouponSeries) -> Sequence[tuple[str, str]]:
        """What was issued of it."""
        return [("page.coupon", f"/coupon/list?series_code={quote(row.code)}")]
