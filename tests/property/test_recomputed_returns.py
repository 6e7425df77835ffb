"""Laws of returns by the policy `recomputed`, each with its range, and how often that was met.

At one instant, with the debt policy `negative`, and no other movement in between. Sold and returned
in memory, on the service's own decisions; every answer is checked to add up as it says.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from tests.property.recomputed_cases import POINTS, Played, SoldCase, sold_cases
from tests.property.return_cases import state_of

if TYPE_CHECKING:
    from checkout.stories.memory import MemoryBookStore

Doc = dict[str, Any]

CASES = 60
_TENDERS = ("money_minor", "points_value_minor", "points_back_minor", "certificates_minor")


def test_where_no_step_is_floored_order_and_division_do_not_matter() -> None:
    """Two ways to bring the same pieces back end in the same books, with the same sums."""
    judged = floored = 0
    for case in sold_cases("order", CASES):
        units = case.some_units()
        if not units:
            continue
        one, other = (case.play(case.units, case.division(units)) for _ in range(2))
        if one.is_floored or other.is_floored:
            floored += 1
            continue
        assert [one.sum_of(name) for name in _TENDERS] == [other.sum_of(n) for n in _TENDERS]
        assert state_of(one.store) == state_of(other.store)
        judged += one.returns != other.returns
    assert judged > CASES / 3
    assert floored > CASES / 20


def test_a_full_return_leaves_nothing() -> None:
    """Whatever was floored on the way: all that was paid comes back, the books are as before."""
    floored = 0
    for case in sold_cases("full", CASES):
        played = case.play(case.units, case.division(case.units))
        floored += played.is_floored
        sold, last = played.sold, played.returns[-1]
        assert last["is_all"]
        assert not last["is_floored"]
        assert played.sum_of("money_minor") == sold["payable_minor"]
        assert played.sum_of("points_value_minor") == sold["points_value_minor"]
        assert played.sum_of("points_back_minor") == sold["redemption"]["points_minor"]
        assert played.sum_of("certificates_minor") == sold["certificates_minor"]
        state = state_of(played.store)
        if case.points is not None:
            assert state["accounts"]["points"] == (POINTS, 0, 0)
        assert state["accounts"].get("stars", (0, 0, 0)) == (0, 0, 0)
        assert set(state["slots"].values()) <= {(0, 0)}
        assert set(state["budgets"].values()) <= {(0, 0)}
        assert set(state["purchases"]) <= {0}
        assert set(state["tags"].values()) <= {0}
        assert set(state["certificates"].values()) <= {50_00}
        (used, _), *issued = sorted(state["coupons"].values(), key=lambda each: not each[1])
        assert used == 0
        assert not any(is_valid for _, is_valid in issued)
    assert floored > CASES / 20


def test_the_books_are_as_if_only_the_rest_had_been_sold() -> None:
    """What stays costs, pays, earns, uses and gives what it would have alone, if none is floored.

    With just the points, and of the certificate just what the sale was paid with; where the rest
    alone would take no more of a limit than the sale took.
    """
    judged = dearer = 0
    for case in sold_cases("rest", CASES):
        units = case.some_units()
        if not units:
            continue
        played = case.play(case.units, [{p: str(count) for p, count in units.items()}])
        if played.is_floored:
            continue
        sold = played.sold
        alone = replace(
            case,
            points=sold["redemption"]["points_minor"] if case.points is not None else None,
            pays_points=sold["redemption"]["points_minor"] > 0,
            certificate_minor=sold["certificates_minor"],
        )
        stay = {p: count - units.get(p, 0) for p, count in case.units.items()}
        rest = alone.play(stay, [])
        if taken_by(rest) - taken_by(played):
            continue
        (answer,) = played.returns
        assert sold["payable_minor"] - answer["money_minor"] == rest.sold["payable_minor"]
        for tender in ("points_value_minor", "certificates_minor"):
            assert sold[tender] - answer[tender] == rest.sold[tender]
        assert books_of(played, case) == books_of(rest, alone)
        judged += 1
        dearer += answer["money_minor"] < sum(
            line["money_minor"] for line in answer["lines"].values() if line["quantity_milli"]
        )
    assert judged > CASES / 2
    assert dearer > CASES / 20


def taken_by(played: Played) -> Counter[str]:
    """What a sale took of limits."""
    return Counter(
        {
            f"{use.campaign_code}/{use.limit_code}": use.uses
            for use in played.store.limit_uses
            if use.uses > 0
        }
    )


def books_of(played: Played, case: SoldCase) -> Doc:
    """What a sale has left in the books, less what it began with."""
    state = state_of(played.store)
    balance, *_ = state["accounts"].get("points", (0, 0, 0))
    return {
        "points": balance - (case.points or 0),
        "earned": earned_of(played.store),
        "slots": Counter({ref[1]: used for ref, (used, _) in slots_of(played.store) if used}),
        "budgets": {code: used for code, used in state["budgets"].items() if any(used)},
        "coupons": Counter(used for used, is_valid in state["coupons"].values() if is_valid),
        "tags": {tag: given for tag, given in state["tags"].items() if given},
        "purchases": state["purchases"],
    }


def earned_of(store: MemoryBookStore) -> Doc:
    """Points that were issued and not taken back, by currency."""
    earned: Counter[str] = Counter()
    for entry in store.entries:
        if entry.role == "issued":
            earned[entry.currency] -= entry.amount
    return {currency: points for currency, points in earned.items() if points}


def slots_of(store: MemoryBookStore) -> list[tuple[tuple[str, str], tuple[int, int]]]:
    """Campaign and limit of each slot, and how much of it is used and held."""
    return [
        ((slot.campaign_code, f"{slot.campaign_code}/{slot.limit_code}"), (slot.used, slot.held))
        for slot in store.slots.values()
    ]


def test_the_refund_is_the_largest_that_was_ever_due() -> None:
    """Of receipts paid in money: after each step as much as the largest return so far at once."""
    floored = 0
    for case in sold_cases("largest", CASES // 2, is_paid_in_money=True):
        returns = case.division(case.units)
        played = case.play(case.units, returns)
        floored += played.is_floored
        back: Counter[int] = Counter()
        at_once = []
        for lines in returns:
            back.update({position: int(count) for position, count in lines.items()})
            (answer,) = case.play(case.units, [{p: str(n) for p, n in back.items()}]).returns
            at_once.append(answer["money_minor"])
        so_far = list(accumulate(answer["money_minor"] for answer in played.returns))
        assert so_far == list(accumulate(at_once, max))
    assert floored > CASES / 40


def test_without_campaigns_both_policies_give_the_same() -> None:
    """Where nothing is taken off, what a line cost is what the rest no longer costs."""
    for case in sold_cases("plain", CASES // 4, is_paid_in_money=True):
        program = {**case.rules["programs"][0], "cash_rounding": None}
        plain = {**case.rules, "campaigns": [], "programs": [program]}
        returns = case.division(case.units)
        shares = {**plain, "programs": [{**program, "returns": {}}]}
        lines = [(sku, units, price, 0) for sku, units, price, _ in case.lines]
        answers = [
            replace(case, rules=rules, lines=lines).play(case.units, returns)
            for rules in (plain, shares)
        ]
        money = [[answer["money_minor"] for answer in each.returns] for each in answers]
        assert money[0] == money[1]
