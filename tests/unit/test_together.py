"""Two campaigns that together take more than a price or the discount cap allows."""

from __future__ import annotations

import copy
import io
from typing import TYPE_CHECKING

import orjson
import pytest

from checkout.engine.documents import parse_snapshot
from checkout.engine.problems import check_snapshot, shared_articles, together
from checkout.engine.problems.warnings import warnings_of
from checkout.stories.check import check_file
from tests.unit.faults_in_russian import in_both
from tests.unit.spoiled_rules import LIMIT, MILK, MULTIBUY, PERCENT, PROGRAM, RULES, TEA, Doc

if TYPE_CHECKING:
    from pathlib import Path

#: Prices before our discounts: there two halves take everything.
ORIGINAL: Doc = PROGRAM | {
    "lanes": [
        {"code": "off", "phase": "discount", "base": "original"},
        {"code": "late", "phase": "discount"},
        {"code": "best", "phase": "discount", "policy": "best"},
    ]
}
PATH = "programs[club]"
SIXTY = PERCENT | {"rate_bp": 6_000}
HALF = PERCENT | {"rate_bp": 5_000}
HUNDRED: Doc = {"kind": "amount", "lane": "late", "amount_minor": 10_000}


def named(code: str, *rewards: Doc, **rest: object) -> Doc:
    return {"code": code, "program": "club", "name": code, "rewards": list(rewards), **rest}


def rules(*campaigns: Doc, program: Doc = ORIGINAL) -> Doc:
    return copy.deepcopy(RULES) | {"programs": [program], "campaigns": list(campaigns)}


def warned(*campaigns: Doc, program: Doc = ORIGINAL) -> list[tuple[str, str]]:
    """Warnings of two campaigns that want too much together."""
    snapshot = parse_snapshot(rules(*campaigns, program=program))
    assert check_snapshot(snapshot) == []
    found = in_both(warnings_of(snapshot), [RULES, program, campaigns])
    return [each for each in found if "together with" in each[1]]


def test_two_discounts_that_take_more_than_the_price_are_shown() -> None:
    """The warning names both, the article, the price, what was wanted and what was granted."""
    ((field, sentence),) = warned(named("a", HALF), named("b", SIXTY))
    assert field == "campaigns[b]"
    assert sentence == (
        "together with 'a' it may want too much: on milk for 100.00 it wants 60.00 and is"
        " granted 50.00, the price leaves no more"
    )


def test_the_cap_of_the_program_is_broken_as_the_price_is() -> None:
    """Each fits under the cap alone, both do not."""
    capped = ORIGINAL | {"discount_cap": {"rate_bp": 7_000}}
    ((field, sentence),) = warned(named("a", HALF), named("b", HALF), program=capped)
    assert field == "campaigns[b]"
    assert "wants 50.00 and is granted 20.00, the program's discount cap" in sentence


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (named("a", HALF), named("b", HUNDRED)),
        (named("a", HALF | {"goods": {"categories": ["food"]}}), named("b", SIXTY)),
        (named("a", HALF | {"goods": MILK}), named("b", SIXTY | {"goods": {"tags": ["fresh"]}})),
        (
            named("a", HALF | {"goods": {"attributes": [{"name": "fat", "values": ["low"]}]}}),
            named("b", SIXTY | {"goods": {"suppliers": ["Farm"], "but_not": TEA}}),
        ),
        (named("a", HALF, limits=[LIMIT]), named("b", SIXTY, budget={"uses": 1})),
        (
            named("a", HALF, when={"kind": "tier", "tiers": ["gold"]}),
            named("b", SIXTY, when={"kind": "coupon", "code": "A"}),
        ),
        (named("a", HALF, schedule={"weekdays": [1, 2]}), named("b", SIXTY)),
    ],
)
def test_whatever_two_can_meet_on_is_found(one: Doc, other: Doc) -> None:
    """Articles are found by all that names them; conditions and limits are left out."""
    assert [field for field, _ in warned(one, other)] == ["campaigns[b]"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # both fit
        (named("a", PERCENT | {"rate_bp": 4_000}), named("b", PERCENT)),
        # the second is taken of what the first leaves
        (named("a", HALF | {"lane": "late"}), named("b", SIXTY | {"lane": "late"})),
        # one of them works
        (named("a", HALF | {"lane": "best"}), named("b", SIXTY | {"lane": "best"})),
        (named("a", HALF, not_with=["b"]), named("b", SIXTY)),
        (named("a", HALF, exclusive="all"), named("b", SIXTY)),
        # no article, or no price, in both
        (named("a", HALF | {"goods": MILK}), named("b", SIXTY | {"goods": TEA})),
        (
            named("a", HALF | {"goods": {"price_max_minor": 5_000}}),
            named("b", SIXTY | {"goods": {"price_min_minor": 6_000}}),
        ),
        # never on one receipt
        (
            named("a", HALF, when={"kind": "tier", "tiers": ["gold"]}),
            named("b", SIXTY, when={"kind": "tier", "tiers": ["silver"]}),
        ),
        (
            named("a", HALF, schedule={"weekdays": [1]}),
            named("b", SIXTY, schedule={"weekdays": [2]}),
        ),
        # one of them wants too much by itself
        (named("a", HUNDRED | {"goods": {"price_max_minor": 9_999}}), named("b", HALF)),
        # not of a plain value
        (named("a", HALF), named("b", MULTIBUY | {"lane": "late"})),
    ],
)
def test_what_fits_or_never_meets_is_not_shown(one: Doc, other: Doc) -> None:
    """No warning without a receipt that shows it."""
    assert warned(one, other) == []


def test_only_so_many_pairs_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check ends on any number of campaigns, with the pairs that come first."""
    campaigns = [named(code, SIXTY) for code in "abcd"]
    everything = warned(*campaigns)
    assert len(everything) == 6
    monkeypatch.setattr(together, "PAIRS_MAX", 2)
    assert warned(*campaigns) == everything[:2]
    document = rules(*campaigns)
    told = [each.message for each in warnings_of(parse_snapshot(document)) if each.field == PATH]
    assert len(told) == 1
    assert "only the first 2 pairs were tried together" in told[0]
    monkeypatch.setattr(shared_articles, "CONSIDERED_MAX", 1)
    assert warned(*campaigns) == everything[:1]


def test_units_and_amounts_of_a_line_are_tried() -> None:
    """Two at 45.00, of which one is free, leave less than 90.00 off the line."""
    free = MULTIBUY | {"buy_units": 1}
    a_line: Doc = {"kind": "amount", "lane": "late", "amount_minor": 9_000, "per": "line"}
    ((_, sentence),) = warned(named("a", free), named("b", a_line))
    assert "on 2 × milk for 45.00 each it wants 90.00 and is granted 45.00" in sentence


def test_a_lowest_price_is_tried_last() -> None:
    """Two that take more than half together break a lowest price of half."""
    ((field, sentence),) = warned(
        named("a", PERCENT | {"rate_bp": 4_000}), named("b", PERCENT | {"rate_bp": 2_000})
    )
    assert field == "campaigns[b]"
    assert "100.00 with a lowest price of 50.00 it wants 20.00 and is granted 10.00" in sentence


def test_articles_without_a_catalogue_are_any_article() -> None:
    """Rules for everything meet on an article that nobody names."""
    document = rules(named("a", HALF), named("b", SIXTY)) | {"products": []}
    (warning,) = warnings_of(parse_snapshot(document))
    assert "on any article for 100.00" in warning.message


def said(path: Path, document: object) -> tuple[int, list[str]]:
    path.write_bytes(orjson.dumps(document))
    out = io.StringIO()
    return check_file(path, out), out.getvalue().splitlines()


def test_the_command_tells_problems_from_warnings(tmp_path: Path) -> None:
    """Rules that cannot be published end it with 1, what only looks strange does not."""
    path = tmp_path / "rules.json"
    strange = rules(named("a", HALF), named("b", SIXTY))
    code, lines = said(path, strange)
    assert (code, lines[-1]) == (0, "0 problems, 1 warning")
    assert lines[0].startswith("warning: campaigns[b]: together with 'a'")
    code, lines = said(path, rules(named("a", HALF | {"lane": "nowhere"})))
    assert (code, lines[-1]) == (1, "1 problem, 0 warnings")
    assert lines[0].startswith("problem: campaigns[a].rewards[0].lane: ")
    code, lines = said(path, rules(named("a", HALF, issues=[{"kind": "give_gift", "gift": "cup"}])))
    assert (code, lines[-1]) == (1, "1 problem, 0 warnings")
    assert "nobody could hand it out" in lines[0]


def test_the_command_says_what_is_no_snapshot(tmp_path: Path) -> None:
    """Neither text that is no JSON nor a document of another kind is checked."""
    path = tmp_path / "rules.json"
    code, lines = said(path, {"partner": 1})
    assert code == 1
    assert any(line.startswith("problem: partner: ") for line in lines)
    path.write_text("{")
    out = io.StringIO()
    assert check_file(path, out) == 1
    assert out.getvalue().startswith("rules.json is no JSON")
