"""An index of offers for the plain loop: what leads to a campaign, and its tests as functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

    from checkout.engine.facts import MemberState
    from checkout.engine.receipt import Receipt
    from checkout.engine.schema.campaign import Campaign
    from checkout.engine.schema.snapshot import Snapshot

    Test = Callable[["Sale"], bool]

#: Offers by article, code, tier, segment or store; under an empty text those of every receipt.
Index = dict[str, list["Offer"]]


class Sale(NamedTuple):
    """What tests look at."""

    member: MemberState
    receipt: Receipt
    amount_minor: int


class Offer(NamedTuple):
    """What the plain loop knows of a campaign; offers sort as campaigns do.

    `number` is a rate, an amount or a price; `term` what rounds a percentage (10,000: half up);
    `bound` the units it is limited to, with `multibuy` the most on a line; 0: none.
    """

    order: tuple[int, str]
    code: str
    kind: str
    of_goods: bool
    number: int
    term: int
    bound: int
    not_with: frozenset[str]
    tests: tuple[Test, ...]


def index_of(snapshot: Snapshot) -> Index:
    """Every campaign under all that leads to it."""
    index: Index = {}
    for campaign in snapshot.campaigns:
        offer = _offer(campaign)
        for key in sorted(set(_keys(campaign, snapshot))):
            index.setdefault(key, []).append(offer)
    return index


def _offer(campaign: Campaign) -> Offer:
    reward: Any = campaign.rewards[0]
    bound = sum(limit.bound for limit in campaign.limits if limit.measure.value == "units")
    if reward.kind == "multibuy":
        number, bound = reward.effect.rate_bp, reward.maximum.line_minor or 0
    else:
        names = ("rate_bp", "amount_minor", "price_minor", "points_minor")
        number = next(n for n in (getattr(reward, name, None) for name in names) if n is not None)
    term = 0 if getattr(reward, "rounding", "half_up") == "down" else 10_000
    return Offer(
        (-campaign.priority, campaign.code),
        campaign.code,
        reward.kind,
        reward.goods is not None,
        number,
        term,
        bound,
        frozenset(campaign.not_with),
        tuple(_tests(campaign)),
    )


def _conditions(campaign: Campaign) -> tuple[Any, ...]:
    when: Any = campaign.when
    return () if when is None else when.of if when.kind == "all" else (when,)


def _tests(campaign: Campaign) -> Iterator[Test]:
    """Conditions and dates; of other kinds of conditions the benchmark's campaigns have none."""
    schedule = campaign.schedule
    if schedule.starts_at is not None and schedule.ends_at is not None:
        yield _within(schedule.starts_at, schedule.ends_at)
    for condition in _conditions(campaign):
        match condition.kind:
            case "tier":
                yield _in_tier(condition.tiers)
            case "channel":
                yield _through_channel(condition.channels)
            case "segment":
                yield _in_segment(frozenset(condition.segments))
            case "receipt_amount":
                yield _from_amount(condition.amount_minor)
            case "identified" | "coupon" | "place":
                pass  # that a key led to it says as much
            case _:
                raise ValueError(f"the plain loop knows no condition {condition.kind}")


def _within(starts_at: dt.datetime, ends_at: dt.datetime) -> Test:
    return lambda sale: starts_at <= sale.receipt.local_time < ends_at


def _in_tier(tiers: tuple[str, ...]) -> Test:
    return lambda sale: sale.member.tier in tiers


def _through_channel(channels: tuple[str, ...]) -> Test:
    return lambda sale: sale.receipt.channel in channels


def _in_segment(segments: frozenset[str]) -> Test:
    return lambda sale: not sale.member.segments.isdisjoint(segments)


def _from_amount(least_minor: int) -> Test:
    return lambda sale: sale.amount_minor >= least_minor


def _keys(campaign: Campaign, snapshot: Snapshot) -> Iterator[str]:
    goods = getattr(campaign.rewards[0], "goods", None)
    if goods is not None:
        but_not = goods.but_not.skus if goods.but_not is not None else ()
        yield from goods.skus
        for product in snapshot.products:
            named = product.category in goods.categories or product.brand in goods.brands
            if named and product.sku not in but_not:
                yield product.sku
        return
    for condition in _conditions(campaign):
        match condition.kind:
            case "coupon":
                yield condition.code
            case "tier":
                yield from condition.tiers
            case "segment":
                yield from condition.segments
            case "place":
                yield from condition.stores
            case _:
                continue
        return
    yield ""
