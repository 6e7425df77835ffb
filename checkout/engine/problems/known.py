"""What the rules of one program may refer to: dictionaries, lanes, neighbouring campaigns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.lifecycle import Lifecycle
from checkout.engine.problems.places import Places
from checkout.engine.schema.program import LanePhase

if TYPE_CHECKING:
    from checkout.engine.schema.campaign import Campaign
    from checkout.engine.schema.program import Program
    from checkout.engine.schema.snapshot import AttributeType, Snapshot

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
        "first_lane",
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
        codes: dict[str, frozenset[str]],
        article_attributes: dict[str, frozenset[str]],
        member_attributes: dict[str, AttributeType],
        campaigns: dict[str, Campaign],
        places: Places,
        money_exponent: int,
    ) -> None:
        """Add what the program itself declares to what the partner declares."""
        self.program = program
        self.codes = codes | {
            "campaign": frozenset(campaigns),
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
        #: The first lane in which a campaign may grant something; one without rewards is absent.
        self.first_lane = {
            campaign.code: min(lanes)
            for campaign in campaigns.values()
            if (lanes := self.places_of(campaign))
        }

    def places_of(self, campaign: Campaign) -> list[int]:
        """The places of the lanes in which a campaign has rewards."""
        order = self.lane_order
        return [order[reward.lane] for reward in campaign.rewards if reward.lane in order]


def grounds_of(snapshot: Snapshot) -> dict[str, Ground]:
    """What rules may refer to, by program."""
    codes = _partner_codes(snapshot)
    values: dict[str, set[str]] = {}
    for product in snapshot.products:
        for name, value in product.attributes.items():
            values.setdefault(name, set()).add(value)
    article_attributes = {name: frozenset(found) for name, found in values.items()}
    campaigns: dict[str, dict[str, Campaign]] = {program.code: {} for program in snapshot.programs}
    for campaign in snapshot.campaigns:
        campaigns.setdefault(campaign.program, {})[campaign.code] = campaign
    return {
        program.code: Ground(
            program,
            codes,
            article_attributes,
            snapshot.words.attributes,
            campaigns[program.code],
            Places(each for each in snapshot.stores if each.program == program.code),
            snapshot.partner.currency.exponent,
        )
        for program in snapshot.programs
    }


def _partner_codes(snapshot: Snapshot) -> dict[str, frozenset[str]]:
    products, stores, words = snapshot.products, snapshot.stores, snapshot.words
    taken = frozenset(each.code for program in snapshot.programs for each in program.certificates)
    return {
        "product": frozenset(product.sku for product in products),
        "category": frozenset(category.code for category in snapshot.categories),
        "brand": frozenset(product.brand for product in products if product.brand),
        "supplier": frozenset(product.supplier for product in products if product.supplier),
        "product tag": frozenset(tag for product in products for tag in product.tags),
        "store": frozenset(store.code for store in stores),
        "chain": frozenset(chain.code for chain in snapshot.chains),
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
            gift.code for program in snapshot.programs for gift in program.gifts
        ),
    }
