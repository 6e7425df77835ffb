"""GiveGift and TakeGiftBack: an operator hands out something from a program's list (G5).

Ladder of giving, in this order: nobody of the partner → blocked → no such gift → has left its
program → not given here or now → more than one member gets → frozen points → too few points → out
of stock. Below the line nothing refuses. One statement more than a correction locks the stock, one
writes it, one counts what the member was given before, if that is bounded; taking back reads what
was given, and its lots, with two more.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checkout.engine.outcome import GiftFault
from checkout.engine.periods import LocalMoment
from checkout.engine.schema.limits import Period
from checkout.flows.debts import pay_debts
from checkout.flows.gift_answers import GiveGiftAnswer, TakeGiftBackAnswer
from checkout.flows.holding import spending_order
from checkout.flows.operation import Decision, Operation, erased, member_of_partner
from checkout.flows.pricing import balance_of
from checkout.flows.returned_points import renewed
from checkout.flows.sale_operation import missing_snapshot
from checkout.flows.sameness import call_hash
from checkout.flows.settling import judged_by, settle
from checkout.ledger.book import ContestedRefs, MemberBook
from checkout.ledger.gift_rows import GiftGiven
from checkout.ledger.gifts import back_id_of, give_gift, take_gift_back
from checkout.ledger.lots import pick_lots
from checkout.ledger.merged_view import ids_of
from checkout.ledger.postings import Movement, ReturnedPoints
from checkout.primitives import bucket_of_uuid, key_number
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.engine.compiled import CompiledProgram, CompiledSnapshot
    from checkout.engine.gifts import CompiledGift
    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book, KeyRefs
    from checkout.ledger.gifts import GivenBook
    from checkout.ledger.interventions import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveCall:
    """What is given to whom; without `store` nobody says where."""

    member_id: UUID
    gift: str
    count: int
    store: str = ""


def find_gift(
    snapshot: CompiledSnapshot, code: str
) -> tuple[CompiledProgram, CompiledGift] | Refusal:
    """A gift of the rules in force, and the program that lists it: no two do."""
    for program in snapshot.programs.values():
        gift = program.gifts.get(code)
        if gift is not None:
            return program, gift
    return Refusal(Reason.GIFT_UNKNOWN, "no program of the rules in force lists this gift", "gift")


class GiveGiftOperation(Operation):
    """Give a member so many of a gift, for points or for nothing."""

    method = "GiveGift"

    def __init__(
        self,
        partner_id: UUID,
        *,
        request_id: str,
        call: GiveCall,
        gift_given_id: UUID,
        cause: Cause,
    ) -> None:
        content = call_hash(
            str(call.member_id), call.gift, call.count, call.store, cause.reason, cause.author
        )
        super().__init__(partner_id, request_id, content)
        self.call = call
        self.gift_given_id = gift_given_id
        self.cause = cause

    def member_ids(self, book: Book) -> set[UUID]:
        del book
        return {self.call.member_id}

    def contested_refs(self, book: Book, snapshots: Snapshots) -> ContestedRefs:
        refs = ContestedRefs(gifts={(self.partner_id, self.call.gift)})
        snapshot = snapshots.current(self.partner_id)
        found = find_gift(snapshot, self.call.gift) if snapshot is not None else None
        member = member_of_partner(book, self.partner_id, self.call.member_id)
        if isinstance(found, tuple) and isinstance(member, MemberBook):
            since = _counted_since(*found, book.now)
            if since is not None:
                # Also what was given under a name that the member had before a merge.
                refs.gifts_had |= {(name, self.call.gift, since) for name in ids_of(member)}
        return refs

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        snapshot = snapshots.current(self.partner_id)
        if snapshot is None:
            return Decision(missing_snapshot(), is_final=False)
        member = member_of_partner(book, self.partner_id, self.call.member_id)
        if isinstance(member, Refusal):
            return Decision(member, is_final=False)
        if member.member.blocked_at is not None:
            return _refused(Reason.MEMBER_BLOCKED, "the member is blocked", "member_id")
        found = find_gift(snapshot, self.call.gift)
        if isinstance(found, Refusal):
            return Decision(found, is_final=False)
        program, gift = found
        if member.has_left(program.document.code):
            return _refused(
                Reason.PROGRAM_LEFT, "the member has left the program of the gift", "member_id"
            )
        stock = book.gift_stocks.get((self.partner_id, gift.code))
        left = stock.left if stock is not None else 0
        refusal = (
            self._refusal_of_place(book, snapshot, program, gift)
            or self._refusal_of_bound(book, member, gift)
            or self._refusal_of_points(book, member, program, gift)
            or self._refusal_of_stock(gift, left)
        )
        if refusal is not None:
            return Decision(refusal, is_final=False)
        # After this point the gift is given.
        return Decision(self._give(book, member, program, gift, left), is_final=True)

    def _refusal_of_place(
        self, book: Book, snapshot: CompiledSnapshot, program: CompiledProgram, gift: CompiledGift
    ) -> Refusal | None:
        """Not a store of the partner, or not where or when the gift is given."""
        store = snapshot.stores.get(self.call.store)
        if self.call.store and store is None:
            return Refusal(Reason.FIELD_INVALID, "the rules in force have no such store", "store")
        zone = store.time_zone if store is not None else program.document.time_zone
        local = book.now.astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None)
        fault = gift.fault(self.call.store, LocalMoment(local), 0, 0)
        if fault is GiftFault.WRONG_STORE:
            return Refusal(
                Reason.GIFT_NOT_GIVEN_HERE, "the gift is given in certain stores only", "store"
            )
        if fault is GiftFault.WRONG_TIME:
            return Refusal(Reason.GIFT_NOT_GIVEN_NOW, "the gift is not given at this time", "gift")
        return None

    def _refusal_of_bound(
        self, book: Book, member: MemberBook, gift: CompiledGift
    ) -> Refusal | None:
        """More than operators give one member in a period."""
        bounded = gift.document.per_member
        if bounded is None:
            return None
        given = self._given_before(book, member)
        if given + self.call.count <= bounded.bound:
            return None
        return Refusal(
            Reason.GIFT_LIMIT_REACHED,
            "operators give one member no more of the gift in this period",
            "count",
            {
                "wanted": self.call.count,
                "given": given,
                "bound": bounded.bound,
                "left": max(bounded.bound - given, 0),
                "period": bounded.period.value,
            },
        )

    def _given_before(self, book: Book, member: MemberBook) -> int:
        """How many operators gave the member in the period: before this batch, and in it."""
        names, gift = ids_of(member), self.call.gift
        given = 0
        for name in names:
            for given_id, count in book.gifts_had[name, gift].items():
                known = book.gifts_given.get(given_id)
                if known is None or known.row.taken_back_at is None:
                    given += count
        for row in book.writes.gifts.new_given.values():
            if row.member_id in names and row.gift_code == gift and row.taken_back_at is None:
                given += row.count
        return given

    def _refusal_of_points(
        self, book: Book, member: MemberBook, program: CompiledProgram, gift: CompiledGift
    ) -> Refusal | None:
        price = gift.document.points_minor * self.call.count
        if not price:
            return None
        currency = _currency(program, gift)
        if member.purse.is_frozen(currency):
            return Refusal(
                Reason.ACCOUNT_FROZEN,
                "the member's points in this currency are frozen",
                "member_id",
                {"currency": currency},
            )
        available = max(member.purse.net_minor(currency, book.now, book.now), 0)
        if price > available:
            return Refusal(
                Reason.INSUFFICIENT_POINTS,
                "the gift costs more than the member can spend",
                "count",
                {"currency": currency, "wanted_minor": price, "available_minor": available},
            )
        return None

    def _refusal_of_stock(self, gift: CompiledGift, left: int) -> Refusal | None:
        if not gift.is_counted or self.call.count <= left:
            return None
        return Refusal(
            Reason.GIFT_OUT_OF_STOCK,
            "fewer are left than are wanted; what holds keep is not left",
            "count",
            {"wanted": self.call.count, "left": left},
        )

    def _give(
        self,
        book: Book,
        member: MemberBook,
        program: CompiledProgram,
        gift: CompiledGift,
        left: int,
    ) -> GiveGiftAnswer:
        price, currency = gift.document.points_minor * self.call.count, _currency(program, gift)
        taken = {}
        if price:
            order = spending_order(program.document.redemption)
            lots = member.purse.lots.values()
            taken = pick_lots(lots, currency, price, book.now, book.now, order)
        given = GiftGiven(
            bucket=bucket_of_uuid(self.gift_given_id),
            gift_given_id=self.gift_given_id,
            partner_id=self.partner_id,
            program_code=program.document.code,
            gift_code=gift.code,
            member_id=member.member.member_id,
            store_code=self.call.store,
            count=self.call.count,
            currency=currency,
            points_minor=price,
            is_counted=gift.is_counted,
            month=book.month,
            given_at=book.now,
            author=self.cause.author,
            reason=self.cause.reason,
        )
        give_gift(book, member, given, taken)
        if taken:
            program_code = given.program_code
            pay_debts(book, member.purse, self.partner_id, program_code, self.gift_given_id)
        return GiveGiftAnswer(
            gift_given_id=self.gift_given_id,
            gift=gift.code,
            count=self.call.count,
            points_minor=price,
            left=left - self.call.count if gift.is_counted else None,
            balance=(
                balance_of(member.purse, program.currencies[currency], book.now) if price else None
            ),
        )


class TakeGiftBackOperation(Operation):
    """Take back what was given: the gift to its stock, the points to their lots."""

    method = "TakeGiftBack"

    def __init__(
        self, partner_id: UUID, *, request_id: str, gift_given_id: UUID, cause: Cause
    ) -> None:
        content = call_hash(str(gift_given_id), cause.reason, cause.author)
        super().__init__(partner_id, request_id, content)
        self.gift_given_id = gift_given_id
        self.cause = cause

    def key_numbers(self) -> set[int]:
        return super().key_numbers() | {key_number(b"gift given", self.gift_given_id.bytes)}

    def add_refs(self, refs: KeyRefs) -> None:
        super().add_refs(refs)
        refs.gifts_given.add((self.partner_id, self.gift_given_id))

    def member_ids(self, book: Book) -> set[UUID]:
        known = self._known(book)
        return {known.row.member_id, known.row.purse_id} if known is not None else set()

    def settled_ids(self, book: Book) -> set[UUID]:
        return self.member_ids(book)

    def contested_refs(self, book: Book, snapshots: Snapshots) -> ContestedRefs:
        del snapshots
        known = self._known(book)
        if known is None or not known.row.is_counted:
            return ContestedRefs()
        return ContestedRefs(gifts={(self.partner_id, known.row.gift_code)})

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        snapshot = snapshots.current(self.partner_id)
        if snapshot is None:
            return Decision(missing_snapshot(), is_final=False)
        known = self._known(book)
        if known is None:
            return _refused(
                Reason.GIFT_GIVEN_UNKNOWN, "nobody gave a gift under this id", "gift_given_id"
            )
        given, purse = known.row, book.members[known.row.purse_id]
        program = snapshot.programs.get(given.program_code)
        if program is None:
            return _refused(
                Reason.PROGRAM_UNKNOWN, "the program of the gift is no more", "gift_given_id"
            )
        changes = given.taken_back_at is None
        gone = erased(purse, "gift_given_id") if changes else None
        if gone is not None:
            return Decision(gone, is_final=False)
        if changes:
            # After this point the gift is taken back.
            seen, _ = judged_by(book, purse)
            points = self._points(book, seen, program, known)
            after, program_code = back_id_of(given.gift_given_id), given.program_code
            holder = settle(
                *(book, purse, Movement(after, self.partner_id, program_code, "gift_back"), points),
                lambda: take_gift_back(book, purse, given, points, self.cause),
            )
            if not points.is_empty:
                pay_debts(book, holder, self.partner_id, program_code, after)
        purse = book.members[given.member_id].survivor.purse
        currency = program.currencies.get(given.currency) if given.points_minor else None
        return Decision(
            TakeGiftBackAnswer(
                gift_given_id=given.gift_given_id,
                changed=changes,
                points_minor=given.points_minor if changes else 0,
                balance=balance_of(purse, currency, book.now) if currency is not None else None,
            ),
            is_final=True,
        )

    def _known(self, book: Book) -> GivenBook | None:
        """What was given, if the partner gave it."""
        known = book.gifts_given.get(self.gift_given_id)
        return known if known is not None and known.row.partner_id == self.partner_id else None

    @staticmethod
    def _points(
        book: Book, purse: MemberBook, program: CompiledProgram, known: GivenBook
    ) -> ReturnedPoints:
        back = {lot_id: -moved for lot_id, moved in known.movements.items()}
        assert sum(back.values()) == known.row.points_minor, "what comes back is what it cost"
        back_id = back_id_of(known.row.gift_given_id)
        back, new_lots = renewed(book, purse, program.document, back, back_id)
        return ReturnedPoints(back, new_lots, {}, {}, {})


def _counted_since(
    program: CompiledProgram, gift: CompiledGift, now: dt.datetime
) -> dt.datetime | None:
    """The beginning of the period in which a member is given only so many; none if any number."""
    bounded = gift.document.per_member
    if bounded is None:
        return None
    zone = zoneinfo.ZoneInfo(program.document.time_zone)
    local = LocalMoment(now.astimezone(zone).replace(tzinfo=None))
    start = local.slot_start(Period(bounded.period.value))
    return dt.datetime.fromisoformat(start).replace(tzinfo=zone).astimezone(dt.UTC)


def _currency(program: CompiledProgram, gift: CompiledGift) -> str:
    return gift.document.currency or program.main_currency.code


def _refused(reason: Reason, message: str, field: str) -> Decision:
    return Decision(Refusal(reason, message, field), is_final=False)
