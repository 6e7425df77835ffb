from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

from checkout.engine.schema import conditions, rewards
from checkout.engine.schema.campaign import Budget, MessagePlace
from checkout.engine.schema.document import Document
from checkout.engine.schema.limits import Period
from checkout.engine.schema.member_conditions import Identified, MemberList, Tier
from checkout.engine.schema.points import PointsAmount, PointsPercent
from checkout.engine.schema.values import AmountPer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loaders.completejourney import Dataset


def parts(value: object) -> Iterator[object]:
    """A document and every document inside it."""
    if isinstance(value, Document):
        yield value
        for name in type(value).model_fields:
            yield from parts(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from parts(item)


def test_every_coupon_of_a_campaign_is_a_campaign(dataset: Dataset) -> None:
    """981 coupons stand in 27 campaigns as 1,197 pairs: all are there, none without goods."""
    campaigns = {c.code: c for c in dataset.campaigns if c.code.startswith("cj-")}
    assert len(campaigns) == len(dataset.coupons.products) == 1_197
    assert len(dataset.coupons.campaigns) == 981
    for campaign in campaigns.values():
        (reward,) = campaign.rewards
        assert isinstance(reward, rewards.Amount)
        assert reward.per is AmountPer.RECEIPT
        assert reward.goods is not None
        assert reward.goods.skus


def test_rows_of_coupons_are_accounted_for(dataset: Dataset) -> None:
    """Of 116,204 rows some repeat another and 16 name no article; the others are goods."""
    coupons = dataset.coupons
    assert (coupons.rows, coupons.rows_repeated, coupons.rows_without_article) == (
        116_204,
        4_872,
        16,
    )
    assert sum(map(len, coupons.products.values())) == 116_204 - 4_872 - 16


def test_dates_are_shifted_to_the_last_day(dataset: Dataset) -> None:
    """A campaign runs from its first day to the end of its last day, moved by the same weeks."""
    campaign = next(c for c in dataset.campaigns if c.code.startswith("cj-15-"))
    shift = dt.timedelta(weeks=463)
    assert campaign.schedule.starts_at == dt.datetime(2017, 9, 20) + shift  # noqa: DTZ001
    assert campaign.schedule.ends_at == dt.datetime(2018, 3, 1) + shift  # noqa: DTZ001


def test_campaigns_that_outlive_the_year_are_in_force(dataset: Dataset) -> None:
    """Five campaigns of the data with 81 coupons run on the day of installation."""
    assert [flight.number for flight in dataset.in_force()] == [15, 20, 21, 22, 23]
    assert dataset.report.campaigns_in_force == 81


def test_audiences_are_the_targeted_households(dataset: Dataset) -> None:
    """27 lists with 6,589 entries, and every campaign asks for the list of its own audience."""
    assert len(dataset.audiences) == 27
    assert sum(len(audience.households) for audience in dataset.audiences) == 6_589
    assert {audience.campaign: len(audience.members()) for audience in dataset.audiences}[
        8
    ] == 1_076
    for campaign in dataset.campaigns:
        if campaign.code.startswith("cj-"):
            lists = [p.list for p in parts(campaign.when) if isinstance(p, MemberList)]
            assert lists == [f"cj-audience-{campaign.code[3:5]}"]


def test_campaigns_use_much_of_the_schema(dataset: Dataset) -> None:
    """Many kinds of conditions and rewards and every place of messages, and a few periods."""
    used = Counter(type(part) for campaign in dataset.campaigns for part in parts(campaign))
    kinds = {
        *(conditions.All, conditions.Any, conditions.Not, conditions.ReceiptAmount),
        *(conditions.ReceiptQuantity, conditions.ContainsGoods, conditions.Place),
        *(Identified, Tier, MemberList, conditions.Coupon, Budget),
        *(rewards.Percent, rewards.Amount, PointsPercent, PointsAmount),
    }
    assert kinds <= set(used)
    limits = {limit.period for campaign in dataset.campaigns for limit in campaign.limits}
    assert limits == {Period.DAY, Period.WEEK, Period.LIFETIME}
    places = {message.place for campaign in dataset.campaigns for message in campaign.messages}
    assert places == set(MessagePlace)
