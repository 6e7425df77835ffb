"""Goods that mean no article of the catalogue as it is today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.problems.choices import COUNTED, kinds_of
from checkout.engine.problems.problem import Problem
from checkout.engine.problems.reward_goods import goods_needed
from checkout.engine.schema import conditions as schema
from checkout.engine.schema.goods import Goods

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.problems.articles import Articles
    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.campaign import Campaign
    from checkout.engine.schema.conditions import Condition

_OF_GOODS = (
    schema.ReceiptAmount,
    schema.ReceiptQuantity,
    schema.DistinctGoods,
    schema.ContainsGoods,
)


def warn_of_goods(path: str, campaign: Campaign, articles: Articles) -> Iterator[Problem]:
    """Goods of a campaign's rewards, conditions and limits."""
    if not articles.known:
        return
    if campaign.when is not None:
        yield from _of_condition(f"{path}.when", campaign.when, articles)
    for i, reward in enumerate(campaign.rewards):
        for field, goods in goods_needed(reward):
            yield from _check(f"{path}.rewards[{i}]{field}", goods, articles)
    for limit in campaign.limits:
        yield from _check(f"{path}.limits[{limit.code}].goods", limit.goods, articles)


def warn_of_program_goods(path: str, ground: Ground, articles: Articles) -> Iterator[Problem]:
    """Goods of a program."""
    program = ground.program
    if not articles.known:
        return
    yield from _check(f"{path}.accrual.goods", program.accrual.goods, articles)
    for i, cap in enumerate(program.redemption.goods_caps):
        yield from _check(f"{path}.redemption.goods_caps[{i}].goods", cap.goods, articles)
    for series in program.certificates:
        yield from _check(f"{path}.certificates[{series.code}].goods", series.goods, articles)
    for limit in program.limits:
        yield from _check(f"{path}.limits[{limit.code}].goods", limit.goods, articles)


def _of_condition(path: str, condition: Condition, articles: Articles) -> Iterator[Problem]:
    match condition:
        case schema.All() | schema.Any():
            for i, part in enumerate(condition.of):
                yield from _of_condition(f"{path}.of[{i}]", part, articles)
        case schema.Not():
            yield from _of_condition(f"{path}.of", condition.of, articles)
        case _ if isinstance(condition, _OF_GOODS):
            yield from _check(f"{path}.goods", condition.goods, articles)
        case _:
            pass


def _check(path: str, goods: Goods | None, articles: Articles) -> Iterator[Problem]:
    if goods is None or goods == Goods() or not kinds_of(goods, COUNTED) & COUNTED:
        return
    meant = articles.meant(goods)
    if not meant:
        yield Problem(path, "no article is meant by this, in the catalogue as it is")
    elif not meant & articles.known:
        yield Problem(
            path, "no article of the catalogue is meant by this, only such as it does not know"
        )
