"""What is not served yet: refused with its field, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest

from checkout.engine.documents import parse_snapshot
from checkout.engine.problems import check_snapshot
from checkout.flows.served import unserved

PERCENT = {"kind": "percent", "lane": "off", "rate_bp": 1_000}


def document(*, program: dict[str, Any] | None = None, **campaign: Any) -> dict[str, Any]:
    """A snapshot with one program and one campaign."""
    return {
        "partner": {"code": "p", "name": "P", "currency": {"code": "EUR"}},
        "programs": [
            {
                "code": "club",
                "name": "Club",
                "currencies": [{"code": "points", "name": "Points"}],
                "lanes": [{"code": "off", "phase": "discount"}],
                **(program or {}),
            }
        ],
        "chains": [{"code": "c", "name": "C"}],
        "stores": [{"code": "s", "chain": "c", "program": "club", "name": "S"}],
        "words": {
            "coupon_series": ["autumn"],
            "card_types": ["gold"],
            "tags": ["winner"],
            "certificate_series": ["money"],
            "gifts": ["mug"],
        },
        "campaigns": [
            {"code": "x", "program": "club", "name": "X", "rewards": [PERCENT], **campaign}
        ],
    }


def fields(**more: Any) -> list[str]:
    """The fields that are refused of rules that the engine can evaluate."""
    snapshot = parse_snapshot(document(**more))
    assert not check_snapshot(snapshot)
    return [problem.field for problem in unserved(snapshot)]


@pytest.mark.parametrize(
    ("limit", "field"),
    [
        ({"period": "day"}, ""),
        ({"period": "week", "measure": "units"}, ""),
        ({"period": "month", "measure": "amount"}, ""),
        ({"period": "lifetime", "measure": "discount"}, ""),
        ({"period": "receipt", "measure": "units", "subject": "store"}, ""),
        ({"period": "receipt", "measure": "units", "each_sku": True}, ""),
        ({"period": "rolling", "rolling_hours": 62 * 24}, ""),
        ({"period": "day", "subject": "store"}, ""),
        ({"period": "day", "subject": "card"}, ""),
        ({"period": "day", "subject": "household"}, ""),
        ({"period": "day", "subject": "partner"}, ""),
        ({"period": "lifetime", "subject": "campaign"}, ""),
        ({"period": "day", "measure": "interval", "bound": 62 * 24 * 60}, ""),
        ({"period": "day", "measure": "interval", "bound": 62 * 24 * 60 + 1}, "bound"),
        ({"period": "day", "measure": "units", "each_sku": True}, ""),
    ],
)
def test_limits_that_cannot_be_counted_are_refused(limit: dict[str, Any], field: str) -> None:
    """All subjects, and intervals as long as slots are read back."""
    limits = [{"code": "l", "name": "L", "bound": 5, **limit}]
    assert fields(limits=limits) == ([f"campaigns[x].limits[l].{field}"] if field else [])


def test_limits_of_programs_are_looked_at_too() -> None:
    """The same rules hold for them."""
    limits = [
        {"code": "a", "name": "A", "bound": 5, "period": "day", "measure": "discount"},
        {"code": "b", "name": "B", "bound": 62 * 24 * 60 + 1, "period": "day"}
        | {"measure": "interval"},
    ]
    assert fields(program={"limits": limits}) == ["programs[club].limits[b].bound"]


def test_limits_of_two_programs_have_codes_of_their_own() -> None:
    """They are counted under the member and their code; a campaign's may have the same one."""
    limit = {"code": "a", "name": "A", "bound": 5, "period": "day", "measure": "discount"}
    snapshot = parse_snapshot(document(program={"limits": [limit]}, limits=[limit]))
    assert not unserved(snapshot)
    other = snapshot.programs[0].model_copy(update={"code": "other"})
    both = snapshot.model_copy(update={"programs": (*snapshot.programs, other)})
    assert [p.field for p in unserved(both)] == ["programs[other].limits[a].code"]


def test_conditions_on_series_and_types_of_cards_are_served() -> None:
    """Wherever they stand: both are known of a receipt."""
    for condition in (
        {"kind": "card_type", "types": ["gold"]},
        {"kind": "coupon_series", "series": "autumn"},
    ):
        assert fields(when={"kind": "not", "of": condition}) == []


def test_what_nobody_hands_out_is_refused() -> None:
    """Each issue by its place; coupons and tags are given, and certificates of a known series."""
    given = {"kind": "issue_coupon", "series": "autumn"}
    tag = {"kind": "give_tag", "tag": "winner"}
    issue = {"kind": "issue_certificate", "series": "money", "amount_minor": 1}
    gift = {"kind": "give_gift", "gift": "mug"}
    refused = fields(issues=[issue, given, tag, gift])
    assert refused == ["campaigns[x].issues[0].series", "campaigns[x].issues[3].gift"]
