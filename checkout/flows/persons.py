"""LinkPerson and UnlinkPerson: somebody who is a member of several partners (P2).

A person is an id and nothing else. Each partner says which of its own members a person is; nobody
names another partner's member, and whoever knows a person's id may link to it. Ledgers, balances
and identification stay apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.flows.identity_answers import PersonAnswer
from checkout.flows.operation import Decision, Operation, erased
from checkout.flows.sameness import call_hash
from checkout.ledger.identity_rows import Person, PersonLink
from checkout.ledger.interventions import record_person
from checkout.primitives import bucket_of_uuid, key_number
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.flows.ports import Snapshots
    from checkout.ledger.book import Book, KeyRefs, MemberBook
    from checkout.ledger.interventions import Cause


class PersonOperation(Operation):
    """A call about the person that a member is."""

    def __init__(
        self,
        partner_id: UUID,
        *,
        request_id: str,
        member_id: UUID,
        person_id: UUID | None,
        cause: Cause,
    ) -> None:
        named = str(person_id) if person_id is not None else ""
        content = call_hash(str(member_id), named, cause.reason, cause.author)
        super().__init__(partner_id, request_id, content)
        self.member_id = member_id
        self.person_id = person_id
        self.cause = cause

    def key_numbers(self) -> set[int]:
        keys = super().key_numbers() | {key_number(b"linked", self.member_id.bytes)}
        if self.person_id is not None:
            keys.add(key_number(b"person", self.person_id.bytes))
        return keys

    def add_refs(self, refs: KeyRefs) -> None:
        super().add_refs(refs)
        refs.linked.add(self.member_id)
        if self.person_id is not None:
            refs.persons.add(self.person_id)

    def member_ids(self, book: Book) -> set[UUID]:
        del book
        return {self.member_id}

    def member(self, book: Book) -> MemberBook | Refusal:
        """The member who is named; who was merged into another one has that one's persons."""
        member = book.members.get(self.member_id)
        if member is None or member.member.partner_id != self.partner_id or member.is_household:
            return Refusal(Reason.MEMBER_UNKNOWN, "there is no such member", "member_id")
        if member.into is not None:
            return Refusal(
                Reason.MEMBER_MERGED,
                "the member was merged into another one: name that one",
                "member_id",
                {"surviving_member_id": str(member.into.member.member_id)},
            )
        return erased(member, "member_id") or member

    def link(self, book: Book) -> PersonLink | None:
        """The member's link, as of the keys."""
        links = (each for each in book.identities.links if each.unlinked_at is None)
        return next((each for each in links if each.member_id == self.member_id), None)


class LinkPersonOperation(PersonOperation):
    """Say that a member is a person: a new one, or one that is known."""

    method = "LinkPerson"

    def __init__(
        self,
        partner_id: UUID,
        *,
        request_id: str,
        member_id: UUID,
        person_id: UUID | None,
        new_person_id: UUID,
        cause: Cause,
    ) -> None:
        """`new_person_id` is fresh; it is used if no person is named."""
        super().__init__(
            partner_id,
            request_id=request_id,
            member_id=member_id,
            person_id=person_id,
            cause=cause,
        )
        self.new_person_id = new_person_id

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        del snapshots
        member = self.member(book)
        if isinstance(member, Refusal):
            return Decision(member, is_final=False)
        known = self.link(book)
        if known is not None and self.person_id in {None, known.person_id}:
            return _answer(known.person_id, changed=False)
        refusal = self._refusal(book, known)
        if refusal is not None:
            return Decision(refusal, is_final=False)
        # After this point the member is the person.
        person_id = self.person_id or self.new_person_id
        bucket = bucket_of_uuid(person_id)
        if person_id not in book.identities.persons:
            book.identities.persons.add(person_id)
            book.writes.identities.persons.append(Person(bucket, person_id, book.now))
        link = PersonLink(bucket, person_id, self.member_id, self.partner_id, book.now, None)
        book.identities.links.append(link)
        book.writes.identities.links[person_id, self.member_id] = link
        record_person(book, link, "person_linked", self.cause)
        return _answer(person_id, changed=True)

    def _refusal(self, book: Book, known: PersonLink | None) -> Refusal | None:
        if self.person_id is not None and self.person_id not in book.identities.persons:
            return Refusal(Reason.PERSON_UNKNOWN, "there is no such person", "person_id")
        if known is not None:
            return Refusal(
                Reason.PERSON_LINKED,
                "the member is another person: unlink them first",
                "member_id",
            )
        for link in book.identities.links:
            if (
                link.unlinked_at is None
                and link.person_id == self.person_id
                and link.partner_id == self.partner_id
            ):
                return Refusal(
                    Reason.PERSON_LINKED,
                    "the person is another member of this partner: merge the two instead",
                    "person_id",
                    {"member_id": str(link.member_id)},
                )
        return None


class UnlinkPersonOperation(PersonOperation):
    """Say that a member is that person no longer."""

    method = "UnlinkPerson"

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        del snapshots
        member = self.member(book)
        if isinstance(member, Refusal):
            return Decision(member, is_final=False)
        link = self.link(book)
        if link is None:
            return _answer(None, changed=False)
        # After this point the member is no person that others know.
        link.unlinked_at = book.now
        book.writes.identities.links[link.person_id, self.member_id] = link
        record_person(book, link, "person_unlinked", self.cause)
        return _answer(link.person_id, changed=True)


def _answer(person_id: UUID | None, *, changed: bool) -> Decision:
    return Decision(PersonAnswer(person_id=person_id, changed=changed), is_final=True)
