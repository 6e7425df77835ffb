"""The operation by which a story's members are there: row, identifiers, tier, opening postings."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from checkout.flows.answers import EnrolAnswer
from checkout.flows.operation import Decision, Operation
from checkout.flows.views import MemberView
from checkout.ledger.book import MemberBook
from checkout.ledger.postings import Movement, NewLot, post_opening
from checkout.ledger.rows import Identifier, Member, Participation, Profile
from checkout.primitives import bucket_of, bucket_of_uuid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from checkout.flows.ports import Snapshots
    from checkout.flows.sale import PresentedIdentifier
    from checkout.ledger.book import Book


@dataclass(frozen=True, slots=True)
class OpeningLot:
    """Points that a member brings along."""

    currency: str
    amount_minor: int
    active_from: dt.datetime
    expires_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningProfile:
    """What is known of a member; `traits` as `checkout.flows.traits.Traits` are stored."""

    gender: str = ""
    born: dt.date | None = None
    purchases: int = 0
    last_purchase_on: dt.date | None = None
    traits: Mapping[str, Any] = field(default_factory=dict)


class OpeningOperation(Operation):
    """A member as of the beginning of the story."""

    method = "Opening"

    def __init__(
        self,
        partner_id: UUID,
        *,
        identifiers: Sequence[PresentedIdentifier],
        program: str,
        tier: str,
        profile: OpeningProfile,
        lots: Sequence[OpeningLot],
        new_id: Callable[[], UUID],
    ) -> None:
        super().__init__(partner_id, "", b"")
        self.identifiers = identifiers
        self.program = program
        self.tier = tier
        self.profile = profile
        self.lots = lots
        self.new_id = new_id

    def decide(self, book: Book, snapshots: Snapshots) -> Decision:
        del snapshots
        member_id = self.new_id()
        bucket = bucket_of_uuid(member_id)
        profile = self.profile
        row = Member(
            bucket,
            member_id,
            self.partner_id,
            1,
            None,
            profile.purchases,
            profile.last_purchase_on,
        )
        participation = Participation(bucket, member_id, self.program, self.tier, book.now)
        member = MemberBook(row, participations={self.program: participation})
        book.members[member_id] = member
        book.writes.new_members.append(row)
        book.writes.profiles.append(
            Profile(
                bucket,
                member_id,
                gender=profile.gender,
                birth_date=profile.born,
                traits=dict(profile.traits),
            )
        )
        book.writes.participations.append(participation)
        book.writes.identifiers += [
            Identifier(
                bucket_of(shown.digest),
                self.partner_id,
                shown.kind,
                shown.digest,
                bucket,
                member_id,
                shown.masked,
                None,
            )
            for shown in self.identifiers
        ]
        for lot in self.lots:
            movement = Movement(self.new_id(), self.partner_id, self.program, "opening")
            new = NewLot(
                self.new_id(), lot.currency, lot.amount_minor, lot.active_from, lot.expires_at
            )
            post_opening(book, member, movement, new)
        view = MemberView(member_id=member_id, tier=self.tier, balances=[])
        return Decision(EnrolAnswer(member=view), is_final=False)
