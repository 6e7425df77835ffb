"""Whether a condition holds wherever another does, as far as the two say so themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.coupon_codes import canonical_code
from checkout.engine.problems.choices import COUNTED, covers, kinds_of
from checkout.engine.schema import conditions as schema
from checkout.engine.schema import member_conditions as member

if TYPE_CHECKING:
    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.conditions import Condition
    from checkout.engine.schema.document import Document

#: Conditions that hold if one of several named is there: fewer names hold less often.
_NAMES: Final[dict[type[Document], str]] = {
    member.Segment: "segments",
    member.MemberTag: "tags",
    member.FavouriteCategory: "categories",
    schema.CampaignApplied: "campaigns",
}
#: Fields of a tender that narrow it down, if they are given.
_OF_TENDER: Final = ("kinds", "tokens")


def implies(one: Condition, other: Condition, ground: Ground) -> bool:
    """Whether `other`, of the same kind, holds wherever `one` does."""
    named = _NAMES.get(type(one))
    if named is not None:
        return set(getattr(one, named)) <= set(getattr(other, named))
    match one, other:
        case schema.Coupon(), schema.Coupon():
            rules = ground.program.coupons
            return canonical_code(one.code, rules) == canonical_code(other.code, rules)
        case schema.ContainsGoods(), schema.ContainsGoods():
            return covers(
                other.goods,
                one.goods,
                kinds_of(other.goods, COUNTED),
                kinds_of(one.goods, COUNTED),
            )
        case member.Birthday(), member.Birthday():
            return one.days_before <= other.days_before and one.days_after <= other.days_after
        case schema.Tender(), schema.Tender():
            return _implies_tender(one, other)
        case _:
            return one == other


def _implies_tender(one: schema.Tender, other: schema.Tender) -> bool:
    for name in _OF_TENDER:
        asked = set(getattr(other, name))
        given = set(getattr(one, name))
        if asked and not (given and given <= asked):
            return False
    return not other.bins or (
        bool(one.bins) and all(each.startswith(tuple(other.bins)) for each in one.bins)
    )
