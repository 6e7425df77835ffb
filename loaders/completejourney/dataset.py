"""The dataset as one value, made part by part when a part is asked for.

Deterministic: the same seed and day of installation give the same parts. The snapshot and all that
a database needs take a few seconds; the baskets are made only when they are walked through.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from checkout.engine.schema.snapshot import Snapshot, Words
from loaders.completejourney.baskets import Baskets
from loaders.completejourney.calendar import Shift, shift_before
from loaders.completejourney.campaigns import coupon_campaigns
from loaders.completejourney.columns import integer, integers
from loaders.completejourney.coupons import CouponGoods, Flight, read_coupons, read_flights
from loaders.completejourney.goods import ALCOHOL, FUEL, RESTRICTED, TOBACCO
from loaders.completejourney.history import Opening, read_openings
from loaders.completejourney.lines import Rule, add_lines, rows_by_rule
from loaders.completejourney.lists import Audience, read_audiences
from loaders.completejourney.members import Member, read_members
from loaders.completejourney.offers import RETURNER, WELCOME_BACK, our_campaigns
from loaders.completejourney.products import Catalogue, read_catalogue
from loaders.completejourney.program import (
    CARD_TYPE,
    GIFT_PRODUCT,
    PARTNER,
    PROGRAM,
    build_program,
)
from loaders.completejourney.report import OddRows, Report
from loaders.completejourney.sales import Sales, by_basket
from loaders.completejourney.source import Source
from loaders.completejourney.stores import Places, read_places
from loaders.completejourney.worth import Worth, estimate_worth

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from checkout.engine.schema.campaign import Campaign
    from checkout.engine.schema.program import Program
    from loaders.completejourney.products import Path


def load_completejourney(install_date: dt.date, seed: int) -> Dataset:
    """The dataset, shifted to end before the day of installation.

    Raises:
        DatasetMissingError: the package with the data is not installed.
    """
    return Dataset(Source(), shift_before(install_date), install_date, seed)


class Dataset:
    """A year of a grocer, as members, places, catalogue, campaigns, openings and baskets."""

    def __init__(self, source: Source, shift: Shift, install_date: dt.date, seed: int) -> None:
        self.source = source
        self.shift = shift
        self.install_date = install_date
        self.seed = seed

    @cached_property
    def catalogue(self) -> Catalogue:
        """Products and their categories."""
        return read_catalogue(self.source.products())

    @cached_property
    def places(self) -> Places:
        """Chains and stores."""
        return read_places(self.sales.first("store_id"), PROGRAM, self.seed)

    @cached_property
    def program(self) -> Program:
        """The invented program."""
        return build_program(self.catalogue.tree)

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """Households as members."""
        households = pc.unique(self.sales.rows["household_id"]).to_pylist()
        return read_members(households, self.source.surveyed(), self.seed)

    @cached_property
    def audiences(self) -> tuple[Audience, ...]:
        """Member lists of the data's campaigns."""
        return read_audiences(self.source.audiences())

    @cached_property
    def flights(self) -> dict[int, Flight]:
        """The data's campaigns by number, on the data's own dates."""
        return read_flights(self.source.campaigns())

    @cached_property
    def coupons(self) -> CouponGoods:
        """Which products each coupon is for."""
        return read_coupons(self.source.coupons(), self.catalogue.paths)

    @cached_property
    def worth(self) -> Worth:
        """What each coupon is worth."""
        return estimate_worth(
            self.sales.rows, self.source.redemptions(), self.coupons, self.flights
        )

    @cached_property
    def campaigns(self) -> tuple[Campaign, ...]:
        """The data's coupons as campaigns, then our own."""
        return (
            *coupon_campaigns(self.flights, self.coupons, self.worth, self.shift),
            *our_campaigns(self.catalogue.tree),
        )

    @cached_property
    def snapshot(self) -> Snapshot:
        """All of it that a snapshot holds."""
        return Snapshot(
            partner=PARTNER,
            programs=(self.program,),
            chains=self.places.chains,
            stores=self.places.stores,
            categories=self.catalogue.categories,
            products=(*self.catalogue.products, GIFT_PRODUCT),
            words=Words(
                card_types=(CARD_TYPE[0],),
                member_lists=tuple(audience.code for audience in self.audiences),
                coupon_series=(WELCOME_BACK,),
                tags=(RETURNER,),
            ),
            campaigns=self.campaigns,
        )

    @cached_property
    def openings(self) -> tuple[Opening, ...]:
        """What each household starts with."""
        return read_openings(self.sales, self._articles(RESTRICTED), self.shift)

    @cached_property
    def baskets(self) -> Baskets:
        """Every sale of the year, made as it is walked through."""
        return Baskets(self.rows, self.shift)

    @cached_property
    def sales(self) -> Sales:
        """The rows of the data, in cents and local time, by basket."""
        return by_basket(self.source.transactions())

    @cached_property
    def rows(self) -> pa.Table:
        """The rows with the rule that applied to each, and its line."""
        return add_lines(
            self.sales.rows, self._articles(FUEL), self._articles((*ALCOHOL, *TOBACCO))
        )

    def in_force(self) -> tuple[Flight, ...]:
        """The data's campaigns that run on the day of installation."""
        return tuple(
            flight
            for flight in self.flights.values()
            if self.shift.day(flight.first_day)
            <= self.install_date
            <= self.shift.day(flight.last_day)
        )

    @cached_property
    def report(self) -> Report:
        """The figures."""
        rules = rows_by_rule(self.rows)
        running = {flight.number for flight in self.in_force()}
        tiers = Counter(opening.tier for opening in self.openings)
        return Report(
            seed=self.seed,
            shift_weeks=self.shift.weeks,
            first_day=self.shift.first_day.isoformat(),
            last_day=self.shift.last_day.isoformat(),
            rows=self.sales.rows.num_rows,
            baskets=len(self.sales),
            baskets_left_out=len(self.sales) - len(self.baskets),
            rules=rules,
            odd=self._odd_rows(rules[Rule.UNEVEN]),
            households=len(self.members),
            with_phone=sum(member.phone is not None for member in self.members),
            stores=len(self.places.stores),
            products=len(self.catalogue.products),
            products_without_category=self.catalogue.without_category,
            products_without_type=self.catalogue.without_type,
            categories=len(self.catalogue.categories),
            campaigns_of_data=len(self.flights),
            campaigns_in_force=sum(pair[0] in running for pair in self.coupons.products),
            coupons=len(self.coupons.campaigns),
            coupon_campaigns=len(self.coupons.products),
            coupon_rows=self.coupons.rows,
            coupon_rows_repeated=self.coupons.rows_repeated,
            coupon_rows_without_article=self.coupons.rows_without_article,
            redemptions=self.worth.redemptions,
            redemptions_observed=self.worth.redemptions_observed,
            worth_observed=len(self.worth.observed),
            worth_from_type=self.worth.from_type,
            type_medians=self.worth.type_medians,
            own_campaigns=len(self.campaigns) - len(self.coupons.products),
            members_by_tier={tier.code: tiers[tier.code] for tier in self.program.tiers},
            opening_members=sum(bool(opening.lots) for opening in self.openings),
            opening_lots=sum(len(opening.lots) for opening in self.openings),
            opening_points=sum(opening.points_minor for opening in self.openings),
        )

    def _odd_rows(self, uneven: int) -> OddRows:
        quantity, product = self.sales.rows["quantity"], self.sales.rows["product_id"]
        known = pc.is_in(product, value_set=integers(self.catalogue.paths))
        return OddRows(
            quantity_above_1000=pc.sum(pc.greater(quantity, integer(1_000))).as_py(),
            quantity_zero=pc.sum(pc.equal(quantity, integer(0))).as_py(),
            uneven=uneven,
            without_article=pc.sum(pc.invert(known)).as_py(),
        )

    def _articles(self, paths: Iterable[Path]) -> list[int]:
        return [number for path in paths for number in self.catalogue.below(*path)]
