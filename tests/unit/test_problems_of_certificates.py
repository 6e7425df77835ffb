"""Series of certificates and passes that lead nowhere, and such as a manager should look at."""

from __future__ import annotations

import copy

import pytest

from checkout.engine.documents import InvalidDocumentError, parse_snapshot
from checkout.engine.problems import check_snapshot
from checkout.engine.problems.warnings import warnings_of
from tests.unit.faults_in_russian import in_both
from tests.unit.spoiled_rules import (
    MILK,
    PROGRAM,
    RULES,
    TEA,
    Case,
    Doc,
    campaign,
    expect_one,
    problems_of,
    problems_of_campaign,
    problems_of_program,
)

GIFT: Doc = {"code": "gift", "name": "Gift card"}
COFFEE: Doc = {"code": "coffee", "name": "Ten coffees", "kind": "pass", "goods": TEA}
THIRD: Doc = {"code": "three", "chain": "chain", "program": "other", "name": "Three"}
SERIES: list[Case] = [
    ({"code": "coffee"}, "[coffee]", "the code stands 2 times"),
    ({"goods": {"skus": ["bun"]}}, "[gift].goods.skus", "no product 'bun'"),
    ({"goods": {"offered": True}}, "[gift].goods", "offered works only there"),
    ({"goods": MILK | {"but_not": MILK}}, "[gift].goods.but_not", "nothing is left"),
    ({"goods": MILK | {"within": TEA}}, "[gift].goods.within", "lies within this"),
    (
        {"goods": {"kinds": ["goods", "delivery"]}},
        "[gift].goods.kinds",
        "delivery stands alone",
    ),
    (
        {"kind": "pass", "goods": {"flags": ["weighed"]}},
        "[gift].goods.flags",
        "lines marked weighed are no whole units: no pass pays for them",
    ),
    ({"stores": ["nine"]}, "[gift].stores", "no store 'nine'"),
    ({"stores": ["three"]}, "[gift].stores", "no store of the program is among these"),
    ({"sold_as": ["bun"]}, "[gift].sold_as", "no product 'bun'"),
    ({"sold_as": ["tea"]}, "[gift].sold_as", "the sale of 'tea' activates series 'coffee'"),
    (
        {"dates": {"days": 365, "months": 12}},
        "[gift].dates",
        "days and months each say when certificates expire",
    ),
]


def program(*series: Doc) -> Doc:
    """A program that takes some series."""
    return PROGRAM | {"certificates": list(series)}


def warnings(programs: list[Doc], *campaigns: Doc) -> list[tuple[str, str]]:
    """Warnings about rules that have no problem."""
    rules = {"programs": programs, "campaigns": list(campaigns) or campaign()}
    snapshot = parse_snapshot(copy.deepcopy(RULES) | rules)
    assert check_snapshot(snapshot) == []
    return in_both(warnings_of(snapshot), [RULES, rules])


def test_series_of_every_form_are_taken() -> None:
    """Nothing is wrong with these, and nobody has to look at them."""
    series = [
        GIFT | {"face": 100_000, "dates": {"months": 12}},
        COFFEE | {"face": 10, "stores": ["one"], "sold_as": ["tea"]},
        {"code": "visit", "name": "One visit", "kind": "pass", "once": True, "face": 1},
        {"code": "van", "name": "Delivery", "kind": "pass", "goods": {"kinds": ["delivery"]}},
        {"code": "bonus", "name": "Bonus", "once": True, "goods": {"flags": ["weighed"]}},
    ]
    assert problems_of_program({"certificates": series}) == []
    assert warnings([program(*series)]) == []


@pytest.mark.parametrize(("changes", "field", "sentence"), SERIES)
def test_a_series_that_leads_nowhere_is_refused(changes: Doc, field: str, sentence: str) -> None:
    """One fault, by the path of its field, beside a series that is right."""
    sold = COFFEE | {"sold_as": ["tea"]}
    other = PROGRAM | {"code": "other"}
    found = problems_of(
        programs=[program(sold, GIFT | changes), other], stores=[*RULES["stores"], THIRD]
    )
    expect_one(found, f"programs[club].certificates{field}", sentence)


@pytest.mark.parametrize(
    "changes", [{"face": 0}, {"face": -5}, {"kind": "coins"}, {"name": " "}, {"left": 5}]
)
def test_a_series_that_breaks_the_schema_is_refused(changes: Doc) -> None:
    """A face of nothing, a kind that there is not, a name that nobody reads."""
    document = copy.deepcopy(RULES) | {"programs": [program(GIFT | changes)]}
    with pytest.raises(InvalidDocumentError) as refused:
        parse_snapshot(document)
    (name,) = changes
    assert refused.value.problems[0].field == f"programs[club].certificates[gift].{name}"


def test_two_programs_take_a_series_as_the_same_thing() -> None:
    """Five rubles left of a certificate are not five coffees."""
    other = program(COFFEE) | {"code": "other"}
    stores = [*RULES["stores"], THIRD]
    assert problems_of(programs=[program(COFFEE, GIFT), other], stores=stores) == []
    found = problems_of(programs=[program(COFFEE | {"kind": "money"}), other], stores=stores)
    expect_one(found, "programs[other].certificates[coffee].kind", "'club' takes the same series")


def test_what_a_campaign_issues_is_of_a_series_that_is_known() -> None:
    """Among the words of the partner, or one that some program takes."""
    issues = [{"kind": "issue_certificate", "series": "gift", "amount_minor": 500}]
    unknown = problems_of_campaign({"issues": issues})
    expect_one(unknown, "campaigns[c].issues[0].series", "beside the certificates of programs")
    other = program(GIFT) | {"code": "other"}
    stores = [*RULES["stores"], THIRD]
    rules = campaign(issues=issues)
    assert problems_of(programs=[PROGRAM, other], campaigns=rules, stores=stores) == []


STRANGE = [
    ([GIFT, COFFEE | {"name": "Gift card"}], "[coffee].name", "series 'gift' has the same name"),
    ([COFFEE | {"once": True, "face": 10}], "[coffee].once", "of 10 units, of which one sale"),
    ([COFFEE | {"once": True}], "[coffee].once", "of several units"),
    (
        [GIFT | {"goods": {"price_max_minor": 0, "flags": ["alcohol"]}}],
        "[gift].goods",
        "no article",
    ),
]


@pytest.mark.parametrize(("series", "field", "sentence"), STRANGE)
def test_strange_series_are_pointed_out(series: list[Doc], field: str, sentence: str) -> None:
    """They can be published: perhaps they are meant."""
    expect_one(warnings([program(*series)]), f"programs[club].certificates{field}", sentence)


def test_a_certificate_that_nobody_takes_is_pointed_out() -> None:
    """A campaign issues it, and no program lets customers pay with it."""
    issues = [{"kind": "issue_certificate", "series": "present", "amount_minor": 500}]
    found = warnings([program(GIFT)], *campaign(issues=issues))
    expect_one(found, "campaigns[c].issues[0].series", "no program takes certificates of series")
    taken = warnings([program(GIFT | {"code": "present"})], *campaign(issues=issues))
    assert taken == []
