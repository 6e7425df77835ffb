"""The figures of a load: what the data holds, and what was made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checkout.primitives import format_minor
from loaders.completejourney.program import PARTNER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loaders.completejourney.lines import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class OddRows:
    """Rows that are not plain pieces of a known article, as the data has them; they overlap."""

    quantity_above_1000: int
    quantity_zero: int
    uneven: int
    without_article: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Counts of one load, reproducible from seed and shift."""

    seed: int
    shift_weeks: int
    first_day: str
    last_day: str
    rows: int
    baskets: int
    baskets_left_out: int
    rules: dict[Rule, int]
    odd: OddRows
    households: int
    with_phone: int
    stores: int
    products: int
    products_without_category: int
    products_without_type: int
    categories: int
    campaigns_of_data: int
    campaigns_in_force: int
    coupons: int
    coupon_campaigns: int
    coupon_rows: int
    coupon_rows_repeated: int
    coupon_rows_without_article: int
    redemptions: int
    redemptions_observed: int
    worth_observed: int
    worth_from_type: dict[str, int]
    type_medians: dict[str, int]
    own_campaigns: int
    members_by_tier: dict[str, int]
    opening_members: int
    opening_lots: int
    opening_points: int

    def text(self) -> str:
        """The report as lines for a person."""
        return "\n".join(self._sentences())

    def _sentences(self) -> Iterator[str]:
        rules = ", ".join(f"{rule.value} {count:,}" for rule, count in self.rules.items())
        exponent = PARTNER.currency.exponent
        types = ", ".join(
            f"{count} of {kind} at {format_minor(self.type_medians[kind], exponent)}"
            for kind, count in self.worth_from_type.items()
        )
        tiers = ", ".join(f"{tier} {count:,}" for tier, count in self.members_by_tier.items())
        odd = self.odd
        yield (
            f"Complete Journey, seed {self.seed}, shifted by {self.shift_weeks} weeks: "
            f"{self.first_day} to {self.last_day}"
        )
        yield (
            f"sales     {self.baskets:,} baskets, {self.rows:,} rows; "
            f"{self.baskets_left_out:,} baskets without a sold row are left out"
        )
        yield f"rows by   {rules}"
        yield (
            f"odd rows  quantity above 1,000: {odd.quantity_above_1000:,}; zero: "
            f"{odd.quantity_zero:,}; no whole-cent unit price: {odd.uneven:,}; "
            f"article not in the catalogue: {odd.without_article:,}"
        )
        yield (
            f"members   {self.households:,} with a card, {self.with_phone:,} with an invented "
            f"phone; tiers: {tiers}"
        )
        yield (
            f"opening   {self.opening_points:,} points in {self.opening_lots:,} lots of "
            f"{self.opening_members:,} members"
        )
        yield f"places    {self.stores:,} stores; chains, names, addresses, regions are invented"
        yield (
            f"catalogue {self.products:,} products in {self.categories:,} categories; "
            f"{self.products_without_category:,} without a category, "
            f"{self.products_without_type:,} without a type"
        )
        yield (
            f"coupons   {self.coupons:,} in {self.campaigns_of_data} campaigns: "
            f"{self.coupon_campaigns:,} campaigns of ours, {self.campaigns_in_force:,} in force "
            f"on the day of installation"
        )
        yield (
            f"          {self.coupon_rows:,} coupon-product rows: {self.coupon_rows_repeated:,} "
            f"repeated, {self.coupon_rows_without_article:,} without an article"
        )
        yield (
            f"worth     {self.worth_observed:,} coupons observed in {self.redemptions_observed:,} "
            f"of {self.redemptions:,} redemptions; the others by their type's median: {types}"
        )
        yield f"invented  {self.own_campaigns} campaigns of our own, and the whole program"
