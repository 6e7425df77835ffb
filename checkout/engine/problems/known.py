"""What the rules of one program may refer to: dictionaries, lanes, neighbouring campaigns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.lifecycle import Lifecycle
from checkout.engine.problems.places import Places
from checkout.engine.schema.program import LanePhase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from checkout.engine.catalogue import CatalogueProduct
    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.places import CompiledStore
    from checkout.engine.schema.campaign import Campaign
    from checkout.engine.schema.program import Program
    from checkout.engine.schema.snapshot import AttributeType, Product, Snapshot, Store, Words

#: Where managers declare the words of their own; other codes come with goods and places.
DECLARED_IN: Final = {
    "segment": "words.segments",
    "member tag": "words.tags",
    "member attribute": "words.attributes",
    "activity": "words.activities",
    "card type": "words.card_types",
    "lifecycle": "words.lifecycles",
    "consent": "words.consents",
    "member list": "words.member_lists",
    "coupon series": "words.coupon_series",
    "certificate series": "words.certificate_series, beside the certificates of programs,",
    "gift": "words.gifts, beside the gifts of programs,",
}


class Ground:
    """All that a rule of one program may name.

    `codes` holds the codes of each kind by the noun under which a problem names them.
    """

    __slots__ = (
        "article_attributes",
        "campaigns",
        "codes",
        "lane_order",
        "main_currency",
        "member_attributes",
        "money_exponent",
        "phases",
        "places",
        "points_exponents",
        "program",
    )

    def __init__(
        self,
        program: Program,
        codes: Mapping[str, AbstractSet[str]],
        article_attributes: Mapping[str, AbstractSet[str]],
        member_attributes: dict[str, AttributeType],
        campaigns: Mapping[str, Campaign],
        places: Places,
        money_exponent: int,
    ) -> None:
        """Add what the program itself declares to what the partner declares."""
        self.program = program
        self.codes: dict[str, AbstractSet[str]] = {
            **codes,
            "campaign": campaigns.keys(),
            "currency": frozenset(currency.code for currency in program.currencies),
            "tier": frozenset(tier.code for tier in program.tiers),
        }
        if program.lifecycle is not None:
            self.codes["lifecycle"] |= frozenset(Lifecycle)
        #: Values of the catalogue's attributes, by name.
        self.article_attributes = article_attributes
        self.member_attributes = member_attributes
        self.campaigns = campaigns
        self.places = places
        #: Decimals of the partner's money, and of each currency of points.
        self.money_exponent = money_exponent
        self.points_exponents = {each.code: each.exponent for each in program.currencies}
        self.main_currency = program.currencies[0].code
        self.phases = {lane.code: lane.phase for lane in program.lanes}
        ordered = [lane.code for lane in program.lanes if lane.phase is LanePhase.DISCOUNT]
        ordered += [lane.code for lane in program.lanes if lane.phase is LanePhase.ACCRUAL]
        #: The place of each lane in the work on a receipt: discounts first, then points.
        self.lane_order = {code: i for i, code in enumerate(ordered)}

    def first_lane(self, code: str) -> int:
        """The place of the first lane in which a campaign may grant something; without one, -1."""
        return min(self.places_of(self.campaigns[code]), default=-1)

    def places_of(self, campaign: Campaign) -> list[int]:
        """The places of the lanes in which a campaign has rewards."""
        order = self.lane_order
        return [order[reward.lane] for reward in campaign.rewards if reward.lane in order]


class ArticleWords:
    """What rules may name of articles: their codes, and what the catalogue says of them."""

    __slots__ = ("attributes", "brands", "skus", "suppliers", "tags")

    def __init__(self) -> None:
        """Start without articles."""
        self.skus: set[str] = set()
        self.brands: set[str] = set()
        self.suppliers: set[str] = set()
        self.tags: set[str] = set()
        #: Values by name.
        self.attributes: dict[str, set[str]] = {}

    def add(self, sku: str, product: CatalogueProduct | Product) -> None:
        """Take an article in."""
        self.skus.add(sku)
        if product.brand:
            self.brands.add(product.brand)
        if product.supplier:
            self.suppliers.add(product.supplier)
        if product.tags:
            self.tags.update(product.tags)
        for name, value in product.attributes.items():
            self.attributes.setdefault(name, set()).add(value)


def grounds_of(snapshot: Snapshot) -> dict[str, Ground]:
    """What rules may refer to, by program."""
    articles = ArticleWords()
    for product in snapshot.products:
        articles.add(product.sku, product)
    campaigns: dict[str, dict[str, Campaign]] = {program.code: {} for program in snapshot.programs}
    for campaign in snapshot.campaigns:
        campaigns.setdefault(campaign.program, {})[campaign.code] = campaign
    codes = {
        **_codes(snapshot.programs, snapshot.stores, snapshot.words, articles),
        "category": frozenset(category.code for category in snapshot.categories),
        "chain": frozenset(chain.code for chain in snapshot.chains),
    }
    exponent = snapshot.partner.currency.exponent
    return {
        program.code: _ground(
            program, codes, articles, snapshot.words, campaigns, snapshot.stores, exponent
        )
        for program in snapshot.programs
    }


def grounds_of_compiled(
    snapshot: CompiledSnapshot,
    articles: ArticleWords,
    campaigns: Mapping[str, Mapping[str, Campaign]],
) -> dict[str, Ground]:
    """The same for rules that were compiled: with their articles, and campaigns by program."""
    programs = [program.document for program in snapshot.programs.values()]
    stores = list(snapshot.stores.values())
    codes = {
        **_codes(programs, stores, snapshot.words, articles),
        "category": snapshot.catalogue.categories,
        "chain": snapshot.chains,
    }
    exponent = snapshot.currency.exponent
    return {
        program.code: _ground(program, codes, articles, snapshot.words, campaigns, stores, exponent)
        for program in programs
    }


def _ground(
    program: Program,
    codes: Mapping[str, AbstractSet[str]],
    articles: ArticleWords,
    words: Words,
    campaigns: Mapping[str, Mapping[str, Campaign]],
    stores: Iterable[Store | CompiledStore],
    money_exponent: int,
) -> Ground:
    return Ground(
        program,
        codes,
        articles.attributes,
        words.attributes,
        campaigns[program.code],
        Places(each for each in stores if each.program == program.code),
        money_exponent,
    )


def _codes(
    programs: Sequence[Program],
    stores: Sequence[Store | CompiledStore],
    words: Words,
    articles: ArticleWords,
) -> dict[str, AbstractSet[str]]:
    taken = frozenset(each.code for program in programs for each in program.certificates)
    return {
        "product": articles.skus,
        "brand": articles.brands,
        "supplier": articles.suppliers,
        "product tag": articles.tags,
        "store": frozenset(store.code for store in stores),
        "store format": frozenset(store.format for store in stores if store.format),
        "store region": frozenset(store.region for store in stores if store.region),
        "segment": frozenset(words.segments),
        "member tag": frozenset(words.tags),
        "member attribute": frozenset(words.attributes),
        "activity": frozenset(words.activities),
        "card type": frozenset(words.card_types),
        "lifecycle": frozenset(words.lifecycles),
        "consent": frozenset(words.consents),
        "member list": frozenset(words.member_lists),
        "coupon series": frozenset(words.coupon_series),
        "certificate series": taken | frozenset(words.certificate_series),
        "certificate series taken": taken,
        "gift": frozenset(words.gifts).union(
            gift.code for program in programs for gift in program.gifts
        ),
    }
