"""Two outcomes of one receipt beside each other, as the page of a trial shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from checkout.client import messages


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt to choose."""

    purchase_id: str
    at: str
    store: str
    amount_minor: int

    @classmethod
    def of(cls, told: Any) -> Self:
        """What the service lists."""
        return cls(told.purchase_id, told.at[:16].replace("T", " "), told.store, told.amount_minor)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing before and after."""

    name: str
    before: int
    after: int
    #: Money; or points, with so many decimals.
    points_exponent: int | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """What became of a campaign on the receipt."""

    verdict: str
    condition: str = ""
    needed: str = ""
    seen: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """A trial: sums, campaigns and lines before and after, and why the campaign did what it did."""

    local_time: str
    sums: list[Row]
    campaigns: list[tuple[str, Row, Row]]
    lines: list[tuple[str, Row, Row]]
    why: Why


def compared(answer: messages.TryCampaignResponse, code: str, points_exponent: int) -> Compared:
    """What the service answered, side by side."""
    before, after = answer.before, answer.after
    sums = [
        Row(name, getattr(before, f"{name}_minor"), getattr(after, f"{name}_minor"))
        for name in ("amount", "discount", "payable")
    ]
    points = ("points_earned", before.points_earned_minor, after.points_earned_minor)
    sums.append(Row(*points, points_exponent))
    old, new = ({one.code: one for one in side.applied} for side in (before, after))
    earlier, later = ({one.position: one for one in side.lines} for side in (before, after))

    def rows(
        sides: tuple[dict[Any, Any], dict[Any, Any]], key: Any, money: str, points: str
    ) -> tuple[Row, Row]:
        one, other = sides
        return (
            Row(str(key), _of(one, key, money), _of(other, key, money)),
            Row(str(key), _of(one, key, points), _of(other, key, points), points_exponent),
        )

    campaigns = [
        ((new.get(key) or old[key]).name, *rows((old, new), key, "discount_minor", "points_minor"))
        for key in sorted({*old, *new})
    ]
    lines = [
        (later[key].sku, *rows((earlier, later), key, "payable_minor", "points_earned_minor"))
        for key in sorted(later)
    ]
    found = next((one for one in after.considered if one.campaign == code), None)
    return Compared(answer.local_time, sums, campaigns, lines, _why(found))


def _of(side: dict[Any, Any], key: Any, name: str) -> int:
    return int(getattr(side[key], name)) if key in side else 0


def _why(found: Any) -> Why:
    if found is None:
        return Why("unspecified")
    values = found.DESCRIPTOR.fields_by_name["verdict"].enum_type.values_by_number
    verdict = values[found.verdict].name.removeprefix("VERDICT_").lower()
    return Why(verdict, found.condition, found.needed, found.seen, found.by)
