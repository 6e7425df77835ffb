"""`python -m checkout describe`: what rules do, in words for people."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import orjson

from checkout.stories.describe import describe_file
from checkout.stories.explain import explain_file
from tests.scenarios.test_explain import CASE

if TYPE_CHECKING:
    from pathlib import Path

Doc = dict[str, Any]

THIRD_FREE = """\
Campaign Third dairy free (2+1)
When
  - A sale in a store of the program P (p).
  - At any time.
  - No further condition.
What
  - For each 2 units of category dairy with all below 1 more is free.
    - Rewarded units do not count as bought: they come on top.
    - Which: the cheapest units of each group are rewarded; groups are formed by price, \
dearest first.
    - As often as it fits on a receipt.
    - Units of a group that is not full get nothing.
    - A unit is a piece; a weighed line is one unit.
    - Reckoned from the current price, after the rewards before it.
    - Goods that are already reduced count like others.
    - The reward has no maximum of its own.
How far
  - No limits.
  - No maximum for its discounts on one receipt.
  - No budget: it may give any sum in total.
Beside whom
  - Lane 1 of 3, off, gives discounts: each unit belongs to one campaign, in the combination that \
takes most off (at most 500 tries); percentages are taken from the current price, after earlier \
rewards.
  - Priority 0: the higher goes first, of equal ones the smaller code.
  - It keeps nobody away.
What is said
  - Nothing is said.
"""
PROGRAM = """\
Program P (p)
Members
  - There are no tiers.
  - Members have the lifecycle state that is brought over with them, if any.
  - Point currency Stars (stars), the main one: 1 stars = 0.01 RUB when they are spent; the \
smallest part is 1 stars.
"""
CAP = """\
Discount cap
  - All discounts on a receipt together, external ones included, are at most 23 % of the \
receipt (rounded down); where more is wanted, the part that fits is given.
Discounts by hand
  - Cashiers may give none.
Coupons
  - Capitals do not matter: SAVE and save are one code.
  - A code that stands twice on a receipt is taken once.
  - A code whose campaign granted nothing stays with the customer.
Paying with points
  - Only members pay with points; the currency is stars.
  - At most 100 % of each line after all discounts and passes (rounded down).
  - Nothing has to remain to be paid otherwise.
  - However members are identified, they may pay with points.
  - Any number of points may be spent.
  - A sale that asks for other numbers, or for more, is refused.
  - Points that run out first are spent first.
Certificates and passes
  - No certificates and passes are taken.
Gifts
  - There are no gifts.
Earning points
  - Members earn on all goods and services; guests earn nothing.
  - Value is the price after all discounts; the part paid with points earns nothing; the part \
paid with certificates and passes earns, too.
  - A receipt that is paid in part with points still earns.
  - Rounded down to 1 stars, once a receipt, for all rewards together.
  - Points are active at once and never expire, unless a reward says otherwise.
  - The days of points begin at midnight in UTC.
  - Whoever forgot the card gets the points until 14 days after the sale.
Cash
  - The sum to pay is not rounded.
Returns
  - Goods can be returned at any time.
  - What each of them cost on its receipt is given back, whatever the rest would have cost \
alone.
  - The points that they earned are taken back, and those that were paid for them returned.
  - Points to be taken back that are spent already are owed, and paid with the next that are \
earned.
  - Returned points that ran out meanwhile stay expired.
  - When everything has come back, used coupons can be used again, and unused coupons and \
tags that the sale gave are taken back.
  - What was paid with a certificate or pass goes back to it.
  - If it ran out meanwhile, that part can be spent for another 30 days.
Leaving
  - Points of a member who leaves are kept, out of reach until they join again.
Limits
  - No limits over all campaigns.
"""


def describe(folder: Path, document: object, about: str = "") -> tuple[int, str]:
    path = folder / "rules.json"
    path.write_bytes(orjson.dumps(document))
    out = io.StringIO()
    return describe_file(path, out, about), out.getvalue()


def test_programs_and_campaigns_are_told_with_every_setting(tmp_path: Path) -> None:
    """A snapshot says what each program and campaign does; what is left out is told, too."""
    code, told = describe(tmp_path, CASE["snapshot"])
    assert code == 0
    assert told.startswith(PROGRAM)
    assert CAP in told
    assert THIRD_FREE in told
    assert [line for line in told.splitlines() if line.startswith("Campaign")] == [
        f"Campaign {campaign['name']} ({campaign['code']})"
        for campaign in CASE["snapshot"]["campaigns"]
    ]


def test_a_case_is_described_by_its_snapshot(tmp_path: Path) -> None:
    """What is handed to evaluate and explain can be described as it is."""
    assert describe(tmp_path, CASE) == describe(tmp_path, CASE["snapshot"])


def test_one_campaign_is_described_alone(tmp_path: Path) -> None:
    """The words of the named campaign are all that is printed."""
    assert describe(tmp_path, CASE, "2+1") == (0, THIRD_FREE)


def test_what_cannot_be_described_is_said(tmp_path: Path) -> None:
    """An unknown campaign, rules that cannot be published, no rules, no JSON: each is named."""
    assert describe(tmp_path, CASE, "none") == (1, "The snapshot has no campaign 'none'.\n")
    spoiled: Doc = {**CASE["snapshot"], "stores": []}
    code, told = describe(tmp_path, spoiled)
    assert (code, told.partition(":")[0]) == (1, "stores")
    rules: Doc = {**CASE["snapshot"], "chains": []}
    code, told = describe(tmp_path, rules)
    assert code == 1
    assert "chain" in told
    assert describe(tmp_path, [1])[0] == 1
    path = tmp_path / "no.json"
    path.write_text("{")
    out = io.StringIO()
    assert describe_file(path, out) == 1
    assert "no.json is not a JSON object" in out.getvalue()


def test_explain_tells_a_campaign_above_its_verdict(tmp_path: Path) -> None:
    """Who asks about one campaign reads first what it does, then what became of it."""
    path = tmp_path / "case.json"
    path.write_bytes(orjson.dumps(CASE))
    out = io.StringIO()
    assert explain_file(path, out, "2+1") == 0
    words, _, verdict = out.getvalue().partition("\n\n")
    assert f"{words}\n" == THIRD_FREE
    assert verdict.startswith("campaign")
    assert "applied" in verdict
