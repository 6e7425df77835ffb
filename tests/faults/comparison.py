"""The journal against the database: lost, duplicated, invented, altered.

    lost        acknowledged, and not there
    duplicated  one call, and there more than once
    invented    there, and nobody was told so
    altered     there, with other amounts than were told

Members are compared, too: what each has must be what the answers add up to.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from checkout.client import messages
from tests.faults.stand import START_MINOR
from tests.service.world import NORTH

if TYPE_CHECKING:
    from asyncpg import Connection

    from tests.faults.journal import Call, Journal


@dataclass(slots=True)
class Comparison:
    """What was found; everything but `compared` should be empty."""

    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    compared: int = 0

    @property
    def violations(self) -> list[str]:
        return [*self.invented, *self.altered]


async def compare(
    journal: Journal, database: Connection[Any], member_ids: dict[str, str]
) -> Comparison:
    """Compare; nothing of the journal's may still be under way."""
    found = Comparison()
    await _compare_confirms(journal, database, found)
    await _compare_holds(journal, database, found)
    await _compare_returns(journal, database, found)
    await _compare_requests(journal, database, found)
    await _compare_members(journal, database, member_ids, found)
    return found


def did_something(call: Call) -> bool:
    """Whether the answer says that the call changed something."""
    return (
        call.fate == "acknowledged"
        and getattr(call.answer, "status", messages.STATUS_OK) == messages.STATUS_OK
    )


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
        if call.shown_minor is not None and call.shown_minor != outcome.payable_minor:
            found.altered.append(
                f"{call.purchase_id}: shown {call.shown_minor}, charged {outcome.payable_minor}"
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
        if did_something(call) and (call.method, call.request_id) not in there
    ]


async def _compare_members(
    journal: Journal,
    database: Connection[Any],
    member_ids: dict[str, str],
    found: Comparison,
) -> None:
    moved: Counter[str] = Counter()
    unsure = {call.card for call in journal.unresolved}
    for call in journal.calls:
        if not call.card or not did_something(call):
            continue
        if call.kind == "confirm":
            outcome = call.answer.outcome
            moved[call.card] += outcome.points_earned_minor - outcome.redemption.points_minor
        elif call.kind == "return":
            back = call.answer.returned
            taken = sum(each.points_minor - each.written_off_minor for each in back.points_taken)
            moved[call.card] += back.points_back_minor - taken
    rows = await database.fetch(
        # What ended with its lot is gone by no call; whether it ended in time, `verify` says.
        "select member_id::text, balance - debt + coalesce((select sum(l.expired) from lot l"
        " where l.bucket = a.bucket and l.member_id = a.member_id and l.currency = a.currency), 0)"
        " as balance from account a where member_id = any($1)",
        list(member_ids.values()),
    )
    balances = {row["member_id"]: row["balance"] for row in rows}
    for card, member_id in member_ids.items():
        if card in unsure:
            continue
        expected = START_MINOR + journal.given[card] + moved[card]
        there = balances.get(member_id, 0)
        found.compared += 1
        if there < expected:
            found.altered.append(f"member {card}: has {there}, answers say {expected}")
        elif there > expected:
            found.altered.append(f"member {card}: has {there}, answers say only {expected}")
