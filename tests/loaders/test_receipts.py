from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.engine.compiler import compile_snapshot
from checkout.engine.evaluate import evaluate
from checkout.engine.facts import Facts, MemberState
from checkout.engine.outcome import CouponStatus
from loaders.completejourney.receipts import CODES_MAX, _draw, choose_receipts, draw_receipts

if TYPE_CHECKING:
    from loaders.completejourney import Dataset
    from loaders.completejourney.receipts import DemoReceipt

NOON = dt.datetime(2026, 11, 21, 17, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def chosen(dataset: Dataset) -> tuple[DemoReceipt, ...]:
    return choose_receipts(dataset)


def test_choice_is_two_hundred_different_baskets(chosen: tuple[DemoReceipt, ...]) -> None:
    """200 baskets, none twice, each sold to its own household."""
    assert len({receipt.basket.number for receipt in chosen}) == 200
    assert all(r.basket.household == r.member.household for r in chosen)


def test_choice_is_the_seed_s(dataset: Dataset, chosen: tuple[DemoReceipt, ...]) -> None:
    """The same seed chooses the same receipts in the same order."""
    assert choose_receipts(dataset) == chosen


def test_receipts_are_drawn_of_the_named_baskets(dataset: Dataset) -> None:
    """As many as wanted, each sold where the data sold it and to its own household."""
    stores = dataset.baskets.stores()
    store = stores[0]
    indexes = [index for index, each in enumerate(stores) if each == store]
    drawn = draw_receipts(dataset, 5, indexes)
    assert len({receipt.basket.number for receipt in drawn}) == min(5, len(indexes))
    assert {receipt.basket.store for receipt in drawn} == {store}
    assert all(r.basket.household == r.member.household for r in drawn)


@given(seed=st.integers(0, 1_000), places=st.integers(0, 30), size=st.integers(0, 40))
def test_draw_is_without_repetition(seed: int, places: int, size: int) -> None:
    """As many different baskets as wanted or there are, never one that was taken already."""
    taken = range(0, size, 3)
    drawn = _draw(range(size), places, seed, "test", taken=taken)
    assert len(drawn) == len(set(drawn)) == min(places, size - len(taken))
    assert set(drawn) <= set(range(size)) - set(taken)
    assert drawn == _draw(range(size), places, seed, "test", taken=taken)


def test_another_seed_draws_others() -> None:
    """Of a thousand baskets, two seeds draw different ones."""
    one, two = (_draw(range(1_000), 20, seed, "test", taken=()) for seed in (1, 2))
    assert one != two


def test_choice_has_baskets_of_every_size(chosen: tuple[DemoReceipt, ...]) -> None:
    """Small and large baskets are there, more large ones than in the data."""
    sizes = [len(receipt.basket.lines) for receipt in chosen]
    assert min(sizes) == 1
    assert sum(size == 1 for size in sizes) >= 26
    assert sum(size >= 26 for size in sizes) >= 26


def test_coupons_are_in_force_and_the_member_s(
    dataset: Dataset, chosen: tuple[DemoReceipt, ...]
) -> None:
    """A fifth and more carry coupons: of campaigns that run, sent to the household, that fit."""
    running = {flight.number for flight in dataset.in_force()}
    sent = {audience.campaign: audience.households for audience in dataset.audiences}
    carrying = [receipt for receipt in chosen if receipt.coupons]
    assert len(carrying) >= 40
    for receipt in carrying:
        assert len(receipt.coupons) <= CODES_MAX
        skus = {int(line.sku) for line in receipt.basket.lines}
        for code in receipt.coupons:
            assert any(
                receipt.basket.household in sent[campaign]
                and skus & dataset.coupons.products[campaign, int(code)]
                for campaign in dataset.coupons.campaigns[int(code)] & running
            )


def test_receipt_is_sold_in_the_store_s_time(chosen: tuple[DemoReceipt, ...]) -> None:
    """The moment of the sale becomes local time and offset, in winter and in summer."""
    receipt = chosen[0].at(NOON, points_to_spend="max")
    assert receipt.local_time == dt.datetime(2026, 11, 21, 12, 0)  # noqa: DTZ001
    assert (receipt.utc_offset_minutes, receipt.points_to_spend) == (-300, "max")
    assert chosen[0].at(NOON.replace(month=7)).utc_offset_minutes == -240


def test_ordinary_receipts_get_something(dataset: Dataset, chosen: tuple[DemoReceipt, ...]) -> None:
    """By the engine: most get a discount, nearly all earn points, and coupons work."""
    compiled = compile_snapshot(dataset.snapshot)
    openings = {opening.household: opening for opening in dataset.openings}
    discounted = earning = applied = spending = 0
    for receipt in chosen:
        opening = openings[receipt.basket.household]
        state = MemberState(
            member_id=str(receipt.member.id),
            tier=opening.tier,
            lists=frozenset(
                audience.code
                for audience in dataset.audiences
                if opening.household in audience.households
            ),
            points={"points": opening.points_minor},
        )
        outcome = evaluate(compiled, Facts(member=state), receipt.at(NOON, "max"))
        assert outcome.discount_minor <= outcome.amount_minor // 2
        discounted += outcome.discount_minor > 0
        earning += outcome.points_earned_minor > 0
        spending += outcome.points_value_minor > 0
        applied += sum(c.status is CouponStatus.APPLIED for c in outcome.coupons)
        assert not [c for c in outcome.coupons if c.status is CouponStatus.UNKNOWN]
    assert discounted >= 150
    assert earning >= 170
    assert spending >= 150
    assert applied >= 40
