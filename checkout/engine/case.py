"""One receipt under evaluation: what conditions, limits and rewards look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.canonical import canonical_lines
from checkout.engine.coupon_codes import canonical_code, carried_codes
from checkout.engine.periods import LocalMoment

if TYPE_CHECKING:
    from collections.abc import Collection

    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.compiled import CompiledCampaign, CompiledProgram, CompiledSnapshot
    from checkout.engine.facts import CouponFault, Facts, MemberState
    from checkout.engine.goods import Selector
    from checkout.engine.places import CompiledStore
    from checkout.engine.receipt import Receipt
    from checkout.engine.schema.program import CouponRules


class Case:
    """Receipt, facts and store in the form that rules ask for.

    `coupons` are the canonical forms of the codes that the receipt carries, `coupon_series` those
    of them that belong to series, with these, `coupons_refused` those that are unique coupons and
    cannot be used. `granted` holds the campaigns that have been granted
    something so far, `open_by_code` the open ones, `apart` for each of them those beside which it
    does not stand, and `allowed` what `checkout.engine.limits.allowed_quantities` found for each.
    """

    __slots__ = (
        "allowed",
        "apart",
        "by_selector",
        "counted",
        "coupon_series",
        "coupons",
        "coupons_refused",
        "facts",
        "granted",
        "lines",
        "lists",
        "member",
        "moment",
        "open_by_code",
        "receipt",
        "store",
        "tier",
        "_case_matters",
    )

    def __init__(
        self,
        receipt: Receipt,
        facts: Facts,
        store: CompiledStore,
        lines: list[CanonicalLine],
        coupon_rules: CouponRules,
    ) -> None:
        """Index canonical lines by the selectors that mean them, which have been resolved."""
        self.receipt = receipt
        self.facts = facts
        self.store = store
        self.lines = lines
        self.member: MemberState | None = facts.member
        self.tier = facts.member.tier if facts.member is not None else ""
        self.lists: frozenset[str] = facts.member.lists if facts.member is not None else frozenset()
        self._case_matters = coupon_rules.case_matters
        self.coupons = carried_codes(receipt, coupon_rules)
        self.coupon_series: dict[str, str] = {}
        if self.coupons:
            for code, series in facts.coupon_series.items():
                canonical = canonical_code(code, coupon_rules)
                if canonical in self.coupons:
                    self.coupon_series[canonical] = series
        self.coupons_refused: dict[str, CouponFault] = {}
        if self.coupons:
            for code, fault in facts.coupons_refused.items():
                self.coupons_refused[canonical_code(code, coupon_rules)] = fault
        self.moment = LocalMoment(receipt.local_time)
        self.counted = [line for line in lines if line.counted]
        by_selector: dict[Selector, list[CanonicalLine]] = {}
        for line in lines:
            for selector in line.selectors:
                meant = by_selector.get(selector)
                if meant is None:
                    by_selector[selector] = [line]
                else:
                    meant.append(line)
        self.by_selector = by_selector
        self.granted: set[str] = set()
        self.open_by_code: dict[str, CompiledCampaign] = {}
        self.apart: dict[str, set[str]] = {}
        self.allowed: dict[str, dict[CanonicalLine, int] | None] = {}

    def meant_by(self, selector: Selector | None) -> list[CanonicalLine]:
        """The lines that a choice of goods means, in order; all counted lines for none.

        The index has found those of choices with lists. The others are asked here, once.
        """
        if selector is None:
            return self.counted
        meant = self.by_selector.get(selector)
        if meant is None:
            meant = self.by_selector[selector] = []
            if not selector.lists_anything:
                lines = self.lines if selector.on_delivery else self.counted
                for line in lines:
                    if selector.fits(line, self.member):
                        meant.append(line)
                        line.add_selector(selector)
        return meant

    def open(self, campaigns: Collection[CompiledCampaign]) -> None:
        """These are the open campaigns: of two that do not stand together one names the other."""
        self.open_by_code = {campaign.code: campaign for campaign in campaigns}
        self.apart = {}
        for campaign in campaigns:
            for other in campaign.not_with:
                self.apart.setdefault(campaign.code, set()).add(other)
                self.apart.setdefault(other, set()).add(campaign.code)

    def is_in_force(self, campaign: CompiledCampaign) -> bool:
        """Whether the moment lies within the campaign's dates, and nobody has stopped it."""
        return campaign.schedule.dates_hold(self.moment) and (
            campaign.code not in self.facts.stopped
        )

    def carries(self, code: str, folded: str) -> bool:
        """Whether the receipt carries a code, given as it is written and without regard to case."""
        return (code if self._case_matters else folded) in self.coupons


def open_case(
    snapshot: CompiledSnapshot, facts: Facts, receipt: Receipt
) -> tuple[Case, CompiledProgram]:
    """The receipt in canonical form, with the goods of each line resolved, and its program.

    Raises:
        KeyError: the snapshot has no such store; callers have checked.
    """
    store = snapshot.stores[receipt.store]
    program = snapshot.programs[store.program]
    lines = canonical_lines(receipt.lines)
    for line in lines:
        program.goods.resolve(line, facts.member)
    return Case(receipt, facts, store, lines, program.document.coupons), program
