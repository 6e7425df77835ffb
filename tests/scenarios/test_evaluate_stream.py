"""The command `evaluate`: one outcome a line, bad lines answered in their place."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import orjson

from checkout.stories.evaluate import evaluate_files, evaluate_stream

if TYPE_CHECKING:
    from pathlib import Path

SNAPSHOT: dict[str, Any] = {
    "partner": {"code": "p", "name": "P", "currency": {"code": "RUB"}},
    "programs": [
        {
            "code": "club",
            "name": "Club",
            "currencies": [{"code": "points", "name": "Points"}],
            "lanes": [{"code": "off", "phase": "discount"}],
        }
    ],
    "chains": [{"code": "c", "name": "C"}],
    "stores": [{"code": "s", "chain": "c", "program": "club", "name": "S"}],
    "campaigns": [
        {
            "code": "ten",
            "program": "club",
            "name": "Ten",
            "rewards": [{"kind": "percent", "lane": "off", "rate_bp": 1000}],
            "budget": {"discount_minor": 100},
        }
    ],
}
LINE = {
    "position": 1,
    "sku": "tea",
    "quantity_milli": 1000,
    "price_minor": 5000,
    "amount_minor": 5000,
}
RECEIPT = {"store": "s", "local_time": "2026-11-20T12:00:00", "lines": [LINE]}


def answers(*lines: object) -> list[dict[str, Any]]:
    """What is answered to lines, which are documents or raw bytes."""
    out = io.BytesIO()
    sent = [line if isinstance(line, bytes) else orjson.dumps(line) for line in lines]
    assert evaluate_stream(sent, out) == 0
    return [orjson.loads(line) for line in out.getvalue().splitlines()]


def test_the_last_snapshot_is_kept_for_later_lines() -> None:
    """The snapshot may be left out after the first line; facts belong to their own line."""
    first, second, third = answers(
        {"snapshot": SNAPSHOT, "receipt": RECEIPT},
        b"",
        {"receipt": RECEIPT, "budgets": {"ten": {"discount_minor": 70}}},
        {"receipt": {**RECEIPT, "points_to_spend": 5}, "member": {"member_id": "m"}},
    )
    assert first["discount_minor"] == 100
    assert second["discount_minor"] == 30
    assert third["redemption"]["refused"] == "INSUFFICIENT_POINTS"


def test_facts_of_limits_and_series_may_be_given() -> None:
    """What the service does not serve yet can be tried: a limit per store, a series of coupons."""
    campaign = {
        **SNAPSHOT["campaigns"][0],
        "when": {"kind": "coupon_series", "series": "autumn"},
        "limits": [
            {"code": "l", "name": "Once", "bound": 1, "period": "day", "subject": "store"},
        ],
        "issues": [{"kind": "issue_coupon", "series": "autumn"}],
    }
    snapshot = {
        **SNAPSHOT,
        "words": {"coupon_series": ["autumn"]},
        "campaigns": [campaign],
    }
    receipt = {**RECEIPT, "coupons": ["X1"]}
    series = {"coupon_series": {"X1": "autumn"}}
    used = {"limit_uses": {"ten/l/2026-11-20": 1}}
    first, second, third, fourth = answers(
        {"snapshot": snapshot, "receipt": receipt},
        {"receipt": receipt, **series},
        {"receipt": receipt, **series, **used},
        {"receipt": receipt, "limit_uses": {"ten/l/2026-11-20": "many"}},
    )
    assert first["discount_minor"] == third["discount_minor"] == 0
    assert second["discount_minor"] == 100
    assert second["limit_claims"][0]["subject"] == "store"
    assert [issued["code"] for issued in second["issued"]] == ["autumn"]
    assert fourth["reason"] == "FIELD_INVALID"


def test_a_bad_line_is_answered_in_its_place() -> None:
    """Each fault has its reason and its fields, and the lines after it are answered as ever."""
    wrong_amount = {**RECEIPT, "lines": [{**LINE, "amount_minor": 4000}]}
    told = answers(
        {"receipt": RECEIPT},
        {"snapshot": SNAPSHOT, "receipt": RECEIPT},
        b"{",
        b"[]",
        {"receipt": RECEIPT, "cart": 1},
        {"receipt": wrong_amount},
        {"receipt": {**RECEIPT, "store": "x"}},
        {"member": {"member_id": "m"}},
        {"receipt": RECEIPT, "member": {}},
        {"receipt": RECEIPT},
    )
    reasons = [answer.get("reason", "") for answer in told]
    assert reasons == ["SNAPSHOT_MISSING", "", *["FIELD_INVALID"] * 7, ""]
    fields = [[problem["field"] for problem in answer.get("problems", ())] for answer in told]
    assert fields[0] == ["snapshot"]
    assert fields[4:9] == [
        ["cart"],
        ["receipt.lines[0].amount_minor"],
        ["receipt.store"],
        ["receipt"],
        ["member.member_id"],
    ]


def test_a_bad_snapshot_is_never_replaced_by_an_older_one() -> None:
    """After a snapshot that is refused lines without one are not answered by the one before."""
    reward = {"kind": "percent", "lane": "nowhere", "rate_bp": 1000}
    campaign = {"code": "x", "program": "club", "name": "X", "rewards": [reward]}
    told = answers(
        {"snapshot": SNAPSHOT, "receipt": RECEIPT},
        {"snapshot": {**SNAPSHOT, "campaigns": [campaign]}, "receipt": RECEIPT},
        {"receipt": RECEIPT},
        {"snapshot": SNAPSHOT, "receipt": RECEIPT},
    )
    reasons = [answer.get("reason", "") for answer in told]
    assert reasons == ["", "SNAPSHOT_INVALID", "SNAPSHOT_MISSING", ""]
    assert told[1]["problems"][0]["field"] == "campaigns[x].rewards[0].lane"


def test_files_are_read_as_lines_or_as_one_document(tmp_path: Path) -> None:
    """JSON Lines and a document over many lines give the same; an absent file gives 2."""
    document = {"snapshot": SNAPSHOT, "receipt": RECEIPT}
    whole, lines = tmp_path / "one.json", tmp_path / "many.jsonl"
    whole.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))
    lines.write_bytes(orjson.dumps({"receipt": RECEIPT}) + b"\n")
    out = io.BytesIO()
    assert evaluate_files([whole, lines], out) == 0
    first, second = out.getvalue().splitlines()
    assert first == second
    assert evaluate_files([whole, tmp_path / "absent.json"], io.BytesIO()) == 2
