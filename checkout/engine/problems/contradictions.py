"""Claims of which some can never hold at once: no alternatives are looked into here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.coupon_codes import canonical_code
from checkout.engine.problems.calendars import have_common_moment, is_local
from checkout.engine.problems.choices import needs_member
from checkout.engine.problems.claims import never
from checkout.engine.problems.implied import implies
from checkout.engine.problems.impossible_numbers import impossible_numbers
from checkout.engine.problems.problem import Problem
from checkout.engine.receipt import COUPONS_MAX
from checkout.engine.schema import conditions as schema
from checkout.engine.schema import member_conditions as member
from checkout.engine.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from checkout.engine.problems.claims import Claim
    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.document import Document
    from checkout.engine.schema.schedule import Schedule

#: Conditions on what a sale has one of, with the field of the values that will do.
_SINGLE: Final[dict[type[Document], str]] = {
    member.Tier: "tiers",
    member.Gender: "genders",
    member.CardType: "types",
    member.Lifecycle: "states",
    schema.Channel: "channels",
}
#: Conditions that a guest never fulfils.
_OF_MEMBERS: Final = (
    member.Tier,
    member.MemberList,
    member.Segment,
    member.MemberTag,
    member.MemberAttribute,
    member.Gender,
    member.Age,
    member.Birthday,
    member.PurchaseNumber,
    member.DaysSincePurchase,
    member.SpendInWindow,
    member.VisitsInWindow,
    member.ActivityInWindow,
    member.FavouriteCategory,
    member.CardType,
    member.Consent,
    member.Lifecycle,
    member.PersonalOffer,
)
#: Told elsewhere: of schedules and places all are looked at together.
_TOGETHER: Final = (schema.InSchedule, schema.Place)


def contradictions(
    claims: Sequence[Claim],
    schedules: tuple[Schedule, ...],
    ground: Ground,
    *,
    in_places: bool = True,
) -> list[Problem]:
    """What in the claims can never hold at once, at moments that lie in the schedules.

    And, where that is asked, in the stores that there are.
    """
    found = list(_opposites(claims, ground))
    if found:
        return found
    found += _single_values(claims)
    found += _guests(claims)
    found += _coupons(claims, ground)
    if in_places:
        found += _places(claims, ground)
    found += _schedules(claims, schedules)
    found += impossible_numbers(claims, ground)
    return found


def _opposites(claims: Sequence[Claim], ground: Ground) -> Iterator[Problem]:
    """A condition, and that one of the same kind does not hold which it implies."""
    held: dict[type, list[Claim]] = {}
    for claim in claims:
        if claim.holds:
            held.setdefault(type(claim.condition), []).append(claim)
    for denied in claims:
        if denied.holds or isinstance(denied.condition, _TOGETHER):
            continue
        for claim in held.get(type(denied.condition), ()):
            if implies(claim.condition, denied.condition, ground):
                yield never(denied, claim, "it demands the opposite")
                break


def _single_values(claims: Sequence[Claim]) -> Iterator[Problem]:
    """Conditions on what there is one of, without a common value."""
    left: dict[str, tuple[set[str], Claim]] = {}
    for claim in sorted(claims, key=lambda claim: not claim.holds):
        named = _SINGLE.get(type(claim.condition))
        if named is None:
            continue
        values = set(getattr(claim.condition, named))
        key = claim.condition.kind
        if key not in left:
            if claim.holds:
                left[key] = (values, claim)
            continue
        before, first = left[key]
        after = before & values if claim.holds else before - values
        if before and not after:
            yield never(claim, first, told("no {named} are left that both allow", named=named))
        left[key] = (after, first)


def _guests(claims: Sequence[Claim]) -> Iterator[Problem]:
    """No member, and something about the member."""
    guest = next(
        (c for c in claims if isinstance(c.condition, member.Identified) and not c.holds), None
    )
    if guest is None:
        return
    for claim in claims:
        if claim.holds and _is_of_member(claim.condition):
            yield never(claim, guest, "a guest has no such thing")


def _is_of_member(condition: schema.Condition) -> bool:
    if isinstance(condition, schema.ContainsGoods):
        return needs_member(condition.goods)
    return isinstance(condition, _OF_MEMBERS)


def _coupons(claims: Sequence[Claim], ground: Ground) -> Iterator[Problem]:
    """More coupons than a receipt carries."""
    codes: set[str] = set()
    for claim in claims:
        if claim.holds and isinstance(claim.condition, schema.Coupon):
            codes.add(canonical_code(claim.condition.code, ground.program.coupons))
            if len(codes) > COUPONS_MAX:
                yield Problem(
                    claim.path,
                    told(
                        "a receipt carries at most {most} coupons: this can never hold "
                        "together with those before it",
                        most=COUPONS_MAX,
                    ),
                )
                return


def _places(claims: Sequence[Claim], ground: Ground) -> Iterator[Problem]:
    """Places of which no till of the program is left."""
    places = [
        (claim, claim.condition) for claim in claims if isinstance(claim.condition, schema.Place)
    ]
    if not places:
        return
    for claim, place in places:
        if claim.holds and not ground.places.mean_something(place):
            yield Problem(claim.path, "no store of the program is meant: this can never hold")
            return
    if len(places) == 1 and places[0][0].holds:
        return
    empty = ground.places.first_impossible(places)
    if empty is not None:
        yield Problem(
            empty.path,
            "no stores of the program are left beside the other conditions: this can never hold",
        )


def _schedules(claims: Sequence[Claim], schedules: tuple[Schedule, ...]) -> Iterator[Problem]:
    """Schedules without a common moment, some of which must not hold."""
    found = [
        (claim, claim.condition.schedule)
        for claim in claims
        if isinstance(claim.condition, schema.InSchedule)
    ]
    if not found and len(schedules) <= 1:
        return
    if not all(
        is_local(one) and have_common_moment((one,))
        for one in (*schedules, *(schedule for _, schedule in found))
    ):
        return
    if _has_moment(schedules, found):
        return
    low, high = 0, len(found)
    while low < high:
        middle = (low + high) // 2
        if _has_moment(schedules, found[:middle]):
            low = middle + 1
        else:
            high = middle
    if low == 0:
        yield Problem("", "no moment lies in all schedules: this can never hold")
        return
    claim = found[low - 1][0]
    if claim.holds:
        sentence = "no moment lies both in this and in the other schedules: this can never hold"
    else:
        sentence = "nothing is left outside of this: the other schedules lie in it"
    yield Problem(f"{claim.path}.schedule", sentence)


def _has_moment(schedules: tuple[Schedule, ...], found: Sequence[tuple[Claim, Schedule]]) -> bool:
    return have_common_moment(
        (*schedules, *(schedule for claim, schedule in found if claim.holds)),
        tuple(schedule for claim, schedule in found if not claim.holds),
    )
