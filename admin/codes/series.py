"""What codes are issued of: series of certificates and of coupons, and types of cards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


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


def coupon_series(words: Mapping[str, Any] | None) -> list[Series]:
    """Those of a partner's words: a code is all that they have."""
    return [Series(code, code) for code in (words or {}).get("coupon_series", ())]
