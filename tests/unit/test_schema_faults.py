"""What managers are told of documents that do not follow the schema."""

from __future__ import annotations

import copy

import pytest
from pydantic import ValidationError

from checkout.engine.documents import InvalidDocumentError, parse_snapshot
from checkout.engine.problems.schema_faults import PATH_MAX, schema_faults
from tests.unit.faults_in_russian import in_both
from tests.unit.spoiled_rules import (
    IDENTIFIED,
    PERCENT,
    POINTS,
    PROGRAM,
    RULES,
    Doc,
    both,
    campaign,
    no,
)


def faults(document: object) -> list[tuple[str, str]]:
    """Fields and sentences of a document that is none."""
    with pytest.raises(InvalidDocumentError) as refused:
        parse_snapshot(document)
    return in_both(refused.value.problems, document)


def rules(**changes: object) -> Doc:
    """The rules with one campaign with changes."""
    return copy.deepcopy(RULES) | {"campaigns": campaign(**changes)}


def rate(value: object) -> Doc:
    return {"rewards": [PERCENT | {"rate_bp": value}]}


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        (rate(True), "rewards[0].rate_bp", "a whole number belongs here, not true"),
        (rate("1000"), "rewards[0].rate_bp", "a whole number belongs here, not '1000'"),
        (rate(1000.0), "rewards[0].rate_bp", "a whole number belongs here, not 1000.0"),
        (rate(10_001), "rewards[0].rate_bp", "10001 is too much: at most 10000"),
        (rate(-1), "rewards[0].rate_bp", "-1 is too little: at least 0"),
        ({"rewards": PERCENT}, "rewards", "a list belongs here, not an object"),
        ({"rewards": ["percent"]}, "rewards[0]", "an object with fields belongs here"),
        ({"colour": "red"}, "colour", "there is no such field"),
        ({"exclusive": "yes"}, "exclusive", "'yes' is not known here; known: 'no', 'lane', 'all'"),
        ({"name": " "}, "name", "a name is not blank"),
        ({"name": "Two\nlines"}, "name", "a name has no line breaks"),
        ({"name": ""}, "name", "it is empty"),
        ({"name": "x" * 201}, "name", "it is too long: at most 200 characters"),
        ({"code": "a b"}, "code", "signs that are not allowed here"),
        ({"schedule": {"weekdays": [8]}}, "schedule.weekdays[0]", "8 is too much: at most 7"),
        ({"schedule": {"starts_at": "soon"}}, "schedule.starts_at", "a moment such as 2026-11-21T"),
        ({"schedule": {"starts_at": 0}}, "schedule.starts_at", "write dates and times as texts"),
        ({"schedule": {"dates": ["0"]}}, "schedule.dates[0]", "write dates and times as texts"),
        ({"schedule": {"dates": ["x"]}}, "schedule.dates[0]", "a date such as 2026-11-21 belongs"),
        ({"schedule": {"time_from": "x"}}, "schedule.time_from", "a time such as 18:30 belongs"),
        ({"when": {"kind": "weather"}}, "when", "there is no kind 'weather'; known: 'all'"),
        ({"when": {"of": []}}, "when", "the field kind is missing"),
        ({"when": no(both(both()))}, "when.of.of[0].of", "the list is empty"),
        (
            {"when": both(*[IDENTIFIED] * 101)},
            "when.of",
            "too long: at most 100 entries",
        ),
        (
            {"when": {"kind": "schedule", "schedule": {"weekdays": ["Monday"]}}},
            "when.schedule.weekdays[0]",
            "a whole number belongs here, not 'Monday'",
        ),
        (
            {"when": {"kind": "member_attribute", "name": "city", "value": []}},
            "when.value",
            "true or false, a whole number or a text belongs here, not a list",
        ),
        (
            {"rewards": [POINTS | {"dates": {"on": "0001-01-01"}}]},
            "rewards[0].dates.on",
            "a day from 2000-01-01 to 9998-12-31 belongs here, not 0001-01-01",
        ),
    ],
)
def test_each_field_at_fault_is_named_once(changes: Doc, field: str, sentence: str) -> None:
    """The path is that of the other checks; nothing is said of what the field stands in."""
    found = faults(rules(**{"code": "c"} | changes))
    code = changes.get("code", "c")
    assert [name for name, _ in found] == [f"campaigns[{code}].{field}"], found
    assert sentence in found[0][1]


def test_entries_are_named_by_their_codes() -> None:
    """Lanes, limits, stores and articles as well; what has no code is counted."""
    lanes = [{"code": "off", "phase": "discount", "policy": "none"}, {"phase": "discount"}]
    document = rules() | {
        "programs": [PROGRAM | {"lanes": lanes}],
        "products": [{"sku": "milk", "tags": [""]}],
    }
    assert [field for field, _ in faults(document)] == [
        "programs[club].lanes[off].policy",
        "programs[club].lanes[1].code",
        "products[milk].tags[0]",
    ]


def test_what_is_no_snapshot_at_all_is_said() -> None:
    """Fields that are missing are named; a list is no snapshot."""
    assert ("partner", "it is missing: the field is needed") in faults({})
    assert faults([]) == [("snapshot", "an object with fields belongs here, not a list")]


def test_a_path_that_is_too_long_is_cut() -> None:
    """Conditions that nest without end are refused in one short line."""
    condition: Doc = {"kind": "nothing"}
    for _ in range(100):
        condition = no(condition)
    ((field, sentence),) = faults(rules(when=condition))
    assert len(field) <= PATH_MAX + 1
    assert "there is no kind 'nothing'" in sentence


def test_what_the_library_says_itself_is_never_shown() -> None:
    """Not even of faults that no field of ours can have so far: a sentence of ours, no address."""
    error = ValidationError.from_exception_data(
        "Rules", [{"type": "url_parsing", "loc": ("code",), "input": 1, "ctx": {"error": "oops"}}]
    )
    found = in_both(schema_faults(error, {"code": 1}, ""))
    assert found == [("code", "it is not written as this field needs it")]
