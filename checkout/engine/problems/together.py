"""Two campaigns that together break a floor or the discount cap, shown on a basket of one line.

Each of them alone is granted in full there. What keeps them apart on real receipts (conditions,
limits, budgets) is left out, unless it obviously always does; so a warning says what can happen,
and shows it with the engine itself. Values of personal offers are not tried.
"""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Final

from checkout.engine.catalogue import Catalogue, compile_shard, shard_products
from checkout.engine.compiled import CompiledCampaign, CompiledProgram, CompiledSnapshot
from checkout.engine.evaluate import Explain, evaluate
from checkout.engine.facts import Facts
from checkout.engine.near_misses import ANY_SKU
from checkout.engine.outcome import CutBy
from checkout.engine.places import CompiledStore
from checkout.engine.problems.alternatives import Together
from checkout.engine.problems.baskets import baskets_for
from checkout.engine.problems.claims import Claim, claims_of, seen_by_others
from checkout.engine.problems.problem import Problem
from checkout.engine.problems.shared_articles import pairs_that_meet
from checkout.engine.problems.shown import counted
from checkout.engine.receipt import Receipt
from checkout.engine.schema.campaign import Discount
from checkout.engine.schema.schedule import Schedule
from checkout.engine.schema.snapshot import Store
from checkout.engine.told import ToldNumber, told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.outcome import Cut, Outcome
    from checkout.engine.problems.articles import Articles
    from checkout.engine.problems.baskets import Basket
    from checkout.engine.problems.known import Ground
    from checkout.engine.problems.shared_articles import Pair
    from checkout.engine.schema.campaign import Campaign
    from checkout.engine.schema.program import Program
    from checkout.engine.schema.snapshot import Partner, Snapshot

#: Pairs of campaigns of a program that are tried, and sales that they are tried on.
PAIRS_MAX: Final = 2_000
SALES_MAX: Final = 20_000
#: The price of the witness, in whole units of money, unless the rules name other ones.
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

    def __init__(self, snapshot: Snapshot, articles: Articles) -> None:
        """Nothing is compiled before a pair is tried."""
        self._snapshot = snapshot
        self._partner = snapshot.partner
        self._articles = articles

    @cached_property
    def _catalogue(self) -> Catalogue:
        shards = [compile_shard(products) for products in shard_products(self._snapshot.products)]
        return Catalogue(shards, self._snapshot.categories)

    def breaking_together(self, ground: Ground) -> Iterator[Problem]:
        """Warnings about the first pairs of campaigns of a program, in the order of the rules."""
        stripped = [bare for each in ground.campaigns.values() if (bare := _stripped(each)).rewards]
        program = ground.program.model_copy(update={"limits": ()})
        shop: _Shop | None = None
        pairs = pairs_that_meet(stripped, program, self._articles)
        for tried, pair in enumerate(pairs):
            shop = shop or _Shop(self._partner, program, self._catalogue, stripped)
            if pair is None or tried == PAIRS_MAX or shop.sales >= SALES_MAX:
                yield Problem(
                    f"programs[{program.code}]",
                    told(
                        "there are many campaigns that can meet: only the first {tried} were "
                        "tried together, others may break a price or the discount cap, too",
                        tried=counted(tried, "pair"),
                    ),
                )
                return
            if not _are_kept_apart(pair, ground):
                yield from islice(self._warnings(pair, shop, program), 1)

    def _warnings(self, pair: Pair, shop: _Shop, program: Program) -> Iterator[Problem]:
        usual = _PRICE * 10**self._partner.currency.exponent
        for sku in pair.skus or [ANY_SKU]:
            for basket in baskets_for(pair, sku, usual, program.discount_cap):
                cut = shop.witness(pair, basket)
                if cut is not None:
                    yield self._warning(pair, cut, basket)

    def _warning(self, pair: Pair, cut: Cut, basket: Basket) -> Problem:
        exponent = self._partner.currency.exponent
        other = pair.one if pair.other.code == cut.campaign else pair.other
        price, wanted, granted = (
            ToldNumber(minor, exponent)
            for minor in (basket.price_minor, cut.wanted_minor, cut.granted_minor)
        )
        article = told("any article") if basket.sku == ANY_SKU else basket.sku
        paid: str = price
        if basket.units > 1:
            article = told("{units} × {article}", units=basket.units, article=article)
            paid = told("{price} each", price=price)
        if basket.lowest_minor:
            lowest = ToldNumber(basket.lowest_minor, exponent)
            paid = told("{price} with a lowest price of {lowest}", price=paid, lowest=lowest)
        if basket.tier:
            paid = told("{price} bought by a member of tier {tier!r}", price=paid, tier=basket.tier)
        elif basket.segment:
            paid = told(
                "{price} bought by a member of segment {segment!r}",
                price=paid,
                segment=basket.segment,
            )
        return Problem(
            f"campaigns[{cut.campaign}]",
            told(
                "together with {code!r} it may want too much: on {article} for "
                "{price} it wants {wanted} and is granted {granted}, {why}",
                code=other.code,
                article=article,
                price=paid,
                wanted=wanted,
                granted=granted,
                why=told(_BROKEN[cut.by]),
            ),
        )


class _Shop:
    """A shop that sells to one customer at a time, with one or two campaigns only."""

    __slots__ = ("_alone", "_campaigns", "_catalogue", "_partner", "_program", "sales")

    def __init__(
        self,
        partner: Partner,
        program: Program,
        catalogue: Catalogue,
        campaigns: list[Campaign],
    ) -> None:
        self._partner = partner
        self._program = program
        self._catalogue = catalogue
        self._campaigns = {each.code: each for each in campaigns}
        self._alone: dict[tuple[str, Basket], bool] = {}
        #: How many there were.
        self.sales = 0

    def witness(self, pair: Pair, basket: Basket) -> Cut | None:
        """What is cut of two together in a basket in which each alone is granted in full."""
        if not all(self._is_granted(each.code, basket) for each in (pair.one, pair.other)):
            return None
        together = self._sold([pair.one.code, pair.other.code], basket)
        return next((cut for cut in together.cuts if cut.by in _BROKEN), None)

    def _is_granted(self, code: str, basket: Basket) -> bool:
        found = self._alone.get((code, basket))
        if found is None:
            alone = self._sold([code], basket)
            found = self._alone[code, basket] = bool(alone.discount_minor) and not alone.cuts
        return found

    def _sold(self, codes: list[str], basket: Basket) -> Outcome:
        self.sales += 1
        compiled = CompiledProgram(self._program, self._catalogue)
        for code in codes:
            compiled.add(CompiledCampaign(self._campaigns[code]))
        store = Store(code=_STORE, chain=_STORE, program=self._program.code, name=_STORE)
        snapshot = CompiledSnapshot(
            self._partner.code,
            self._partner.currency,
            self._catalogue,
            {_STORE: CompiledStore(store)},
            {self._program.code: compiled},
        )
        receipt = Receipt(store=_STORE, local_time=_NOW, lines=(basket.line,))
        return evaluate(snapshot, Facts(member=basket.member), receipt, Explain.NONE)


def _stripped(campaign: Campaign) -> Campaign:
    """A campaign of which nothing is left but discounts that do not depend on an offer."""
    rewards = tuple(
        reward
        for reward in campaign.rewards
        if isinstance(reward, Discount) and not getattr(reward, "personal", False)
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
    claims = seen_by_others(claim for each in conditions for claim in claims_of(Claim("", each)))
    together = Together(claims, (one.schedule, other.schedule), ground)
    return together.problem() is not None
