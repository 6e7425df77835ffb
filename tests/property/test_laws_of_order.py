"""Laws of the engine that need no second opinion, over the generated sales of `tests/oracle`.

What may be written otherwise without changing anything.
"""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.oracle.oracle_lines import IDENTITY, LINE_DEFAULTS
from tests.oracle.running import Doc, compiled, run_engine
from tests.property.law_cases import WORLDS, cases

if TYPE_CHECKING:
    import random

#: Generated sales by the hundred: `make test` takes a part of them.
pytestmark = pytest.mark.wall

ROOT = Path(__file__).parents[2]
#: What equal till lines are added up in.
SUMMED = ("quantity_milli", "amount_minor", "external_discount_minor", "manual_discount_minor")


def without_shares(outcome: Doc) -> Doc:
    """The outcome but for what belongs to which till line."""
    lines = [{**line, "shares": []} for line in outcome["lines"]]
    certificates = [{**each, "parts": []} for each in outcome["certificates"]]
    return {**outcome, "lines": lines, "certificates": certificates}


def shuffled(chance: random.Random, rows: list[Doc]) -> list[Doc]:
    return chance.sample(rows, len(rows))


# --- Order, splitting, merging ----------------------------------------------------------------


def test_the_order_of_lines_coupons_and_certificates_changes_nothing() -> None:
    """A receipt written in another order has the same outcome to the last share."""
    for case in cases("order"):
        receipt = {
            **case.receipt,
            "lines": shuffled(case.chance, case.receipt["lines"]),
            "coupons": shuffled(case.chance, case.receipt.get("coupons", [])),
            "certificates": shuffled(case.chance, case.receipt.get("certificates", [])),
        }
        assert case.again(receipt) == case.outcome


def test_other_positions_on_the_receipt_change_no_line() -> None:
    """Where a line stands decides only which of equal till lines gets an odd unit."""
    for case in cases("positions"):
        lines = [
            {**line, "position": position}
            for position, line in enumerate(shuffled(case.chance, case.receipt["lines"]), 1)
        ]
        again = case.again({**case.receipt, "lines": lines})
        assert without_shares(again) == without_shares(case.outcome)


def test_the_order_of_a_snapshot_changes_nothing() -> None:
    """Campaigns, stores, programs, articles and categories may be written in any order."""
    for case in cases("snapshot"):
        snapshot = {
            name: shuffled(case.chance, part) if isinstance(part, list) else part
            for name, part in case.world.snapshot.items()
        }
        assert run_engine(compiled(snapshot), case.facts, case.receipt) == case.outcome


def test_splitting_a_line_changes_nothing() -> None:
    """Two lines of the same price that make up one conserve every number but the shares."""
    split = 0
    for case in cases("split"):
        lines = copy.deepcopy(case.receipt["lines"])
        line = case.chance.choice(lines)
        if line.get("weighed") or line["quantity_milli"] < 2:
            continue
        split += 1
        quantity = case.chance.randint(1, line["quantity_milli"] - 1)
        amount = line["amount_minor"] * quantity // line["quantity_milli"]
        external = line.get("external_discount_minor", 0)
        its_external = case.chance.randint(
            max(0, external - (line["amount_minor"] - amount)), min(external, amount)
        )
        manual = line.get("manual_discount_minor", 0)
        its_manual = case.chance.randint(0, manual)
        other = {
            **line,
            "position": 1_000_000,
            "quantity_milli": quantity,
            "amount_minor": amount,
            "external_discount_minor": its_external,
            "manual_discount_minor": its_manual,
        }
        line["quantity_milli"] -= quantity
        line["amount_minor"] -= amount
        line["external_discount_minor"] = external - its_external
        line["manual_discount_minor"] = manual - its_manual
        again = case.again({**case.receipt, "lines": [*lines, other]})
        assert without_shares(again) == without_shares(case.outcome)
    assert split > WORLDS


def test_merging_equal_lines_changes_nothing() -> None:
    """A till that adds equal lines up gets what one that does not gets."""
    merged = 0
    for case in cases("merge"):
        groups: dict[tuple[object, ...], Doc] = {}
        for line in ({**LINE_DEFAULTS, **each} for each in case.receipt["lines"]):
            alone = line["position"] if line["weighed"] else 0  # each weighing is a unit
            into = groups.setdefault((alone, *(line[name] for name in IDENTITY)), line)
            if into is not line:
                merged += 1
                for name in SUMMED:
                    into[name] += line[name]
        again = case.again({**case.receipt, "lines": list(groups.values())})
        assert without_shares(again) == without_shares(case.outcome)
    assert merged > WORLDS


# --- The same again, and more campaigns -------------------------------------------------------


def test_a_receipt_has_one_outcome_whenever_it_is_asked() -> None:
    """Asking again, after other receipts, answers the same."""
    asked = list(cases("again"))
    for case in asked:
        assert case.again(case.receipt) == case.outcome


OUTCOMES = """
import hashlib
from checkout.engine.evaluate import Explain, evaluate
from checkout.engine.stored_outcome import dump_with_outcome
from tests.oracle.running import FACTS, RECEIPT, compiled, world_in_force
from tests.oracle.test_contests import contest_in_force
digest = hashlib.sha256()
for number in range(10):
    for rules in (world_in_force(f"hash/{number}"), contest_in_force(f"hash/{number}")):
        snapshot = compiled(rules.snapshot)
        for _ in range(5):
            facts, receipt = rules.sale()
            sale = FACTS.validate_python(facts), RECEIPT.validate_python(receipt)
            digest.update(dump_with_outcome(evaluate(snapshot, *sale, Explain.FULL)))
print(digest.hexdigest())
"""


def test_outcomes_do_not_depend_on_the_hash_seed_of_the_process() -> None:
    """Two processes whose sets have other orders answer and explain the same sales in bytes."""
    digests = {
        subprocess.run(
            [sys.executable, "-c", OUTCOMES],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
    assert len(digests.pop().strip()) == 64
