"""Explain: a confirmed purchase, evaluated again from what was stored with it.

Snapshot, facts and receipt are those of the sale, so the outcome is the stored one, bit for bit;
that is looked at each time, and said. What was sold without the service was decided by nobody here:
it is told as the till gave it, and there is no more to say about it at any level.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from checkout.engine.evaluate import Explain, evaluate
from checkout.engine.sold import evaluate_sold
from checkout.flows.answers import ConfirmAnswer, load_answer
from checkout.flows.as_sold import as_given
from checkout.flows.in_words import words_for
from checkout.flows.sale import load_content
from checkout.flows.sale_facts import load_facts
from checkout.flows.sale_operation import missing_snapshot
from checkout.refusals import Reason, Refusal
from checkout.wording.speech import speaking

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from uuid import UUID

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.facts import Facts
    from checkout.engine.outcome import Outcome
    from checkout.engine.receipt import Receipt
    from checkout.flows.ports import AnySnapshots
    from checkout.flows.sale import AlreadyPaid
    from checkout.store.reference import ReferenceStore, SaleRow, SoldRow


@dataclass(frozen=True, slots=True)
class Explained:
    """A sale and why it came out as it did; `is_exact`: evaluated again it is what was stored."""

    receipt_id: UUID
    snapshot_id: str
    evaluated_at: dt.datetime
    confirmed_at: dt.datetime
    outcome: Outcome
    is_exact: bool
    #: What colleagues wrote about campaigns that the outcome names, by code. Of the snapshot, and
    #: never of the outcome: that is stored, and told to customers.
    descriptions: Mapping[str, str]


class ExplainFlow:
    """Explains what was sold."""

    def __init__(self, snapshots: AnySnapshots, reference: ReferenceStore) -> None:
        self._snapshots = snapshots
        self._reference = reference

    async def explain(
        self, partner_id: UUID, purchase_id: str, explain: Explain, about: str, language: str = ""
    ) -> Explained | Refusal:
        """Why a purchase came out as it did; purchases of other partners are not known.

        Conditions are told in a language of `wording`, or in the codes of rules if it is empty.

        Raises:
            StoreError: the database cannot be asked.
        """
        sold = sold_of(await self._reference.find_sale(partner_id, purchase_id))
        if isinstance(sold, Refusal):
            return sold
        snapshot = await self._snapshots.load(sold.snapshot_id)
        if snapshot is None:
            return missing_snapshot()
        answer = load_answer(sold.answer)
        assert isinstance(answer, ConfirmAnswer), "a receipt's answer is that of its confirm"
        receipt, paid = load_content(sold.content)
        facts = load_facts(sold.facts)
        if paid is not None:
            again = outcome = _evaluate_given(snapshot, facts, receipt, paid, answer.mode)
        else:
            again = outcome = evaluate(snapshot, facts, receipt)
            if explain is not Explain.APPLIED:
                with speaking(language):
                    words = words_for(language, snapshot, receipt.store)
                    outcome = evaluate(snapshot, facts, receipt, explain, about, words=words)
        return Explained(
            sold.receipt_id,
            sold.snapshot_id,
            sold.evaluated_at,
            sold.confirmed_at,
            outcome,
            again == answer.outcome,
            descriptions_of(snapshot, receipt.store, outcome),
        )


def descriptions_of(snapshot: CompiledSnapshot, store: str, *outcomes: Outcome) -> dict[str, str]:
    """What the rules say for colleagues about campaigns that outcomes name."""
    known = snapshot.programs[snapshot.stores[store].program].by_code
    named = {
        code
        for outcome in outcomes
        for code in (
            *(one.code for one in outcome.applied),
            *(one.campaign for one in outcome.nearly),
            *(one.campaign for one in outcome.considered),
        )
    }
    found = {code: known[code].document.description for code in sorted(named) if code in known}
    return {code: text for code, text in found.items() if text}


def sold_of(row: SaleRow | None) -> SoldRow | Refusal:
    """What a purchase was sold with, or why it was not."""
    if row is None:
        return Refusal(Reason.PURCHASE_UNKNOWN, "there is no such purchase", "purchase_id")
    if row.sold is None:
        if row.state == "cancelled":
            return Refusal(Reason.PURCHASE_CANCELLED, "this purchase was cancelled", "purchase_id")
        return Refusal(
            Reason.PURCHASE_NOT_CONFIRMED, "this purchase is not confirmed", "purchase_id"
        )
    return row.sold


def _evaluate_given(
    snapshot: CompiledSnapshot, facts: Facts, receipt: Receipt, paid: AlreadyPaid, mode: str
) -> Outcome:
    """A sale of which the prices stand, as it was taken from the till."""
    program = snapshot.programs[snapshot.stores[receipt.store].program]
    terms = as_given(program, receipt, paid, facts)
    return evaluate_sold(
        snapshot,
        facts,
        terms.receipt,
        terms.known,
        terms.points_minor,
        terms.certificates,
        hands_out=mode != "manual",
    )
