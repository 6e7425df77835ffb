"""Documents: what field types cannot say of a receipt, facts, and parts that come back equal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from checkout.engine.documents import InvalidDocumentError, parse_facts, parse_receipt
from checkout.engine.facts import BudgetUse, CertificateState, Facts, MemberState
from checkout.engine.parts import Pieces, change_steps, split_snapshot
from checkout.engine.schema.campaign import Campaign
from checkout.engine.schema.snapshot import Snapshot
from checkout.engine.schema.thrifty import share

if TYPE_CHECKING:
    from collections.abc import Generator

Made = TypeVar("Made")
Doc = dict[str, Any]


def faults(document: Doc) -> list[str]:
    """The fields of a receipt that are wrong."""
    line: Doc = {"position": 1, "sku": "a", "quantity_milli": 1_000, "price_minor": 100}
    line |= {"amount_minor": 100} | document.pop("line", {})
    whole = {"store": "one", "local_time": "2026-11-21T18:30", "lines": [line]} | document
    try:
        parse_receipt(whole)
    except InvalidDocumentError as error:
        return [problem.field for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("document", "fields"),
    [
        ({}, []),
        ({"local_time": "2026-11-21T18:30Z"}, ["receipt.local_time"]),
        ({"line": {"amount_minor": 101}}, []),
        ({"line": {"amount_minor": 102}}, ["receipt.lines[0].amount_minor"]),
        ({"line": {"external_discount_minor": 100}}, []),
        ({"line": {"external_discount_minor": 101}}, ["receipt.lines[0].external_discount_minor"]),
        ({"line": {"external_discount_minor": 40, "manual_discount_minor": 60}}, []),
        (
            {"line": {"external_discount_minor": 40, "manual_discount_minor": 61}},
            ["receipt.lines[0].manual_discount_minor"],
        ),
        ({"tenders": [{"kind": "card", "bin": "42760012"}]}, []),
        ({"tenders": [{"bin": "4276001a"}]}, ["receipt.tenders[0].bin"]),
        ({"tenders": [{"bin": "427600123"}]}, ["receipt.tenders[0].bin"]),
        ({"tenders": [{"bin": "\u0664\u0662"}]}, ["receipt.tenders[0].bin"]),
        ({"points_to_spend": -1}, ["receipt.points_to_spend"]),
        ({"certificates": [{"code": "G"}, {"code": "g", "at_most": 500}]}, []),
        ({"certificates": [{"code": "G"}, {"code": "G"}]}, ["receipt.certificates[1].code"]),
    ],
)
def test_a_receipt_that_cannot_be_one_is_refused(document: Doc, fields: list[str]) -> None:
    """Amounts against price and discounts, digits of cards, and numbers below nothing."""
    found = faults(document)
    assert len(found) == len(fields)
    assert [field.split(".")[:2] for field in found] == [field.split(".")[:2] for field in fields]


def test_facts_are_a_member_budgets_limits_and_coupons() -> None:
    """And stops and certificates; each may be absent. What is wrong is told with its field."""
    assert parse_facts(None, None) == Facts()
    assert parse_facts(
        *({"member_id": "m"}, {"c": {"uses": 1}}, {"c/l/rolling": 2}, {"A1": "s"}, ["d"]),
        {"G": {"series": "gift", "left": 500}},
    ) == Facts(
        member=MemberState(member_id="m"),
        budgets={"c": BudgetUse(uses=1)},
        limit_uses={"c/l/rolling": 2},
        coupon_series={"A1": "s"},
        stopped=frozenset({"d"}),
        certificates={"G": CertificateState(series="gift", left=500)},
    )
    with pytest.raises(InvalidDocumentError) as refused:
        parse_facts(None, None, {"c/l/rolling": -1})
    assert [problem.field for problem in refused.value.problems] == ["limit_uses.c/l/rolling"]


RULES: Doc = {
    "partner": {"code": "p", "name": "P", "currency": {"code": "EUR"}},
    "programs": [
        {
            "code": "club",
            "name": "Club",
            "currencies": [{"code": "points", "name": "Points"}],
            "lanes": [{"code": "off", "phase": "discount"}],
        }
    ],
    "chains": [{"code": "chain", "name": "Chain"}],
    "stores": [{"code": "one", "chain": "chain", "program": "club", "name": "One"}],
    "products": [{"sku": "wine", "attributes": {"colour": "red"}, "flags": ["alcohol"]}],
    "campaigns": [
        {
            "code": "c",
            "program": "club",
            "name": "C",
            "rewards": [
                {
                    "kind": "percent",
                    "lane": "off",
                    "scale": {"by": "quantity", "steps": [{"from": 2_000, "value": 500}]},
                }
            ],
        }
    ],
}


def run(steps: Generator[None, None, Made]) -> Made:
    """Take all steps."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            made: Made = end.value
            return made


def test_a_snapshot_in_parts_is_the_whole_one() -> None:
    """Campaigns and dictionaries come back from their parts, which share equal content."""
    words = {"segments": ["b", "a"], "attributes": {"y": "text", "x": "date"}}
    other = {"segments": ["a", "b"], "attributes": {"x": "date", "y": "text"}}
    snapshot = Snapshot.model_validate(RULES | {"words": words})
    manifest, bodies = split_snapshot(snapshot)
    assert split_snapshot(Snapshot.model_validate(RULES | {"words": other}))[0] == manifest
    compiled = run(Pieces().compile_steps(manifest, bodies))
    assert compiled.snapshot_id == manifest.snapshot_id
    assert compiled.programs["club"].by_code["c"].document == snapshot.campaigns[0]
    wine = compiled.catalogue.product("wine")
    assert wine is not None
    assert wine.attributes == {"colour": "red"}


def test_documents_that_are_kept_share_what_is_equal() -> None:
    """They say what they said; fields that are left as they are have one document for all."""
    one, other = (
        Campaign.model_validate_json(
            Campaign.model_validate(RULES["campaigns"][0]).model_dump_json(by_alias=True)
        )
        for _ in range(2)
    )
    before = one.model_dump()
    share(one)
    share(other)
    assert one.model_dump() == before
    assert one == other
    assert one.schedule is other.schedule
    assert one.__pydantic_fields_set__ is other.__pydantic_fields_set__
    assert one.rewards[0].__pydantic_fields_set__ is other.rewards[0].__pydantic_fields_set__


def test_parts_with_one_campaign_more_are_those_of_the_whole_with_it() -> None:
    """A campaign more, or another of a code, as published."""
    snapshot = Snapshot.model_validate(RULES)
    manifest, _ = split_snapshot(snapshot)
    known = snapshot.campaigns[0]
    for code in ("a", known.code, "z"):
        campaign = known.model_copy(update={"code": code, "name": "Another"})
        others = tuple(one for one in snapshot.campaigns if one.code != code)
        whole = snapshot.model_copy(update={"campaigns": (*others, campaign)})
        changed, new = run(change_steps(manifest, [campaign]))
        assert changed == split_snapshot(whole)[0]
        assert new.pop(changed.snapshot_id) == changed.dump()
        assert len(new) == 1
