"""Two outcomes of one receipt beside each other, as the page of a trial shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from admin.receipts.explained import told_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from admin.members.currencies import Worth
    from admin.receipts.explained import Told
    from checkout.client import messages

#: Sums of a receipt, in the order in which they add up; and those that also stand there if 0.
SUMS: Final = (
    *("amount", "external_discount", "manual_discount", "discount", "points_value"),
    *("certificates", "rounding", "payable"),
)
ALWAYS: Final = frozenset({"amount", "discount", "payable"})


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
        return cls(told.purchase_id, told.at[:16], told.store, told.amount_minor)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing before and after, as people read it."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a campaign before and after; None: it was not looked at."""

    code: str
    name: str
    before: Told | None
    after: Told | None


@dataclass(frozen=True, slots=True)
class Compared:
    """A trial: sums, campaigns and lines before and after, and why the campaign did what it did."""

    local_time: str
    sums: list[Row]
    campaigns: list[tuple[str, Row, Row]]
    lines: list[tuple[str, Row, Row]]
    #: None: nothing is told of it.
    why: Told | None
    #: The campaign itself, then those of which something else became, or that give other sums.
    changed: list[Judged]
    #: The others that were looked at: with it they do what they did before.
    unchanged: list[Judged]
    #: Of all that the explanations name, by code.
    names: Mapping[str, str]
    #: What colleagues wrote about campaigns, by code.
    descriptions: Mapping[str, str]


def compared(answer: messages.TryCampaignResponse, code: str, worth: Worth) -> Compared:
    """What the service answered, side by side."""
    before, after = answer.before, answer.after
    money, points = worth.money.shown, worth.points_of(after.currency).number

    def row(name: str, sides: Sequence[Any], field: str, shown: Callable[[int], str]) -> Row:
        """A field of both sides; a side that is not there counts 0."""
        old, new = (0 if side is None else getattr(side, field) for side in sides)
        return Row(name, shown(old), shown(new))

    sides = (before, after)
    sums = [
        row(name, sides, f"{name}_minor", money)
        for name in SUMS
        if name in ALWAYS or any(getattr(side, f"{name}_minor") for side in sides)
    ]
    sums.append(row("points_earned", sides, "points_earned_minor", points))
    old, new = ({one.code: one for one in side.applied} for side in sides)
    campaigns = []
    for key in sorted({*old, *new}):
        both = (old.get(key), new.get(key))
        name = (new.get(key) or old[key]).name
        discount = row(key, both, "discount_minor", money)
        campaigns.append((name, discount, row(key, both, "points_minor", points)))
    earlier = {one.position: one for one in before.lines}
    lines = []
    for one in sorted(after.lines, key=lambda line: line.position):
        priced, position = (earlier.get(one.position), one), str(one.position)
        payable = row(position, priced, "payable_minor", money)
        lines.append((one.sku, payable, row(position, priced, "points_earned_minor", points)))
    told = [{one.campaign: told_of(one) for one in side.considered} for side in sides]
    names = {key: one.name for side in told for key, one in side.items()}
    judged = [Judged(key, names[key], told[0].get(key), told[1].get(key)) for key in sorted(names)]
    gives_else = {one.name for _, *both in campaigns for one in both if one.before != one.after}
    changed: list[Judged] = []
    unchanged: list[Judged] = []
    for each in sorted(judged, key=lambda each: each.code != code):
        is_same = each.before == each.after and each.code not in gives_else | {code}
        (unchanged if is_same else changed).append(each)
    return Compared(
        answer.local_time,
        sums,
        campaigns,
        lines,
        told[1].get(code),
        changed,
        unchanged,
        names,
        dict(answer.descriptions),
    )
