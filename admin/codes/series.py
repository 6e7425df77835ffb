"""What codes are issued of: series of certificates and of coupons, and types of cards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson
from sqlalchemy import Text, cast, func, select

from admin.records.tables import CouponSeries, Partner

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Series:
    """One that codes are issued of."""

    code: str
    name: str
    #: Of certificates: what is on them is counted in units, not in money.
    is_pass: bool = False
    #: Of types of cards: more than these cannot be issued in all.
    most: int | None = None


def certificate_series(programs: Iterable[Mapping[str, Any]]) -> list[Series]:
    """Those of programs' documents; of a code in several the first, as the service reads it."""
    found: dict[str, Series] = {}
    for document in programs:
        for one in document.get("certificates", ()):
            series = Series(one["code"], one["name"], one.get("kind", "money") == "pass")
            found.setdefault(series.code, series)
    return list(found.values())


#: What `coupon_series` takes: the records, and in one row the words of the partner, as JSON.
SERIES_RECORDS: Final = select(CouponSeries).order_by(CouponSeries.code)
PARTNER_WORDS: Final = select(cast(Partner.words, Text)).where(
    Partner.partner_id == func.admin_partner()
)


def coupon_series(
    records: Iterable[CouponSeries], words: Iterable[str], *, archived: bool
) -> list[Series]:
    """Those that managers made, and those that only the partner's words declare: codes alone."""
    made = {one.code: one for one in records}
    offered = [one for one in made.values() if archived or one.archived_at is None]
    declared = [code for one in words for code in only_declared(orjson.loads(one), made)]
    return [
        *(Series(one.code, one.name or one.code) for one in offered),
        *(Series(code, code) for code in declared),
    ]


def only_declared(words: Mapping[str, Any] | None, made: Container[str]) -> list[str]:
    """Codes of series of coupons that a partner's words declare, without those that are made."""
    return [code for code in (words or {}).get("coupon_series", ()) if code not in made]
