"""The journal against the database: sales, holds, returns, and what was done beside them.

Members are compared, too: what each has must be what the answers add up to.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from checkout.client import messages
from tests.faults.compared_care import compare_care
from tests.faults.compared_codes import compare_codes
from tests.faults.journal import did_something
from tests.faults.matching import Comparison
from tests.faults.seeding import START_MINOR
from tests.service.world import NORTH

if TYPE_CHECKING:
    from asyncpg import Connection

    from tests.faults.journal import Call, Journal


_WRITTEN_OFF: Final = messages.FlagKind.Value("FLAG_KIND_POINTS_WRITTEN_OFF")
#: Found again by its purchase id: the call as such is kept nowhere.
WITHOUT_KEY: Final = {"SubmitOffline"}


async def compare(
    journal: Journal, database: Connection[Any], purses: dict[str, str]
) -> Comparison:
    """Compare; nothing of the journal's may still be under way.

    `purses` says whose account each card spends from.
    """
    found = Comparison()
    await _compare_confirms(journal, database, found)
    await _compare_holds(journal, database, found)
    await _compare_returns(journal, database, found)
    await _compare_requests(journal, database, found)
    done = [call for call in journal.calls if did_something(call)]
    sales = [call for call in done if call.kind == "confirm"]
    returns = [call for call in done if call.kind == "return"]
    unsure = {name for call in journal.unresolved for name in (call.purchase_id, call.return_id)}
    await compare_codes(sales, returns, unsure, database, found)
    await compare_care(done, journal.unresolved, database, found)
    await _compare_members(journal, database, purses, found)
    return found


async def _compare_confirms(journal: Journal, database: Connection[Any], found: Comparison) -> None:
    rows = await database.fetch(
        "select purchase_id, receipt_id::text, payable_minor, points_spent_minor,"
        " points_earned_minor from receipt where selling_partner_id = $1",
        NORTH,
    )
    there: dict[str, list[Any]] = {}
    for row in rows:
        there.setdefault(row["purchase_id"], []).append(row)
    known = set()
    for call in journal.calls:
        if call.kind != "confirm":
            continue
        found.compared += 1
        receipts = there.get(call.purchase_id, [])
        if len(receipts) > 1:
            found.duplicated.append(f"{call.purchase_id}: {len(receipts)} receipts")
        if not did_something(call):
            if call.fate == "unknown":
                known.add(call.purchase_id)
            continue
        known.add(call.purchase_id)
        outcome = call.answer.outcome
        told = (
            call.answer.receipt_id,
            outcome.payable_minor,
            outcome.redemption.points_minor,
            outcome.points_earned_minor,
        )
        if not receipts:
            found.lost.append(f"{call.purchase_id}: acknowledged, no receipt")
        elif tuple(receipts[0])[1:] != told:
            found.altered.append(f"{call.purchase_id}: told {told}, stored {tuple(receipts[0])}")
        if call.shown is not None and call.shown.payable_minor != outcome.payable_minor:
            found.altered.append(
                f"{call.purchase_id}: shown {call.shown.payable_minor},"
                f" charged {outcome.payable_minor}"
            )
    found.invented += [f"{name}: a receipt of nobody" for name in there if name not in known]


async def _compare_holds(journal: Journal, database: Connection[Any], found: Comparison) -> None:
    rows = await database.fetch(
        "select purchase_id, count(*) as holds from hold where partner_id = $1 group by 1", NORTH
    )
    there = {row["purchase_id"]: row["holds"] for row in rows}
    known = set()
    for call in journal.calls:
        if call.kind != "hold":
            continue
        found.compared += 1
        holds = there.get(call.purchase_id, 0)
        if holds > 1:
            found.duplicated.append(f"{call.purchase_id}: {holds} holds of one call")
        if did_something(call):
            known.add(call.purchase_id)
            if not holds:
                found.lost.append(f"{call.purchase_id}: acknowledged, no hold")
        elif call.fate == "unknown":
            known.add(call.purchase_id)
    found.invented += [f"{name}: a hold of nobody" for name in there if name not in known]


async def _compare_returns(journal: Journal, database: Connection[Any], found: Comparison) -> None:
    rows = await database.fetch(
        "select return_id, money_minor, points_back_minor from return_receipt"
        " where partner_id = $1",
        NORTH,
    )
    there: dict[str, list[Any]] = {}
    for row in rows:
        there.setdefault(row["return_id"], []).append(row)
    known = set()
    for call in journal.calls:
        if call.kind != "return":
            continue
        found.compared += 1
        returns = there.get(call.return_id, [])
        if len(returns) > 1:
            found.duplicated.append(f"{call.return_id}: {len(returns)} returns")
        if did_something(call):
            known.add(call.return_id)
            told = (call.answer.returned.money_minor, call.answer.returned.points_back_minor)
            if not returns:
                found.lost.append(f"{call.return_id}: acknowledged, no return")
            elif tuple(returns[0])[1:] != told:
                found.altered.append(f"{call.return_id}: told {told}, stored {returns[0]}")
        elif call.fate == "unknown":
            known.add(call.return_id)
    found.invented += [f"{name}: a return of nobody" for name in there if name not in known]


async def _compare_requests(journal: Journal, database: Connection[Any], found: Comparison) -> None:
    """Whoever was answered must be recognised when the call comes again."""
    rows = await database.fetch(
        "select method, request_id from request_key where partner_id = $1", NORTH
    )
    there = {(row["method"], row["request_id"]) for row in rows}
    found.lost += [
        f"{call.request_id}: acknowledged, no request key"
        for call in journal.calls
        if did_something(call)
        and call.method not in WITHOUT_KEY
        and (call.method, call.request_id) not in there
    ]


def _moved(call: Call) -> int:
    """By how much the answer says that an account has more, debts taken off."""
    answer = call.answer
    match call.kind:
        case "confirm":
            outcome = answer.outcome
            forgiven = sum(flag.amount for flag in answer.flags if flag.kind == _WRITTEN_OFF)
            return int(outcome.points_earned_minor - outcome.redemption.points_minor + forgiven)
        case "return":
            back = answer.returned
            taken = sum(each.points_minor - each.written_off_minor for each in back.points_taken)
            return int(back.points_back_minor - taken)
        case "credit":
            return int(answer.outcome.points_earned_minor)
        case "correct":
            return call.amount_minor
        case "undo":
            return int(answer.written_off_minor) - call.amount_minor
        case "gift":
            return -int(answer.points_minor)
        case "gift back":
            return int(answer.points_minor)
        case _:
            return 0


async def _compare_members(
    journal: Journal, database: Connection[Any], purses: dict[str, str], found: Comparison
) -> None:
    """What each account has; cards of one household, or of one who was merged, share it."""
    unsure = {purses[call.card] for call in journal.unresolved if call.card}
    expected: Counter[str] = Counter()
    for card, purse in purses.items():
        expected[purse] += START_MINOR + journal.given[card]
    for call in journal.calls:
        if call.card and did_something(call):
            expected[purses[call.card]] += _moved(call)
    rows = await database.fetch(
        # What ended with its lot is gone by no call; whether it ended in time, `verify` says.
        "select member_id::text, balance - debt + coalesce((select sum(l.expired) from lot l"
        " where l.bucket = a.bucket and l.member_id = a.member_id and l.currency = a.currency), 0)"
        " as balance from account a where member_id = any($1)",
        [*expected],
    )
    balances = {row["member_id"]: row["balance"] for row in rows}
    for purse, points in expected.items():
        if purse in unsure:
            continue
        there = balances.get(purse, 0)
        found.compared += 1
        if there < points:
            found.altered.append(f"account {purse}: has {there}, answers say {points}")
        elif there > points:
            found.altered.append(f"account {purse}: has {there}, answers say only {points}")
