"""EnrolMember, AddMember: a new member with identifiers and profile, in the store's program.

One record, whether a till or an operator makes it; of the operator it is kept who, and why. At a
till a member who takes no part in the store's program, mostly because of having left it, joins it
by the same call; an operator has `JoinProgram` for that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.answers import EnrolAnswer
from checkout.flows.membership import join
from checkout.flows.operation import (
    Decision,
    Operation,
    identifier_key_number,
    member_of_identifier,
)
from checkout.flows.pricing import member_view
from checkout.flows.sale_operation import missing_snapshot
from checkout.flows.sameness import call_hash
from checkout.flows.unissued_cards import refusal_of_unissued, too_few_numbers
from checkout.ledger.book import MemberBook
from checkout.ledger.cards import give_identifier
from checkout.ledger.interventions import record_member
from checkout.ledger.rows import Member, Participation
from checkout.primitives import bucket_of_uuid
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from checkout.flows.card_numbers import CardDraw
    from checkout.flows.ports import Snapshots
    from checkout.flows.sale import Caller, PresentedIdentifier
    from checkout.ledger.book import Book, KeyRefs
    from checkout.ledger.interventions import Cause
    from checkout.ledger.rows import Profile


class EnrolOperation(Operation):
    """Make one member, or let one join; refuses if an identifier belongs to somebody else.

    Of a member nothing else changes: what the call says of the person, whoever shows the card, is
    passed over, and an identifier that is new is nobody's after it.
    """

    method = "EnrolMember"
    #: Whether who is a member already may join by it.
    lets_join = True

    def __init__(
        self,
        caller: Caller,
        *,
        request_id: str,
        profile: Profile,
        identifiers: Sequence[PresentedIdentifier],
        cause: Cause,
        draw: CardDraw | None = None,
        told: Sequence[str] = (),
    ) -> None:
        """With `draw` the member gets a card with the first of its numbers that is free.

        `told` is what else the sameness of a repeated call is judged by; `cause` is kept of whoever
        joins.
        """
        content = call_hash(
            [[i.kind, i.digest.hex()] for i in identifiers],
            [
                profile.first_name,
                profile.last_name,
                profile.patronymic,
                profile.email,
                profile.gender,
                profile.birth_date,
            ],
            *told,
        )
        super().__init__(caller.partner_id, request_id, content)
        self.caller = caller
        self.profile = profile
        self.identifiers = identifiers
        self.cause = cause
        self.draw = draw

    def key_numbers(self) -> set[int]:
        keys = super().key_numbers() | {
            identifier_key_number(self.partner_id, identifier) for identifier in self.identifiers
        }
        return keys | ({self.draw.key_number(self.partner_id)} if self.draw is not None else set())

    def add_refs(self, refs: KeyRefs) -> None:
        super().add_refs(refs)
        refs.identifiers |= {i.ref(self.partner_id) for i in self.identifiers}
        if self.draw is not None:
            refs.identifiers |= {card.ref(self.partner_id) for card in self.draw.candidates}

    def member_ids(self, book: Book) -> set[UUID]:
        if not self.lets_join:
            return set()
        shown = (book.identifiers.get(each.ref(self.partner_id)) for each in self.identifiers)
        return {identifier.member_id for identifier in shown if identifier is not None}

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        snapshot = snapshots.current(self.partner_id)
        if snapshot is None or self.caller.store_code not in snapshot.stores:
            return Decision(missing_snapshot(), is_final=False)
        program = snapshot.programs[snapshot.stores[self.caller.store_code].program].document
        joining = self._who_joins(book, program.code)
        if joining is not None:
            join(book, joining, program, snapshot.snapshot_id, self.cause)
            view = member_view(snapshot, self.caller.store_code, joining, book.now)
            return Decision(EnrolAnswer(member=view, was_member=True), is_final=True)
        for identifier in self.identifiers:
            if identifier.ref(self.partner_id) in book.identifiers:
                return Decision(
                    Refusal(
                        Reason.IDENTIFIER_TAKEN,
                        f"this {identifier.kind} belongs to a member already",
                        identifier.kind,
                        {"masked": identifier.masked},
                    ),
                    is_final=False,
                )
            refusal = refusal_of_unissued(book, self.partner_id, identifier, identifier.kind)
            if refusal is not None:
                return Decision(refusal, is_final=False)
        places = self.draw.free(book, self.partner_id, 1) if self.draw is not None else []
        if places is None:
            assert self.draw is not None
            return Decision(too_few_numbers(self.draw.card_type.code, 1), is_final=False)
        # After this point the member exists.
        member_id = self.profile.member_id
        bucket = bucket_of_uuid(member_id)
        row = Member(bucket, member_id, self.partner_id, 1, None)
        participation = Participation(
            bucket,
            member_id,
            program.code,
            program.tiers[0].code if program.tiers else "",
            book.now,
        )
        member = MemberBook(
            row,
            gender=self.profile.gender,
            birth_date=self.profile.birth_date,
            traits=self.profile.traits,
            participations={program.code: participation},
        )
        book.members[member_id] = member
        book.writes.new_members.append(row)
        book.writes.profiles.append(self.profile)
        book.writes.participations.append(participation)
        for identifier in self.identifiers:
            give_identifier(book, identifier.ref(self.partner_id), identifier.masked, row)
        answer = EnrolAnswer(member=member_view(snapshot, self.caller.store_code, member, book.now))
        if self.draw is not None:
            made = self.draw.candidates[places[0]]
            ref = made.ref(self.partner_id)
            give_identifier(book, ref, made.masked, row, type_code=made.card_type)
            answer.card = self.draw.number(places[0])
        return Decision(answer, is_final=True)

    def _who_joins(self, book: Book, program: str) -> MemberBook | None:
        """Whose all identifiers are, and in use, if that member takes no part in the program."""
        if not self.lets_join:
            return None
        first, *others = (
            member_of_identifier(book, self.partner_id, each)[0] for each in self.identifiers
        )
        if first is None or any(other is not first for other in others):
            return None
        return first if first.participation(program) is None else None


class AddMemberOperation(EnrolOperation):
    """The same by an operator, for a store."""

    method = "AddMember"
    lets_join = False

    def __init__(
        self,
        caller: Caller,
        *,
        request_id: str,
        profile: Profile,
        identifiers: Sequence[PresentedIdentifier],
        draw: CardDraw | None,
        cause: Cause,
    ) -> None:
        super().__init__(
            caller,
            request_id=request_id,
            profile=profile,
            identifiers=identifiers,
            cause=cause,
            draw=draw,
            told=(caller.store_code, cause.author, cause.reason),
        )

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        decision = super().decide(book, snapshots)
        if decision.is_final:
            record_member(book, book.members[self.profile.member_id].member, self.cause)
        return decision
