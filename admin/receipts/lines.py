"""The lines of a receipt as people read them: what was sold, with names, and what became of it.

What was sent and what was answered stand in the receipt; so the table is there whether or not the
service explains. Only the points that each line earned are the explanation's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from admin.receipts.explained import Explained


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A position; amounts in the partner's money."""

    position: int
    sku: str
    #: Of the catalogue, else the till's; empty: neither has one.
    name: str
    is_known: bool
    quantity_milli: int
    price_minor: int
    amount_minor: int
    discount_minor: int
    points_value_minor: int
    certificates_minor: int
    #: Points by currency.
    earned: Mapping[str, int]

    @property
    def payable_minor(self) -> int:
        """What remained to be paid for it."""
        taken = self.discount_minor + self.points_value_minor + self.certificates_minor
        return self.amount_minor - taken


def sold_lines(
    content: Mapping[str, Any],
    answer: Mapping[str, Any],
    names: Mapping[str, str],
    explained: Explained | None,
) -> Sequence[SoldLine]:
    """In the order of the receipt. `names` are those of the catalogue, by article."""
    outcome = answer.get("outcome") or {}
    shares = {
        share["position"]: share for line in outcome.get("lines", ()) for share in line["shares"]
    }
    earned = _earned(explained)
    found = []
    for line in content.get("receipt", {}).get("lines", ()):
        share = shares.get(line["position"], {})
        found.append(
            SoldLine(
                position=line["position"],
                sku=line["sku"],
                name=names.get(line["sku"]) or line.get("title", ""),
                is_known=line["sku"] in names,
                quantity_milli=line["quantity_milli"],
                price_minor=line["price_minor"],
                amount_minor=line["amount_minor"],
                discount_minor=sum(
                    share.get(f"{kind}discount_minor", 0) for kind in ("external_", "manual_", "")
                ),
                points_value_minor=share.get("points_value_minor", 0),
                certificates_minor=share.get("certificates_minor", 0),
                earned=earned.get(line["position"], {}),
            )
        )
    return found


def skus_of(content: Mapping[str, Any]) -> list[str]:
    """Articles whose names the table says."""
    return sorted({line["sku"] for line in content.get("receipt", {}).get("lines", ())})


def tenders_of(content: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """What the till took, as it told."""
    found: Sequence[Mapping[str, Any]] = (content.get("settlement") or {}).get("tenders", ())
    return found


def _earned(explained: Explained | None) -> dict[int, Mapping[str, int]]:
    """Points of each position, by currency."""
    found: dict[int, Mapping[str, int]] = {}
    for line in explained.outcome.lines if explained is not None else ():
        sums: Counter[str] = Counter()
        for one in line.points:
            sums[one.currency] += one.points_minor
        found[line.position] = sums
    return found
