"""What people read of certificates: the slip, the explanation, the words of rules."""

from __future__ import annotations

from typing import Any

import pytest

from checkout.engine.compiler import compile_snapshot
from checkout.engine.documents import parse_facts, parse_receipt, parse_snapshot
from checkout.engine.evaluate import evaluate
from checkout.engine.outcome_certificates import CertificateStatus
from checkout.engine.slip import WIDTH, render_slip
from checkout.engine.tilllines import till_lines
from checkout.stories.describe import described
from checkout.stories.explain import explain_lines
from tests.unit.wording_shop import club, issue

Doc = dict[str, Any]

LINES = [("milk", 3_000, 10_000), ("merlot", 1_000, 59_000)]
SERIES: list[Doc] = [
    {"code": "gift", "name": "Gift card"},
    {"code": "present", "name": "Present", "once": True},
    {"code": "milk", "name": "Ten milks", "kind": "pass", "goods": {"skus": ["milk"]}},
    {"code": "far", "name": "Far away", "stores": ["two"]},
    {"code": "cheese", "name": "Cheese", "goods": {"skus": ["merlot"], "price_max_minor": 5}},
]
STATES: Doc = {
    "G-1": {"series": "gift", "left": 50_000},
    "M-1": {"series": "milk", "left": 10},
    "P-1": {"series": "present", "left": 7_000},
    "F-1": {"series": "far", "left": 9},
    "C-1": {"series": "cheese", "left": 9},
    "E-1": {"series": "elsewhere", "left": 9},
    "B-1": {"series": "gift", "left": 9, "problem": "blocked"},
    "A-1": {"series": "gift", "left": 9, "problem": "not_active"},
    "X-1": {"series": "gift", "left": 9, "problem": "expired"},
    "U-1": {"series": "gift", "problem": "used_up"},
    "N-1": {"series": "gift", "left": 9, "ends": "2020"},
}


def sale(*codes: str, **at_most: int) -> tuple[Any, ...]:
    """A sale at 10 % off, paid with some certificates: snapshot, facts, receipt, outcome."""
    lines = [
        {
            "position": position,
            "sku": sku,
            "quantity_milli": quantity,
            "price_minor": price,
            "amount_minor": price * quantity // 1_000,
        }
        for position, (sku, quantity, price) in enumerate(LINES, start=1)
    ]
    snapshot = compile_snapshot(parse_snapshot(club({"certificates": SERIES})))
    receipt = parse_receipt(
        {
            "store": "one",
            "local_time": "2026-11-21T12:00:00",
            "lines": lines,
            "certificates": [{"code": code, "at_most": at_most.get(code[0], 0)} for code in codes],
        }
    )
    facts = parse_facts(None, None, certificates=STATES)
    return snapshot, facts, receipt, evaluate(snapshot, facts, receipt)


def test_the_slip_says_what_paid_and_what_is_left() -> None:
    """By name: whoever finds the slip must not find the code of a certificate.

    Of one that is spent once nothing is left that anybody could spend.
    """
    snapshot, _, receipt, outcome = sale("M-1", "G-1", "B-1", "P-1", M=2)
    slip = render_slip(snapshot, receipt, outcome, [])
    assert [line.split() for line in slip[-7:]] == [
        ["Your", "discount", "-97.01"],
        ["Paid", "with", "Gift", "card", "-500.00"],
        ["left", "on", "it", "0.00"],
        ["Paid", "with", "Present", "-70.00"],
        ["Paid", "with", "2", "x", "Ten", "milks", "-178.20"],
        ["left", "on", "it", "8"],
        ["TO", "PAY", "44.79", "RUB"],
    ]
    assert all(len(line) <= WIDTH for line in slip)
    assert not any(code in line for code in STATES for line in slip)


def test_the_explanation_says_what_each_certificate_paid_and_why_others_did_not() -> None:
    """A line for each, and on each till line what it paid there."""
    snapshot, facts, receipt, _ = sale(*STATES, "Z-1")
    lines = explain_lines(snapshot, facts, receipt)
    told = {line.partition(",")[0].partition(":")[0]: line for line in lines if "pays " in line}
    assert told == {
        "A-1": "A-1, Gift card (gift): pays nothing, it is not active yet.",
        "B-1": "B-1, Gift card (gift): pays nothing, it is blocked.",
        "C-1": "C-1, Cheese (cheese): pays nothing, it is for other goods than are on the receipt.",
        "E-1": "E-1, elsewhere: pays nothing, the program of this store does not take its series.",
        "F-1": "F-1, Far away (far): pays nothing, it is for other stores.",
        "G-1": "G-1, Gift card (gift): pays 500.00; left on it: 0.00.",
        "M-1": "M-1, Ten milks (milk): pays 267.30, 3 units; left on it: 7 units.",
        "N-1": "N-1, Gift card (gift): pays 0.09; left on it: 0.00.",
        "P-1": "P-1, Present (present): pays 25.60; spent in one sale: what is left lapses.",
        "U-1": "U-1, Gift card (gift): pays nothing, nothing was left on it.",
        "X-1": "X-1, Gift card (gift): pays nothing, its time is over.",
        "Z-1": "Z-1: pays nothing, nobody knows it.",
    }
    assert any(line.split()[:2] == ["paid", "with"] and "-792.99" in line for line in lines)
    (milk,) = [line for line in lines if "paid with M-1" in line]
    assert milk.endswith("267.30")


def test_a_certificate_that_is_not_needed_says_so() -> None:
    """Everything was paid before."""
    snapshot, facts, receipt, outcome = sale("M-1", "G-1", "N-1")
    assert outcome.certificates[0].status is CertificateStatus.APPLIED
    free = parse_receipt(
        {
            "store": "one",
            "local_time": "2026-11-21T12:00:00",
            "lines": [
                {
                    "position": 1,
                    "sku": "milk",
                    "quantity_milli": 1_000,
                    "price_minor": 0,
                    "amount_minor": 0,
                }
            ],
            "certificates": [{"code": "G-1"}],
        }
    )
    assert receipt.store == free.store
    assert "G-1, Gift card (gift): pays nothing, nothing was left to pay with it." in explain_lines(
        snapshot, facts, free
    )


def test_a_till_line_is_paid_with_what_its_certificates_paid() -> None:
    """For a fiscal printer they are tenders: the price of the line stays."""
    *_, outcome = sale("M-1", "G-1", M=1)
    outcome.fiscal_lines = True
    for line in till_lines(outcome):
        assert sum(part.amount_minor for part in line.printed) == (
            line.payable_minor + line.certificates_minor
        )
        assert line.payable_minor + line.certificates_minor == (
            line.amount_minor - line.discount_minor
        )


@pytest.mark.parametrize(
    ("series", "said"),
    [
        (
            {"code": "gift", "name": "Gift card", "face": 100_000, "sold_as": ["milk"]},
            [
                "Gift card (gift): certificates that hold money.",
                "They pay what points leave of their goods.",
                "They pay for all goods and services, and for delivery charges.",
                "In every store of the program.",
                "A new one holds 1000.00 RUB.",
                "What one sale leaves can be spent in others.",
                "One becomes active when this is sold: Milk (milk).",
                "From then on they are active at once and never expire.",
            ],
        ),
        (
            {
                "code": "milk",
                "name": "Ten milks",
                "kind": "pass",
                "goods": {"skus": ["milk"]},
                "face": 10,
                "stores": ["one"],
                "once": True,
                "dates": {"months": 3},
            },
            [
                "Ten milks (milk): passes that hold units.",
                "Each pays for a whole unit, the dearest first and none by weight, before points.",
                "They pay for article Milk (milk).",
                "Only in The First (one).",
                "A new one holds 10 units.",
                "They are spent in one sale: what it leaves lapses.",
                "No sale makes one active.",
                "From then on they are active at once and expire 3 months after that.",
            ],
        ),
    ],
)
def test_a_series_in_words(series: Doc, said: list[str]) -> None:
    """What a manager reads of it before it is published."""
    lines = list(described(parse_snapshot(club({"certificates": [series]}))))
    start = lines.index("Certificates and passes") + 1
    assert [line.strip().removeprefix("- ") for line in lines[start : start + len(said)]] == said


def test_what_a_campaign_issues_is_said_in_what_it_holds() -> None:
    """Units of a pass, and money of anything else."""
    document = issue({"kind": "issue_certificate", "series": "gift10", "amount_minor": 500})
    told = list(described(parse_snapshot(document), "c"))
    assert "  - Issues a certificate of the series gift10 with 5.00 RUB on it." in told
    series = [{"code": "gift10", "name": "Visits", "kind": "pass"}]
    document["programs"][1] = document["programs"][1] | {"certificates": series}
    told = list(described(parse_snapshot(document), "c"))
    assert "  - Issues a certificate of the series gift10 with 500 units on it." in told
