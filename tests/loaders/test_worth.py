from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loaders.completejourney import Dataset


def test_sources_of_worth_are_counted(dataset: Dataset) -> None:
    """298 of 981 coupons were seen at work; the others go by the median of their campaign type."""
    worth = dataset.worth
    assert len(worth.minor) == 981
    assert len(worth.observed) == 298
    assert worth.from_type == {"Type A": 493, "Type B": 133, "Type C": 57}
    assert worth.type_medians == {"Type A": 100, "Type B": 100, "Type C": 75}
    assert (worth.redemptions, worth.redemptions_observed) == (2_102, 1_130)


def test_worth_of_known_coupons(dataset: Dataset) -> None:
    """A coupon is worth what was usually taken off; one dear redemption does not move it."""
    assert dataset.worth.minor[53600000078] == 150
    assert dataset.worth.minor[54154888076] == 100
    assert dataset.worth.minor[53800030050] == 50


def test_unseen_coupons_are_worth_their_type(dataset: Dataset) -> None:
    """A coupon that nobody used is worth the median of its first campaign's type."""
    unseen = set(dataset.worth.minor) - dataset.worth.observed
    for coupon in unseen:
        flights = [dataset.flights[number] for number in dataset.coupons.campaigns[coupon]]
        first = min(flights, key=lambda flight: flight.first_day)
        assert dataset.worth.minor[coupon] == dataset.worth.type_medians[first.kind]
