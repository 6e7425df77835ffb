"""Choices of goods: what their lists name, and each way to narrow them down."""

from __future__ import annotations

from typing import Any

import pytest

from checkout.engine.facts import MemberState, Offer
from checkout.engine.goods import Selector
from checkout.engine.receipt import Line, LineKind
from checkout.engine.schema.goods import Goods
from tests.unit.engine_cases import case_of, delivery, line

Doc = dict[str, Any]

MILK = line("milk-1", 500, barcode="4600")
CHEESE = line("cheese", 900, 1_500, weighed=True)
WINE = line("wine", 2_000, excise=True, no_discount=True)
PENCIL = line("pencil", 100, marked=True, no_points=True)
WASH = line("wash", 700, kind=LineKind.SERVICE, category="dairy")
DELIVERY = delivery(300)
EVERYTHING = (MILK, CHEESE, WINE, PENCIL, WASH, DELIVERY)
COUNTED = {"milk-1", "cheese", "wine", "pencil", "wash"}
CAMPAIGN = "c"
MEMBER = MemberState(
    member_id="m",
    favourites=frozenset({"dairy"}),
    offers={"c": Offer(skus=frozenset({"pencil"}), categories=frozenset({"drinks"}))},
)


def meant(goods: Doc, *lines: Line, member: MemberState | None = MEMBER) -> set[str]:
    """The skus that a choice means, registered as a program's and as a campaign's."""
    found = set()
    for owner in (CAMPAIGN, None):
        selector = Selector(Goods.model_validate(goods), owner)
        case = case_of(*(lines or EVERYTHING), member=member, selectors=[selector])
        found.add(frozenset(each.sku for each in case.meant_by(selector)))
        assert all(selector in each.selectors for each in case.meant_by(selector))
        if "offered" in str(goods):
            break  # a program has no offers
    assert len(found) == 1
    return set(found.pop())


@pytest.mark.parametrize(
    ("goods", "skus"),
    [
        ({}, COUNTED),
        ({"skus": ["milk-1", "nowhere"]}, {"milk-1"}),
        ({"skus": ["wash"]}, {"wash"}),
        ({"barcodes": ["4600"]}, {"milk-1"}),
        ({"categories": ["milk"]}, {"milk-1"}),
        ({"categories": ["food"]}, {"milk-1", "cheese", "wash"}),
        ({"brands": ["Beta"]}, {"cheese"}),
        ({"suppliers": ["North"]}, {"milk-1"}),
        ({"tags": ["new"]}, {"cheese"}),
        ({"attributes": [{"name": "colour", "values": ["red", "blue"]}]}, {"wine"}),
        ({"attributes": [{"name": "colour", "values": ["blue"]}]}, set()),
        (
            {"skus": ["pencil"], "brands": ["Beta"], "barcodes": ["4600"]},
            COUNTED - {"wine", "wash"},
        ),
    ],
)
def test_a_line_is_meant_by_one_of_the_lists(goods: Doc, skus: set[str]) -> None:
    """One list that names it is enough; without lists every counted line is meant."""
    assert meant(goods) == skus


@pytest.mark.parametrize(
    ("narrowing", "skus"),
    [
        ({"kinds": ["goods"]}, COUNTED - {"wash"}),
        ({"kinds": ["service"]}, {"wash"}),
        ({"kinds": ["delivery"]}, {"delivery"}),
        ({"kinds": ["service", "delivery"]}, {"wash", "delivery"}),
        ({"flags": ["no_discount"]}, {"wine"}),
        ({"flags": ["no_points"]}, {"pencil"}),
        ({"flags": ["excise"]}, {"wine"}),
        ({"flags": ["marked"]}, {"pencil"}),
        ({"flags": ["weighed"]}, {"cheese"}),
        ({"flags": ["alcohol"]}, {"wine"}),
        ({"flags": ["tobacco"]}, set()),
        ({"flags": ["tobacco", "alcohol"]}, {"wine"}),
        ({"flags": ["alcohol", "weighed"]}, {"wine", "cheese"}),
        ({"price_min_minor": 900}, {"cheese", "wine"}),
        ({"price_min_minor": 901}, {"wine"}),
        ({"price_max_minor": 500}, {"milk-1", "pencil"}),
        ({"price_max_minor": 499}, {"pencil"}),
        ({"price_min_minor": 500, "price_max_minor": 900}, {"milk-1", "cheese", "wash"}),
        ({"favourites": True}, {"milk-1", "cheese", "wash"}),
        ({"offered": True}, {"wine", "pencil"}),
        ({"offered": True, "favourites": True}, set()),
        ({"skus": ["milk-1", "wine"], "price_min_minor": 501}, {"wine"}),
        ({"categories": ["food"], "kinds": ["service"]}, {"wash"}),
        ({"skus": ["delivery"]}, set()),
        ({"skus": ["delivery"], "kinds": ["delivery"]}, {"delivery"}),
    ],
)
def test_everything_beside_the_lists_narrows_down(narrowing: Doc, skus: set[str]) -> None:
    """Kinds, flags, prices, favourites and offers must hold, too; both bounds are inclusive."""
    assert meant(narrowing) == skus


@pytest.mark.parametrize(
    ("goods", "skus"),
    [
        ({"within": {"categories": ["food"]}}, {"milk-1", "cheese", "wash"}),
        ({"within": {"barcodes": ["4600"]}}, {"milk-1"}),
        ({"but_not": {"categories": ["food"]}}, {"wine", "pencil"}),
        ({"but_not": {"brands": ["Alpha"]}}, COUNTED - {"milk-1"}),
        ({"but_not": {"suppliers": ["North"]}}, COUNTED - {"milk-1"}),
        ({"but_not": {"tags": ["organic"]}}, COUNTED - {"cheese"}),
        ({"but_not": {"flags": ["alcohol"]}}, COUNTED - {"wine"}),
        (
            {"but_not": {"attributes": [{"name": "colour", "values": ["red"]}]}},
            COUNTED - {"wine"},
        ),
        ({"but_not": {"price_max_minor": 500}}, {"cheese", "wine", "wash"}),
        ({"but_not": {}}, set()),
        ({"within": {}}, COUNTED),
        ({"categories": ["food"], "but_not": {"skus": ["cheese"]}}, {"milk-1", "wash"}),
        (
            {"but_not": {"categories": ["food"], "but_not": {"skus": ["cheese"]}}},
            {"cheese", "wine", "pencil"},
        ),
        ({"categories": ["food"], "within": {"offered": True}}, set()),
        ({"but_not": {"offered": True}}, {"milk-1", "cheese", "wash"}),
        ({"kinds": ["delivery"], "within": {"price_max_minor": 300}}, {"delivery"}),
        ({"kinds": ["delivery"], "but_not": {"price_max_minor": 300}}, set()),
        ({"kinds": ["delivery"], "within": {"kinds": ["goods"]}}, set()),
    ],
)
def test_within_and_but_not_are_choices_of_their_own(goods: Doc, skus: set[str]) -> None:
    """They may have everything that a choice has; without kinds they mean every kind."""
    assert meant(goods) == skus


def test_a_guest_has_no_favourites_and_no_offers() -> None:
    """Choices that ask for a member's goods mean nothing for a guest, and leave nothing out."""
    assert meant({"favourites": True}, member=None) == set()
    assert meant({"offered": True}, member=None) == set()
    assert meant({"but_not": {"favourites": True}}, member=None) == COUNTED


def test_a_program_has_no_offers() -> None:
    """A personal offer is one of a campaign, so a program's choice of offered goods is empty."""
    selector = Selector(Goods(offered=True), None)
    case = case_of(PENCIL, member=MEMBER, selectors=[selector])
    assert case.meant_by(selector) == []


def test_the_catalogue_comes_before_the_line() -> None:
    """The category of a line counts only for a sku that the catalogue does not know."""
    known, unknown = line("wine", category="dairy"), line("kefir", category="dairy")
    foreign = line("soap", category="nowhere")
    assert meant({"categories": ["dairy"]}, known, unknown, foreign) == {"kefir"}


def test_one_sku_may_be_meant_on_one_line_and_not_on_another() -> None:
    """What depends on the line is asked of each line, also where the sku was seen before."""
    selector = Selector(Goods(skus=("pencil",), flags=("marked",)), CAMPAIGN)
    plain, marked = line("pencil"), line("pencil", marked=True)
    case = case_of(plain, marked, selectors=[selector])
    assert [each.till_lines[0].marked for each in case.meant_by(selector)] == [True]


def test_lines_that_are_meant_come_in_canonical_order() -> None:
    """Whoever found them: the index, or the question when it is asked."""
    named = Selector(Goods(skus=("wine", "milk-1", "cheese")), CAMPAIGN)
    priced = Selector(Goods(price_min_minor=500), CAMPAIGN)
    case = case_of(WINE, MILK, CHEESE, selectors=[named, priced])
    assert [each.sku for each in case.meant_by(named)] == ["cheese", "milk-1", "wine"]
    assert case.meant_by(priced) == case.meant_by(named)


def test_a_delivery_charge_counts_only_where_it_is_named() -> None:
    """It stands in no choice without its kind, and never among the counted lines."""
    charge = Selector(Goods(kinds=("delivery",)), None)
    case = case_of(MILK, DELIVERY, selectors=[charge])
    assert [each.sku for each in case.by_selector[charge]] == ["delivery"]
    assert [each.sku for each in case.counted] == ["milk-1"]
    assert [each.sku for each in case.meant_by(None)] == ["milk-1"]
