"""DecideCorrections and UndoCorrections: what other authors do about corrections, many at once."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from checkout.flows.answers import CorrectionResult, CorrectionsAnswer
from checkout.flows.authors import known_as
from checkout.flows.bulk_adjust import refused
from checkout.flows.corrections import (
    approve,
    correction_key_number,
    is_for_four_eyes,
    take_back,
    told,
)
from checkout.flows.currencies import find_currency
from checkout.flows.operation import Decision, Operation, merged_among
from checkout.flows.sale_operation import missing_snapshot
from checkout.flows.sameness import call_hash
from checkout.ledger.corrections import decide, reject
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book, KeyRefs
    from checkout.ledger.correction_rows import Correction
    from checkout.ledger.corrections import CorrectionBook


class CorrectionsOperation(Operation):
    """A call about corrections that were made before, each judged for itself."""

    def __init__(
        self,
        partner_id: UUID,
        *,
        request_id: str,
        correction_ids: Sequence[UUID],
        reason: str,
        author: str,
        choice: str,
    ) -> None:
        ids = list(map(str, correction_ids))
        super().__init__(partner_id, request_id, call_hash(ids, reason, author, choice))
        self.correction_ids = correction_ids
        self.reason = reason
        self.author = author

    def key_numbers(self) -> set[int]:
        return super().key_numbers() | set(map(correction_key_number, self.correction_ids))

    def add_refs(self, refs: KeyRefs) -> None:
        super().add_refs(refs)
        refs.corrections |= set(self.correction_ids)

    def member_ids(self, book: Book) -> set[UUID]:
        known = map(book.corrections.get, self.correction_ids)
        return {
            i for each in known if each is not None for i in (each.row.member_id, each.row.purse_id)
        }

    def settled_ids(self, book: Book) -> set[UUID]:
        return merged_among(book, self.member_ids(book))

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        if snapshots.current(self.partner_id) is None:
            return Decision(missing_snapshot(), is_final=False)
        results = []
        for correction_id in self.correction_ids:
            known = book.corrections.get(correction_id)
            if known is None or known.row.partner_id != self.partner_id:
                refusal = Refusal(Reason.CORRECTION_UNKNOWN, "there is no such correction")
                results.append(_refused(0, correction_id, refusal))
            else:
                results.append(self.decide_one(book, snapshots, known))
        return Decision(CorrectionsAnswer(corrections=results), is_final=True)

    @abstractmethod
    def decide_one(
        self, book: Book, snapshots: Snapshots, known: CorrectionBook
    ) -> CorrectionResult:
        """What becomes of one correction of the partner."""

    def _told(
        self, book: Book, snapshots: Snapshots, correction: Correction, *, changed: bool
    ) -> CorrectionResult:
        found = find_currency(snapshots, self.partner_id, correction.currency)
        currency = None if isinstance(found, Refusal) else found[1]
        member = book.members[correction.member_id]
        return told(book, correction, member, currency, changed=changed)


class DecideOperation(CorrectionsOperation):
    """Book what another author has proposed, or reject it."""

    method = "DecideCorrections"

    def __init__(
        self,
        partner_id: UUID,
        *,
        request_id: str,
        correction_ids: Sequence[UUID],
        rejects: bool,
        reason: str,
        author: str,
    ) -> None:
        super().__init__(
            partner_id,
            request_id=request_id,
            correction_ids=correction_ids,
            reason=reason,
            author=author,
            choice="reject" if rejects else "approve",
        )
        self.rejects = rejects

    def decide_one(
        self, book: Book, snapshots: Snapshots, known: CorrectionBook
    ) -> CorrectionResult:
        correction = known.row
        if correction.state != "proposed":
            if correction.state == ("rejected" if self.rejects else "booked"):
                return self._told(book, snapshots, correction, changed=False)
            refusal = Refusal(
                Reason.CORRECTION_DECIDED,
                f"the correction is {correction.state}, no longer proposed",
                "correction_ids",
            )
            return _refused(correction.line, correction.correction_id, refusal)
        if known_as(correction.author) == known_as(self.author):
            refusal = Refusal(
                Reason.SAME_AUTHOR, "another author has to decide on it", "correction_ids"
            )
            return _refused(correction.line, correction.correction_id, refusal)
        if self.rejects:
            # After this point it is rejected.
            decide(book, correction, self.author, self.reason)
            reject(book, correction)
        else:
            failed = approve(book, snapshots, correction)
            if failed is not None:
                return _refused(correction.line, correction.correction_id, failed)
            decide(book, correction, self.author, self.reason)
        return self._told(book, snapshots, correction, changed=True)


class UndoOperation(CorrectionsOperation):
    """Take back what was booked."""

    method = "UndoCorrections"

    def __init__(
        self,
        partner_id: UUID,
        *,
        request_id: str,
        correction_ids: Sequence[UUID],
        reason: str,
        author: str,
        four_eyes_above_minor: int | None,
    ) -> None:
        super().__init__(
            partner_id,
            request_id=request_id,
            correction_ids=correction_ids,
            reason=reason,
            author=author,
            choice="undo",
        )
        self.four_eyes_above_minor = four_eyes_above_minor

    def decide_one(
        self, book: Book, snapshots: Snapshots, known: CorrectionBook
    ) -> CorrectionResult:
        correction = known.row
        if correction.state == "undone":
            return self._told(book, snapshots, correction, changed=False)
        if correction.state != "booked":
            refusal = Refusal(
                Reason.CORRECTION_NOT_BOOKED,
                f"the correction is {correction.state}: there is nothing to undo",
                "correction_ids",
            )
            return _refused(correction.line, correction.correction_id, refusal)
        # What took two people to book is not the first one's alone to take back.
        needs_another = bool(correction.decided_by) or is_for_four_eyes(
            correction.amount_minor, self.four_eyes_above_minor
        )
        if needs_another and known_as(correction.author) == known_as(self.author):
            refusal = Refusal(
                Reason.SAME_AUTHOR, "another author has to take it back", "correction_ids"
            )
            return _refused(correction.line, correction.correction_id, refusal)
        points = take_back(book, snapshots, known, self.author, self.reason)
        if isinstance(points, Refusal):
            return _refused(correction.line, correction.correction_id, points)
        result = self._told(book, snapshots, correction, changed=True)
        result.owed_minor = points.owed.get(correction.currency, 0)
        result.written_off_minor = points.written_off.get(correction.currency, 0)
        return result


def _refused(line: int, correction_id: UUID, refusal: Refusal) -> CorrectionResult:
    result = refused(line, refusal)
    result.correction_id = correction_id
    return result
