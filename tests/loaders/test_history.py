from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

from loaders.completejourney.goods import RESTRICTED
from loaders.completejourney.program import tier_of
from loaders.completejourney.source import moment

if TYPE_CHECKING:
    from loaders.completejourney import Dataset


def test_tiers_follow_from_what_was_paid(dataset: Dataset) -> None:
    """The thresholds lie at 2,000.00 and 4,000.00, and put a third of the members above blue."""
    assert [tier_of(paid).code for paid in (0, 199_999, 200_000, 399_999, 400_000)] == [
        *("blue", "blue", "silver", "silver", "gold"),
    ]
    tiers = Counter(opening.tier for opening in dataset.openings)
    assert tiers == {"blue": 1_651, "silver": 517, "gold": 301}


def test_what_households_paid_is_all_that_was_paid(dataset: Dataset) -> None:
    """The openings of the households add up to the year's takings."""
    assert sum(opening.paid_minor for opening in dataset.openings) == 459_603_958


def test_every_basket_is_a_purchase(dataset: Dataset) -> None:
    """The openings count each basket of the year once, and know the first and the last."""
    assert sum(opening.purchases for opening in dataset.openings) == len(dataset.sales)
    last = dt.date(2026, 11, 15)
    for opening in dataset.openings:
        assert opening.first_sale_on <= opening.last_sale_on <= last
    assert max(opening.last_sale_on for opening in dataset.openings) == last


def test_opening_points_of_a_household(dataset: Dataset) -> None:
    """Recounted row by row for three households: whole points of the last six months' takings."""
    excluded = {
        number
        for number, path in dataset.catalogue.paths.items()
        if any(path[: len(banned)] == banned for banned in RESTRICTED)
    }
    columns = ("household_id", "product_id", "paid_minor", "local_s")
    wanted = {1, 900, 1_228}
    earned: Counter[tuple[int, int, int]] = Counter()
    for household, product, paid, local_s in zip(
        *(dataset.sales.rows[name].to_pylist() for name in columns), strict=True
    ):
        if household in wanted and product not in excluded:
            day = moment(local_s) + dt.timedelta(weeks=463)
            earned[household, day.year, day.month] += paid
    months = [(2026, month) for month in (6, 7, 8, 9, 10, 11)]
    for opening in dataset.openings:
        if opening.household in wanted:
            points = {
                (lot.earned_on.year, lot.earned_on.month): lot.points_minor for lot in opening.lots
            }
            expected = {m: earned[opening.household, *m] // 100 for m in months}
            assert points == {m: value for m, value in expected.items() if value}


def test_lots_end_in_the_year_and_expire_a_year_later(dataset: Dataset) -> None:
    """A lot is earned on its month's last day of the year and lives for 365 days."""
    days = {lot.earned_on for opening in dataset.openings for lot in opening.lots}
    ends = [dt.date(2026, m, d) for m, d in ((6, 30), (7, 31), (8, 31), (9, 30), (10, 31))]
    assert days == {*ends, dt.date(2026, 11, 15)}
    for opening in dataset.openings:
        for lot in opening.lots:
            assert lot.expires_on - lot.earned_on == dt.timedelta(days=365)
            assert lot.points_minor > 0


def test_size_of_the_openings(dataset: Dataset) -> None:
    """So many members bring points along, in so many lots."""
    report = dataset.report
    assert (report.opening_members, report.opening_lots) == (2_395, 11_886)
    assert report.opening_points == 1_912_656
