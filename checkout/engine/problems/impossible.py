"""Conditions that contradict each other: what they demand together can never hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.problems.calendars import have_common_moment, is_local
from checkout.engine.problems.claims import Claim, claims_of, never, parts_of
from checkout.engine.problems.impossible_numbers import impossible_numbers
from checkout.engine.problems.problem import Problem
from checkout.engine.schema import conditions as schema
from checkout.engine.schema import member_conditions as member

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.campaign import Campaign
    from checkout.engine.schema.document import Document

#: Conditions on what a sale has one of, with the field of the values that will do. Of a place that
#: is so only while it names nothing else.
_SINGLE: Final[dict[type[Document], str]] = {
    member.Tier: "tiers",
    member.Gender: "genders",
    member.CardType: "types",
    member.Lifecycle: "states",
    schema.Channel: "channels",
}
_PLACES: Final = ("stores", "chains", "formats", "regions", "terminals")
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


def check_possible(
    claims: Sequence[Claim], campaign: Campaign, ground: Ground
) -> Iterator[Problem]:
    """Whatever in the conditions of a campaign can never hold at once."""
    yield from _contradictions(claims, ground)
    yield from _disjoint_schedules(claims, campaign)
    yield from _kept_away(claims, campaign, ground)


def _contradictions(claims: Sequence[Claim], ground: Ground) -> Iterator[Problem]:
    """Contradictions of claims, and inside the alternatives that each of them leaves."""
    if len(claims) > 1:
        yield from _found(claims, ground)
    for claim in claims:
        parts = parts_of(claim)
        if not parts:
            continue
        for part in parts:
            yield from _contradictions(claims_of(part), ground)
        opposite = [
            one for part in parts for one in claims_of(part._replace(holds=not claim.holds))
        ]
        if any(_found(opposite, ground)):
            says = "holds" if claim.holds else "fails"
            yield Problem(claim.path, f"one of these always {says}: together they say nothing")


def _found(claims: Sequence[Claim], ground: Ground) -> Iterator[Problem]:
    both = list(_opposites(claims))
    if both:
        yield from both
        return
    yield from _single_values(claims)
    yield from _guests(claims)
    yield from impossible_numbers(claims, ground)


def _opposites(claims: Sequence[Claim]) -> Iterator[Problem]:
    """The same condition, and that it does not hold."""
    denied = {claim.condition: claim for claim in claims if not claim.holds}
    if not denied:
        return
    for claim in claims:
        if claim.holds and (other := denied.get(claim.condition)) is not None:
            yield never(other, claim, "it demands the opposite")


def _single_values(claims: Sequence[Claim]) -> Iterator[Problem]:
    """Two conditions on what there is one of, without a common value."""
    left: dict[str, tuple[set[object], Claim]] = {}
    for claim in sorted(claims, key=lambda claim: not claim.holds):
        named = _single_field(claim.condition)
        if named is None:
            continue
        values = set(getattr(claim.condition, named))
        key = f"{claim.condition.kind}.{named}"
        if key not in left:
            if claim.holds:
                left[key] = (values, claim)
            continue
        before, first = left[key]
        after = before & values if claim.holds else before - values
        if before and not after:
            yield never(claim, first, f"no {named} are left that both allow")
        left[key] = (after, first)


def _single_field(condition: schema.Condition) -> str | None:
    if isinstance(condition, schema.Place):
        given = [name for name in _PLACES if getattr(condition, name)]
        return given[0] if len(given) == 1 else None
    return _SINGLE.get(type(condition))


def _guests(claims: Sequence[Claim]) -> Iterator[Problem]:
    """No member, and something about the member."""
    guest = next(
        (c for c in claims if isinstance(c.condition, member.Identified) and not c.holds), None
    )
    if guest is None:
        return
    for claim in claims:
        if claim.holds and isinstance(claim.condition, _OF_MEMBERS):
            yield never(claim, guest, "a guest has no such thing")


def _disjoint_schedules(claims: Sequence[Claim], campaign: Campaign) -> Iterator[Problem]:
    """Schedules without a common moment, that of the campaign among them."""
    found = [
        (claim.path, claim.condition.schedule)
        for claim in claims
        if claim.holds and isinstance(claim.condition, schema.InSchedule)
    ]
    if not found:
        return
    together = [campaign.schedule, *(schedule for _, schedule in found)]
    if not all(is_local(one) and have_common_moment((one,)) for one in together):
        return
    for i, (path, _) in enumerate(found, start=2):
        if not have_common_moment(together[:i]):
            yield Problem(
                f"{path}.schedule",
                "no moment lies both in this and in the other schedules: this can never hold",
            )
            return


def _kept_away(claims: Sequence[Claim], campaign: Campaign, ground: Ground) -> Iterator[Problem]:
    """A campaign that must have been applied, and that keeps this one away."""
    if not campaign.rewards:
        return
    for claim in claims:
        if not (claim.holds and isinstance(claim.condition, schema.CampaignApplied)):
            continue
        others = [ground.campaigns.get(code) for code in claim.condition.campaigns]
        if all(
            other is not None
            and (other.code in campaign.not_with or campaign.code in other.not_with)
            for other in others
        ):
            yield Problem(
                f"{claim.path}.campaigns", "not_with keeps these apart: this can never hold"
            )
