"""Laws of certificates and passes, over the generated sales of `tests/oracle`."""

from __future__ import annotations

import copy
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.oracle.running import Doc, run_engine
from tests.property.law_cases import WORLDS, Case, cases

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Generated sales by the hundred: `make test` takes a part of them.
pytestmark = pytest.mark.wall

REDUCED = ("external_discount_minor", "manual_discount_minor")
#: What points and certificates decide on; prices, offers and codes stand apart.
OF_TENDERS = {
    *("certificates_minor", "certificates", "payable_minor", "rounding_minor"),
    *("points_value_minor", "redemption"),
}
#: What points that are paid or earned change beside.
OF_POINTS = {
    *("points_earned_minor", "earned", "applied", "messages", "limit_claims", "budget_claims"),
    *("cuts", "coupons", "issued", "nearly"),
}


def program_of(case: Case) -> Doc:
    """The program of the receipt's store."""
    return case.world.program_of_store(case.receipt["store"])


def series_of(case: Case, code: str) -> Doc:
    """The series of a certificate that the program takes."""
    state = case.facts["certificates"][code]
    return next(s for s in program_of(case)["certificates"] if s["code"] == state["series"])


def taken(case: Case) -> Iterator[tuple[Doc, Doc]]:
    """Certificates that paid, or could have, each with its series."""
    for answer in case.outcome["certificates"]:
        if answer["status"] in {"applied", "not_needed"}:
            yield answer, series_of(case, answer["code"])


def is_pass(series: Doc) -> bool:
    return bool(series.get("kind") == "pass")


# --- Sums and bounds --------------------------------------------------------------------------


def test_what_certificates_paid_adds_up() -> None:
    """Over till lines, lines, certificates and the receipt."""
    paid = 0
    for case in cases("certificates"):
        outcome = case.outcome
        by_position: Counter[int] = Counter()
        for answer in outcome["certificates"]:
            parts = answer["parts"]
            assert sum(part["paid_minor"] for part in parts) == answer["paid_minor"]
            assert sum(part["units"] for part in parts) == answer["units"]
            assert all(part["paid_minor"] or part["units"] for part in parts)
            assert sorted({part["position"] for part in parts}) == [p["position"] for p in parts]
            for part in parts:
                by_position[part["position"]] += part["paid_minor"]
            paid += answer["paid_minor"] > 0
        for line in outcome["lines"]:
            shares = line["shares"]
            assert all(by_position[s["position"]] == s["certificates_minor"] for s in shares)
            assert sum(s["certificates_minor"] for s in shares) == line["certificates_minor"]
        lines = sum(line["certificates_minor"] for line in outcome["lines"])
        answers = sum(answer["paid_minor"] for answer in outcome["certificates"])
        assert lines == answers == outcome["certificates_minor"] == sum(by_position.values())
    assert paid > WORLDS


def test_no_certificate_pays_more_than_it_has_or_than_there_is_to_pay() -> None:
    """Nor more than was asked for; what is left is told; no line is paid twice."""
    applied = 0
    for case in cases("bounds"):
        asked = {each["code"]: each for each in case.receipt.get("certificates", [])}
        answers = case.outcome["certificates"]
        assert [answer["code"] for answer in answers] == sorted(asked)
        for answer in answers:
            left = case.facts["certificates"].get(answer["code"], {}).get("left", 0)
            spent = left - answer["left"]
            assert 0 <= spent <= left
            assert spent <= (asked[answer["code"]].get("at_most", 0) or left)
            assert spent in {answer["units"], answer["paid_minor"]}
            assert (answer["status"] == "applied") is (spent > 0)
            applied += answer["status"] == "applied"
        for line in case.outcome["lines"]:
            for share in line["shares"]:
                price = share["amount_minor"] - share["external_discount_minor"]
                price -= share["manual_discount_minor"] + share["discount_minor"]
                assert share["points_value_minor"] >= 0
                assert share["certificates_minor"] >= 0
                assert share["points_value_minor"] + share["certificates_minor"] <= price
    assert applied > WORLDS


def test_passes_take_no_more_units_than_there_are() -> None:
    """Of no line, nor till line more than it has, a broken one counting as one."""
    taken_units = 0
    for case in cases("units"):
        of_till: Counter[int] = Counter()
        for answer in case.outcome["certificates"]:
            for part in answer["parts"]:
                of_till[part["position"]] += part["units"]
        for line in case.outcome["lines"]:
            units = sum(of_till[share["position"]] for share in line["shares"])
            taken_units += units
            assert units <= line["quantity_milli"] // 1000
            for share in line["shares"]:
                assert of_till[share["position"]] <= -(-share["quantity_milli"] // 1000)
                assert (
                    not of_till[share["position"]]
                    or not case.till_line(share["position"])["weighed"]
                )
    assert taken_units > WORLDS


def test_of_equal_till_lines_a_pass_pays_those_whose_units_it_took() -> None:
    """Of the others nothing but what rounding leaves over: so they come back for money."""
    apart = 0
    for case in cases("where"):
        receipt = {**case.receipt, "points_to_spend": 0, "lines": unit_by_unit(case.receipt)}
        receipt["certificates"] = [
            {"code": answer["code"], "at_most": 2} for answer, s in taken(case) if is_pass(s)
        ]
        outcome = case.again(receipt)
        with_units = {
            part["position"]
            for answer in outcome["certificates"]
            for part in answer["parts"]
            if part["units"]
        }
        for line in outcome["lines"]:
            shares = line["shares"]
            if all(share["quantity_milli"] == 1000 for share in shares) and are_equal(shares):
                others = [share for share in shares if share["position"] not in with_units]
                apart += 0 < len(others) < len(shares)
                assert all(share["certificates_minor"] < len(shares) for share in others)
    assert apart > WORLDS // 10


def unit_by_unit(receipt: Doc) -> list[Doc]:
    """The lines of a receipt, those of whole units as so many lines of one."""
    lines = []
    for line in receipt["lines"]:
        units, rest = divmod(line["quantity_milli"], 1000)
        if rest or line.get("weighed"):
            units = 1
        least, more = divmod(line["amount_minor"], units)
        reduced = {name: line.get(name, 0) // units for name in REDUCED}
        lines += [
            {
                **line,
                **reduced,
                "position": line["position"] * 100 + number,
                "quantity_milli": line["quantity_milli"] // units,
                "amount_minor": least + (number < more),
            }
            for number in range(units)
        ]
    return lines


def are_equal(shares: list[Doc]) -> bool:
    """Whether till lines cost the same, but for what rounding leaves over."""
    prices = [
        share["amount_minor"] - sum(share[name] for name in (*REDUCED, "discount_minor"))
        for share in shares
    ]
    return bool(max(prices) - min(prices) <= 1 and min(prices) > len(shares))


# --- Tenders change no price ------------------------------------------------------------------


def test_certificates_change_no_price() -> None:
    """Without points, what is sold costs the same with and without them, and the same applies."""
    seen = 0
    for case in cases("tender"):
        if not case.outcome["certificates_minor"] or case.receipt.get("points_to_spend"):
            continue
        seen += 1
        without = case.again({**case.receipt, "certificates": []})
        accrual = program_of(case).get("accrual") or {}
        earns_less = accrual.get("exclude_paid_with_certificates", False)
        apart = OF_TENDERS | (OF_POINTS if earns_less else set())
        for name in without.keys() - apart - {"lines"}:
            assert without[name] == case.outcome[name], name
        for line, other in zip(case.outcome["lines"], without["lines"], strict=True):
            for name in ("amount_minor", "discount_minor", "discounts"):
                assert line[name] == other[name]
        paid = case.outcome["certificates_minor"]
        assert due(case.outcome) == due(without) - paid
    assert seen > WORLDS // 2


# --- More on a certificate --------------------------------------------------------------------


def due(outcome: Doc) -> int:
    """What certificates leave to be paid, with points and money, before cash is rounded."""
    rounding: int = outcome["rounding_minor"]
    points: int = outcome["points_value_minor"]
    return int(outcome["payable_minor"]) + rounding + points


def odd_units(case: Case) -> int:
    """How much rounding may move where certificates of money mean lines in part the same."""
    goods = [series.get("goods") for _, series in taken(case) if not is_pass(series)]
    by_points = bool(case.receipt.get("points_to_spend")) and any(goods)
    if not by_points and all(each == goods[0] for each in goods):
        return 0
    return len(case.outcome["lines"]) * len(goods)


def test_more_on_a_certificate_never_makes_the_customer_pay_more() -> None:
    """With money and points together; if points are not asked for, with money alone."""
    cheaper = exact = 0
    for case in cases("more", worlds=3 * WORLDS):
        for answer, _ in taken(case):
            facts = copy.deepcopy(case.facts)
            more = case.chance.choice([1, 1, 2, 10, case.world.amounts()])
            facts["certificates"][answer["code"]]["left"] += more
            again = run_engine(case.snapshot, facts, case.receipt)
            allowed = odd_units(case)
            exact += not allowed
            assert due(again) <= due(case.outcome) + allowed
            if not allowed and not case.receipt.get("points_to_spend"):
                assert again["payable_minor"] <= case.outcome["payable_minor"]
            cheaper += due(again) < due(case.outcome)
    assert cheaper > WORLDS // 2
    assert exact > WORLDS
