"""Two campaigns that together break a floor or the discount cap, shown on a basket of one line.

Each of them alone is granted in full there. What keeps them apart on real receipts (conditions,
limits, budgets) is left out, unless it obviously always does; so a warning says what can happen,
and shows it with the engine itself. Rewards whose value depends on the member are not tried.
"""

from __future__ import annotations

import datetime as dt
from itertools import islice
from typing import TYPE_CHECKING, Final

from checkout.engine.catalogue import Catalogue, compile_shard, shard_products
from checkout.engine.compiled import CompiledCampaign, CompiledProgram, CompiledSnapshot
from checkout.engine.evaluate import Explain, evaluate
from checkout.engine.facts import Facts
from checkout.engine.near_misses import ANY_SKU
from checkout.engine.outcome import CutBy
from checkout.engine.places import CompiledStore
from checkout.engine.problems.claims import Claim, claims_of
from checkout.engine.problems.impossible import check_possible
from checkout.engine.problems.problem import Problem
from checkout.engine.problems.shared_articles import Articles, pairs_that_meet
from checkout.engine.receipt import Line, Receipt
from checkout.engine.schema.conditions import InSchedule
from checkout.engine.schema.rewards import Amount, FixedPrice, Percent
from checkout.engine.schema.schedule import Schedule
from checkout.engine.schema.snapshot import Store
from checkout.primitives import UNIT_MILLI, format_minor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.outcome import Cut, Outcome
    from checkout.engine.problems.known import Ground
    from checkout.engine.problems.shared_articles import Pair
    from checkout.engine.schema.campaign import Campaign
    from checkout.engine.schema.program import Program
    from checkout.engine.schema.snapshot import Snapshot

#: Pairs of campaigns of a program that are looked at.
PAIRS_MAX: Final = 2_000
#: The price of the witness, in whole units of money, unless the goods name other prices.
_PRICE: Final = 100
#: Any moment: schedules are left out.
_NOW: Final = dt.datetime(2026, 1, 1, 12)  # noqa: DTZ001 - local by its nature
_STORE: Final = "witness"
_BROKEN: Final = {
    CutBy.FLOOR: "the price leaves no more",
    CutBy.CAP: "the program's discount cap leaves no more",
}


class Witnesses:
    """Finds witnesses against pairs of campaigns; what all programs of a snapshot share is kept."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Index the articles once."""
        self._partner = snapshot.partner
        self._articles = Articles(snapshot)
        shards = [compile_shard(products) for products in shard_products(snapshot.products)]
        self._catalogue = Catalogue(shards, snapshot.categories)

    def breaking_together(self, ground: Ground) -> Iterator[Problem]:
        """Warnings about the first pairs of campaigns of a program, in the order of the rules."""
        stripped = [bare for each in ground.campaigns.values() if (bare := _stripped(each)).rewards]
        program = ground.program.model_copy(update={"limits": ()})
        compiled = {each.code: CompiledCampaign(each) for each in stripped}
        found = pairs_that_meet(stripped, program, self._articles)
        for pair in islice(found, PAIRS_MAX):
            if _are_kept_apart(pair, ground):
                continue
            campaigns = [compiled[pair.one.code], compiled[pair.other.code]]
            for sku in pair.skus or [ANY_SKU]:
                price = _price_minor(pair, _PRICE * 10**self._partner.currency.exponent)
                cut = self._witness(program, campaigns, _line(sku, price))
                if cut is not None:
                    yield self._warning(pair, cut, sku, price)
                    break

    def _witness(
        self, program: Program, campaigns: list[CompiledCampaign], line: Line
    ) -> Cut | None:
        """What is cut of the two together on a line on which each alone is granted in full."""
        for campaign in campaigns:
            alone = self._evaluated(program, [campaign], line)
            if alone.cuts or not alone.discount_minor:
                return None
        together = self._evaluated(program, campaigns, line)
        return next((cut for cut in together.cuts if cut.by in _BROKEN), None)

    def _evaluated(
        self, program: Program, campaigns: list[CompiledCampaign], line: Line
    ) -> Outcome:
        """The line sold in a shop that has only these campaigns."""
        compiled = CompiledProgram(program, self._catalogue)
        for campaign in campaigns:
            compiled.add(campaign)
        store = Store(code=_STORE, chain=_STORE, program=program.code, name=_STORE)
        snapshot = CompiledSnapshot(
            self._partner.code,
            self._partner.currency,
            self._catalogue,
            {_STORE: CompiledStore(store)},
            {program.code: compiled},
        )
        receipt = Receipt(store=_STORE, local_time=_NOW, lines=(line,))
        return evaluate(snapshot, Facts(), receipt, Explain.NONE)

    def _warning(self, pair: Pair, cut: Cut, sku: str, price_minor: int) -> Problem:
        exponent = self._partner.currency.exponent
        other = pair.one if pair.other.code == cut.campaign else pair.other
        price, wanted, granted = (
            format_minor(minor, exponent)
            for minor in (price_minor, cut.wanted_minor, cut.granted_minor)
        )
        article = "any article" if sku == ANY_SKU else sku
        return Problem(
            f"campaigns[{cut.campaign}]",
            f"together with {other.code!r} it may want too much: on {article} for {price} it"
            f" wants {wanted} and is granted {granted}, {_BROKEN[cut.by]}",
        )


def _stripped(campaign: Campaign) -> Campaign:
    """A campaign of which nothing is left but discounts of a plain value."""
    rewards = tuple(
        reward
        for reward in campaign.rewards
        if isinstance(reward, Percent | Amount | FixedPrice)
        and not reward.by_member
        and not reward.personal
    )
    return campaign.model_copy(
        update={
            "schedule": Schedule(),
            "when": None,
            "rewards": rewards,
            "issues": (),
            "limits": (),
            "budget": None,
            "messages": (),
        }
    )


def _are_kept_apart(pair: Pair, ground: Ground) -> bool:
    """Whether conditions and schedules of the two obviously never hold at once."""
    one, other = (ground.campaigns[each.code] for each in (pair.one, pair.other))
    conditions = [when for when in (one.when, other.when) if when is not None]
    if other.schedule != Schedule():
        conditions.append(InSchedule(schedule=other.schedule))
    claims = [claim for each in conditions for claim in claims_of(Claim("", each))]
    return any(check_possible(claims, one, ground))


def _price_minor(pair: Pair, usual_minor: int) -> int:
    """The usual price, or the nearest to it that the goods of both name."""
    price = usual_minor
    for campaign in (pair.one, pair.other):
        for reward in campaign.rewards:
            goods = getattr(reward, "goods", None)
            if goods is not None and goods.price_min_minor is not None:
                price = max(price, goods.price_min_minor)
            if goods is not None and goods.price_max_minor is not None:
                price = min(price, goods.price_max_minor)
    return price


def _line(sku: str, price_minor: int) -> Line:
    return Line(
        position=1,
        sku=sku,
        quantity_milli=UNIT_MILLI,
        price_minor=price_minor,
        amount_minor=price_minor,
    )
