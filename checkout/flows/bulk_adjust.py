"""BulkAdjust: a page of the rows of a file, each a correction of its own (L5, L6).

A row is named by the bulk and its line, so a page that is sent again books nothing twice. A row
that cannot be done is told with its field and reason, and leaves nothing: it may be sent again.
The first row of a bulk that is done makes its one history row, with the hash of the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from checkout.flows.answers import BulkAnswer, CorrectionResult
from checkout.flows.author_allowance import AuthorAllowance
from checkout.flows.corrections import Wanted, correction_key_number, make_correction, told
from checkout.flows.currencies import find_currency
from checkout.flows.operation import Decision, Operation
from checkout.ledger.changes import note_change
from checkout.ledger.correction_rows import Bulk
from checkout.primitives import bucket_of_uuid, key_number, parse_minor
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.flows.ports import Snapshots
    from checkout.flows.sale import PresentedIdentifier
    from checkout.ledger.book import Book, ContestedRefs, KeyRefs

#: Rows of one page: more make the locks of a transaction longer than they save.
BULK_ROWS_MAX: Final = 100
#: Points of one correction, in minor units.
CORRECTION_MAX_MINOR: Final = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkRow:
    """One row: whose points, how many as a decimal text, and for how long."""

    line: int
    member_id: UUID | None
    identifier: PresentedIdentifier | None
    currency: str
    points: str
    days: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkFile:
    """The file that a bulk is."""

    code: str
    file_hash: bytes
    file_name: str
    reason: str
    author: str


def bulk_id_of(partner_id: UUID, code: str) -> UUID:
    """The id of a partner's bulk."""
    return uuid5(partner_id, f"bulk {code}")


class BulkAdjustOperation(Operation):
    """Do the rows of one page, in their order."""

    method = "BulkAdjust"

    def __init__(
        self,
        partner_id: UUID,
        file: BulkFile,
        rows: Sequence[BulkRow],
        four_eyes_above_minor: int | None,
    ) -> None:
        super().__init__(partner_id, "", b"")
        self.file = file
        self.rows = rows
        self.bulk_id = bulk_id_of(partner_id, file.code)
        self.allowance = AuthorAllowance(partner_id, file.author, four_eyes_above_minor)

    def _correction_id(self, row: BulkRow) -> UUID:
        return uuid5(self.bulk_id, str(row.line))

    def key_numbers(self) -> set[int]:
        keys = {correction_key_number(self._correction_id(row)) for row in self.rows}
        return keys | {key_number(b"bulk", self.bulk_id.bytes)}

    def add_refs(self, refs: KeyRefs) -> None:
        refs.bulks.add(self.bulk_id)
        for row in self.rows:
            refs.corrections.add(self._correction_id(row))
            if row.identifier is not None:
                refs.identifiers.add(row.identifier.ref(self.partner_id))

    def member_ids(self, book: Book) -> set[UUID]:
        found = {self._member_id(book, row) for row in self.rows}
        known = map(book.corrections.get, map(self._correction_id, self.rows))
        found |= {
            i for each in known if each is not None for i in (each.row.member_id, each.row.purse_id)
        }
        return {member_id for member_id in found if member_id is not None}

    def _member_id(self, book: Book, row: BulkRow) -> UUID | None:
        """Whose points; what is blocked leads to its member all the same."""
        if row.identifier is None:
            return row.member_id
        identifier = book.identifiers.get(row.identifier.ref(self.partner_id))
        return identifier.member_id if identifier is not None else None

    def contested_refs(self, book: Book, snapshots: Snapshots) -> ContestedRefs:
        del book, snapshots
        return self.allowance.refs()

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        bulk = book.bulks.get(self.bulk_id)
        if bulk is not None and bulk.file_hash != self.file.file_hash:
            return Decision(
                Refusal(
                    Reason.BULK_DIFFERS,
                    "this bulk was another file; a new file needs a new name",
                    "bulk",
                    {"file_hash": bulk.file_hash.hex()},
                ),
                is_final=False,
            )
        results = [self._decide_row(book, snapshots, row) for row in self.rows]
        if bulk is None and any(result.changed for result in results):
            self._open(book)
        return Decision(BulkAnswer(rows=results), is_final=False)

    def _decide_row(self, book: Book, snapshots: Snapshots, row: BulkRow) -> CorrectionResult:
        correction_id = self._correction_id(row)
        member_id = self._member_id(book, row)
        known = book.corrections.get(correction_id)
        if member_id is None and known is None:
            kind = row.identifier.kind if row.identifier is not None else "member_id"
            refusal = Refusal(Reason.MEMBER_UNKNOWN, f"nobody has this {kind}", kind)
            return refused(row.line, refusal)
        found = find_currency(snapshots, self.partner_id, row.currency)
        if isinstance(found, Refusal):
            return refused(row.line, found)
        _, currency = found
        amount_minor = parse_minor(row.points, currency.exponent)
        if amount_minor is None or not 0 < abs(amount_minor) <= CORRECTION_MAX_MINOR:
            return refused(row.line, _no_amount(currency.exponent))
        if known is not None:
            was = known.row
            said = (row.currency, amount_minor, row.days)
            is_same = (was.currency, was.amount_minor, was.days) == said
            if not is_same or not _is_of(book, was.member_id, member_id):
                return refused(row.line, _differs())
            return told(book, was, book.members.get(was.member_id), currency, changed=False)
        assert member_id is not None, "a row without a member was refused"
        if row.days and amount_minor < 0:
            refusal = Refusal(Reason.FIELD_INVALID, "points that are taken have no days", "days")
            return refused(row.line, refusal)
        wanted = Wanted(
            partner_id=self.partner_id,
            correction_id=correction_id,
            member_id=member_id,
            currency=row.currency,
            amount_minor=amount_minor,
            days=row.days,
            reason=row.reason or self.file.reason,
            author=self.file.author,
            bulk_id=self.bulk_id,
            line=row.line,
        )
        made = make_correction(book, snapshots, wanted, self.allowance)
        if isinstance(made, Refusal):
            return refused(row.line, made)
        return made

    def _open(self, book: Book) -> None:
        """The history row, once."""
        file = self.file
        book.bulks[self.bulk_id] = book.writes.bulks[self.bulk_id] = Bulk(
            bucket_of_uuid(self.bulk_id),
            self.bulk_id,
            self.partner_id,
            file.code,
            file.file_hash,
            file.file_name,
            file.reason,
            file.author,
            book.now,
        )
        note_change(
            book,
            self.partner_id,
            ("bulk", self.bulk_id),
            file.author,
            file.reason,
            before=None,
            after={
                "code": file.code,
                "file_name": file.file_name,
                "file_sha256": file.file_hash.hex(),
            },
        )


def refused(line: int, refusal: Refusal) -> CorrectionResult:
    """A row that was not done, and why."""
    return CorrectionResult(line=line, state="refused", refusal=refusal)


def _is_of(book: Book, owner_id: UUID, named_id: UUID | None) -> bool:
    """Whether a row names the member whose correction it was, under whatever name.

    An identifier that is nobody's any more names nobody else.
    """
    if named_id is None:
        return True
    named = book.members.get(named_id)
    return named is not None and named.survivor is book.members[owner_id].survivor


def _no_amount(exponent: int) -> Refusal:
    return Refusal(
        Reason.FIELD_INVALID,
        f"points are a number such as -12.50, not 0, with at most {exponent} decimals, at most"
        f" {CORRECTION_MAX_MINOR} minor units",
        "points",
        {"decimals_max": exponent},
    )


def _differs() -> Refusal:
    return Refusal(Reason.BULK_DIFFERS, "this line was another correction when it was done", "line")
