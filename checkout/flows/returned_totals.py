"""What has come back of a receipt in all: what a purchase keeps when its rest is evaluated anew."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from checkout.flows.returned_shares import BackToCertificate, gift_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checkout.engine.outcome import Outcome


@dataclass(slots=True)
class FreeBudget:
    """What of a budget is free again."""

    discount_minor: int = 0
    uses: int = 0


@dataclass(slots=True)
class Totals:
    """All that has come back of a receipt but for its lines: what is kept with the purchase."""

    money_minor: int = 0
    points_value_minor: int = 0
    points_spent: int = 0
    #: By currency.
    points_earned: dict[str, int] = field(default_factory=dict)
    #: By what stands for the certificate in the outcome.
    certificates: dict[str, BackToCertificate] = field(default_factory=dict)
    #: By campaign, limit and article.
    limits: dict[str, int] = field(default_factory=dict)
    #: By campaign.
    budgets: dict[str, FreeBudget] = field(default_factory=dict)
    #: Coupons that were used and what the sale gave, by `gift_of`.
    gifts: dict[str, int] = field(default_factory=dict)

    @property
    def certificates_minor(self) -> int:
        """What certificates and passes get back."""
        return sum(back.paid_minor for back in self.certificates.values())

    def at_least(self, settled: Totals) -> Totals:
        """Of all the more of the two: what was settled stays.

        Points and certificates that were given back too early are that much less money.
        """
        most = Totals(
            points_value_minor=max(self.points_value_minor, settled.points_value_minor),
            points_spent=max(self.points_spent, settled.points_spent),
            points_earned=_most(self.points_earned, settled.points_earned),
            limits=_most(self.limits, settled.limits),
            gifts=_most(self.gifts, settled.gifts),
        )
        for name in self.certificates | settled.certificates:
            due = self.certificates.get(name, BackToCertificate())
            had = settled.certificates.get(name, BackToCertificate())
            most.certificates[name] = BackToCertificate(
                max(due.paid_minor, had.paid_minor), max(due.units, had.units)
            )
        for campaign in self.budgets | settled.budgets:
            free = self.budgets.get(campaign, FreeBudget())
            freed = settled.budgets.get(campaign, FreeBudget())
            most.budgets[campaign] = FreeBudget(
                max(free.discount_minor, freed.discount_minor), max(free.uses, freed.uses)
            )
        due_minor = self.money_minor + self.points_value_minor + self.certificates_minor
        most.money_minor = max(
            settled.money_minor, due_minor - most.points_value_minor - most.certificates_minor
        )
        return most


def totals_between(sold: Outcome, rest: Outcome | None) -> Totals:
    """What a receipt came to less what its rest does; of what is counted nothing below 0."""
    totals = Totals(
        money_minor=sold.payable_minor,
        points_value_minor=sold.points_value_minor,
        points_spent=sold.redemption.points_minor,
        points_earned=dict(earned_by(sold) - earned_by(rest)),
        limits=dict(_limits(sold) - _limits(rest)),
        gifts=dict(_gifts(sold) - _gifts(rest)),
    )
    for paid in sold.certificates:
        if paid.parts:
            totals.certificates[paid.code] = BackToCertificate(paid.paid_minor, paid.units)
    for claim in sold.budget_claims:
        totals.budgets[claim.campaign] = FreeBudget(claim.discount_minor, claim.uses)
    if rest is None:
        return totals
    totals.money_minor -= rest.payable_minor
    totals.points_value_minor -= rest.points_value_minor
    totals.points_spent -= rest.redemption.points_minor
    for paid in rest.certificates:
        if paid.parts:
            back = totals.certificates[paid.code]
            # A unit of a pass may be worth more in the rest; it has been paid for all the same.
            back.paid_minor = max(back.paid_minor - paid.paid_minor, 0)
            back.units -= paid.units
    for claim in rest.budget_claims:
        free = totals.budgets.get(claim.campaign)
        if free is not None:
            free.discount_minor = max(free.discount_minor - claim.discount_minor, 0)
            free.uses -= claim.uses
    return totals


def earned_by(outcome: Outcome | None) -> Counter[str]:
    """Points that were earned, by currency."""
    found: Counter[str] = Counter()
    for earned in outcome.earned if outcome is not None else ():
        found[earned.currency] += earned.points_minor
    return found


def _limits(outcome: Outcome | None) -> Counter[str]:
    found: Counter[str] = Counter()
    for claim in outcome.limit_claims if outcome is not None else ():
        sku = claim.slot.partition("/")[2]
        found[f"{claim.campaign}/{claim.limit}/{sku}"] += claim.uses
    return found


def _gifts(outcome: Outcome | None) -> Counter[str]:
    """Coupons that a sale uses, by series, and what it issues; a tag is given once."""
    found: Counter[str] = Counter()
    if outcome is None:
        return found
    for coupon in outcome.coupons:
        if coupon.used_up and coupon.series:
            found[gift_of("use", "", coupon.series)] += 1
    for issued in outcome.issued:
        if issued.kind == "give_tag":
            found[gift_of(issued.kind, "", issued.code)] = 1
        else:
            found[gift_of(issued.kind, issued.campaign, issued.code)] += issued.count
    return found


def _most(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: max(one.get(name, 0), other.get(name, 0)) for name in {**one, **other}}
