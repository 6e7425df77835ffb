"""What a confirm writes once it is decided: points, the receipt's row, and the ids of both."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING
from uuid import UUID

from uuid_utils.compat import uuid7

from checkout.flows.as_sold import points_spent
from checkout.flows.earning import earned_lots
from checkout.flows.holding import spending_order
from checkout.flows.sale import stored_content
from checkout.flows.views import Flag, FlagKind
from checkout.ledger.holds import pick_held
from checkout.ledger.lots import pick_lots
from checkout.ledger.postings import Movement, post_sale
from checkout.ledger.rows import Receipt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.compiled import CompiledProgram, CompiledSnapshot
    from checkout.engine.outcome import Outcome
    from checkout.engine.receipt import Receipt as PricedReceipt
    from checkout.engine.schema.program import Program
    from checkout.flows.as_sold import AsSold
    from checkout.flows.sale import AlreadyPaid, Sale, Settlement
    from checkout.ledger.book import Book, MemberBook
    from checkout.ledger.rows import Hold


@dataclass(frozen=True, slots=True)
class ConfirmIds:
    """Ids of what a confirm may make: chosen before, since a decision draws none itself."""

    receipt_id: UUID
    posting_id: UUID
    lot_id: UUID

    @classmethod
    def new(cls) -> ConfirmIds:
        """Fresh ids, rising with time."""
        return cls(uuid7(), uuid7(), uuid7())

    def lot_ids(self) -> Iterator[UUID]:
        """As many as there are currencies and dates, rising; usually there is one."""
        for number in count():
            yield UUID(int=self.lot_id.int + number)


@dataclass(frozen=True, slots=True)
class Priced:
    """The price that a sale is made at, and what it rests on."""

    snapshot: CompiledSnapshot
    evaluated_at: dt.datetime
    facts: bytes
    outcome: Outcome
    guaranteed_by: Hold | None
    as_sold: AsSold | None = None
    #: At which it was priced, if that was a hold's: another one may make the sale final.
    terminal_code: str | None = None

    def receipt(self, sale: Sale) -> PricedReceipt:
        """The receipt as it was priced: what it rests on, with the facts."""
        if self.terminal_code is None:
            return sale.receipt
        return replace(sale.receipt, terminal=self.terminal_code)

    def household_id(self, member: MemberBook | None) -> UUID | None:
        """Whose account the sale moves, if the member pools points: as of the hold, or now."""
        if self.guaranteed_by is not None:
            return self.guaranteed_by.household_id
        return member.member.household_id if member is not None else None

    def program(self, store: str) -> Program:
        """The program of a store, as it was priced."""
        return self.compiled(store).document

    def compiled(self, store: str) -> CompiledProgram:
        """The same, compiled."""
        return self.snapshot.programs[self.snapshot.stores[store].program]


def post_points(book: Book, sale: Sale, priced: Priced, purse: MemberBook, ids: ConfirmIds) -> None:
    """Spend what the hold kept, or what is picked now; earn a new lot per currency and dates.

    `purse` is the member's, or that of the household. What has been sold already spends what is
    there, and earns from the day on which it was sold.
    """
    redemption = priced.outcome.redemption
    program = priced.program(sale.receipt.store)
    points = redemption.points_minor
    if priced.as_sold is not None:
        _post_as_sold(book, sale, priced, priced.as_sold, purse, ids)
        return
    order = spending_order(program.redemption)
    if priced.guaranteed_by is not None:
        spent = pick_held(purse, priced.guaranteed_by, points, order)
    elif points:
        lots = purse.lots.values()
        spent = pick_lots(lots, redemption.currency, points, book.now, priced.evaluated_at, order)
    else:
        spent = {}
    assert sum(spent.values()) == points, "what is spent is what was priced"
    post_sale(
        book,
        purse,
        Movement(
            ids.posting_id, sale.caller.partner_id, program.code, "sale", receipt_id=ids.receipt_id
        ),
        spent,
        earned_lots(priced.outcome.earned, program.time_zone, ids.lot_ids(), book.now),
    )


def _post_as_sold(
    book: Book,
    sale: Sale,
    priced: Priced,
    sold: AsSold,
    purse: MemberBook,
    ids: ConfirmIds,
) -> None:
    outcome = priced.outcome
    program = priced.program(sale.receipt.store)
    spent = points_spent(book, purse, program, outcome, priced.evaluated_at)
    currency = outcome.redemption.currency
    short = (
        (FlagKind.POINTS_OWED, spent.owed_minor),
        (FlagKind.POINTS_WRITTEN_OFF, spent.written_off_minor),
    )
    sold.flags += [
        Flag(kind=kind, currency=currency, amount=amount) for kind, amount in short if amount
    ]
    post_sale(
        book,
        purse,
        Movement(
            ids.posting_id, sale.caller.partner_id, program.code, "sale", receipt_id=ids.receipt_id
        ),
        spent.lots,
        earned_lots(outcome.earned, program.time_zone, ids.lot_ids(), priced.evaluated_at),
        owed={currency: spent.owed_minor} if spent.owed_minor else {},
        written_off={currency: spent.written_off_minor} if spent.written_off_minor else {},
    )


def receipt_row(
    book: Book,
    sale: Sale,
    settlement: Settlement,
    priced: Priced,
    *,
    bucket: int,
    member: MemberBook | None,
    ids: ConfirmIds,
    business_day: dt.date,
    answer: bytes,
    paid: AlreadyPaid | None = None,
) -> Receipt:
    """The row of a sale made now."""
    outcome = priced.outcome
    return Receipt(
        bucket=bucket,
        month=book.month,
        receipt_id=ids.receipt_id,
        selling_partner_id=sale.caller.partner_id,
        program_partner_id=sale.caller.partner_id,
        program_code=priced.program(sale.receipt.store).code,
        store_code=sale.caller.store_code,
        terminal_code=sale.caller.terminal_code,
        member_id=member.member.member_id if member is not None else None,
        purchase_id=sale.purchase_id,
        mode=priced.as_sold.mode if priced.as_sold is not None else "online",
        snapshot_id=priced.snapshot.snapshot_id,
        semantics=priced.snapshot.semantics,
        evaluated_at=priced.evaluated_at,
        confirmed_at=book.now,
        business_day=business_day,
        shift=settlement.shift,
        receipt_number=settlement.receipt_number,
        cashier=settlement.cashier,
        currency=outcome.currency,
        amount_minor=outcome.amount_minor,
        external_discount_minor=outcome.external_discount_minor,
        manual_discount_minor=outcome.manual_discount_minor,
        discount_minor=outcome.discount_minor,
        points_value_minor=outcome.points_value_minor,
        certificates_minor=outcome.certificates_minor,
        rounding_minor=outcome.rounding_minor,
        payable_minor=outcome.payable_minor,
        points_earned_minor=outcome.points_earned_minor,
        spent_currency=outcome.redemption.currency,
        points_spent_minor=outcome.redemption.points_minor,
        content=stored_content(replace(sale, receipt=priced.receipt(sale)), settlement, paid),
        facts=priced.facts,
        answer=answer,
        already_paid=priced.as_sold is not None and priced.as_sold.already_paid,
        flags=Counter(flag.kind.value for flag in priced.as_sold.flags) if priced.as_sold else {},
        household_id=priced.household_id(member),
    )
