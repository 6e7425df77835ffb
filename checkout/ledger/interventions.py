"""Interventions: what people change beside the ledger, each with who did it and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from checkout.ledger.book import budget_bucket
from checkout.ledger.cards import give_identifier
from checkout.ledger.changes import Personal, member_record, note_change
from checkout.ledger.identity_rows import MemberTraits
from checkout.ledger.rows import Intervention
from checkout.ledger.stop_rows import CampaignStop
from checkout.primitives import bucket_of_uuid

if TYPE_CHECKING:
    from checkout.ledger.book import Book, CampaignRef, IdentifierRef, MemberBook
    from checkout.ledger.changes import Values
    from checkout.ledger.coupon_rows import Coupon
    from checkout.ledger.identity_rows import Merge, PersonLink
    from checkout.ledger.rows import Freeze, Identifier, Member


@dataclass(frozen=True, slots=True)
class Cause:
    """Who intervenes, and why; the id of the row that keeps it."""

    intervention_id: UUID
    author: str
    reason: str
    #: A till does so beside its sales, many at once: they do not queue for the history of records.
    is_till: bool = False


def record_member(book: Book, member: Member, cause: Cause) -> None:
    """Keep who added a member by hand."""
    _record(
        book, member.bucket, member.partner_id, "member_added", cause, member_id=member.member_id
    )
    _note(book, member, cause, before=None, after={"is_blocked": False})


def change_traits(
    book: Book, member: MemberBook, traits: dict[str, Any], kind: str, code: str, cause: Cause
) -> None:
    """What is known of a member becomes `traits`; the code is of what they differ in."""
    row = member.member
    column, before, after = _told_trait(kind, code, member.traits, traits)
    _note(book, row, cause, before={column: before}, after={column: after})
    member.traits = traits
    _profile_of(book, member).traits = traits
    book.touch(row)
    _record(book, row.bucket, row.partner_id, kind, cause, member_id=row.member_id, trait_code=code)


def _attribute_of(traits: dict[str, Any], code: str) -> Personal | None:
    attributes = traits.get("attributes", {})
    return Personal(attributes[code]) if code in attributes else None


def _told_trait(
    kind: str, code: str, was: dict[str, Any], now: dict[str, Any]
) -> tuple[str, object, object]:
    """The column of a tag, consent or attribute, what it was and is."""
    match kind:
        case "tag_given" | "consent_given":
            return f"{kind.removesuffix('_given')}.{code}", None, True
        case "tag_taken" | "consent_taken_back":
            return f"{kind.partition('_')[0]}.{code}", True, None
        case _:
            return f"attribute.{code}", _attribute_of(was, code), _attribute_of(now, code)


def change_contact(book: Book, member: MemberBook, kind: str, shown: str, cause: Cause) -> None:
    """The profile shows another phone or external id; who bound it stands with the identifier."""
    row = _profile_of(book, member)
    earlier = getattr(row, kind)
    setattr(row, kind, shown)
    note_change(
        book,
        member.member.partner_id,
        ("member_profile", row.member_id),
        cause.author,
        cause.reason,
        before={kind: Personal(earlier) if earlier else Personal(is_stored=True)},
        after={kind: Personal(shown)},
    )


def _profile_of(book: Book, member: MemberBook) -> MemberTraits:
    """One row for all that a batch changes of a profile."""
    row = member.member
    unchanged = MemberTraits(row.bucket, row.member_id, member.traits)
    return book.writes.traits.setdefault(row.member_id, unchanged)


def stop_campaign(book: Book, ref: CampaignRef, cause: Cause, *, is_stopped: bool) -> None:
    """Put a campaign on its partner's emergency-stop list, or take it off."""
    stop = CampaignStop(*ref, is_stopped, book.now)
    book.stops[ref] = book.writes.stops[ref] = stop
    partner_id, campaign = ref
    kind = "campaign_stopped" if is_stopped else "campaign_released"
    _record(book, budget_bucket(ref), partner_id, kind, cause, campaign_code=campaign)
    note_change(
        book,
        partner_id,
        ("campaign", campaign),
        cause.author,
        cause.reason,
        before={"is_stopped": not is_stopped},
        after={"is_stopped": is_stopped},
    )


def block_member(book: Book, member: Member, cause: Cause, *, is_blocked: bool) -> None:
    """Block a member, or lift it."""
    member.blocked_at = book.now if is_blocked else None
    book.touch(member)
    kind = "member_blocked" if is_blocked else "member_unblocked"
    _record(book, member.bucket, member.partner_id, kind, cause, member_id=member.member_id)
    _note(
        book, member, cause, before={"is_blocked": not is_blocked}, after={"is_blocked": is_blocked}
    )


def record_erasure(book: Book, member: Member, cause: Cause) -> None:
    """Keep who had a person erased, and why; not who that was."""
    _record(
        book, member.bucket, member.partner_id, "member_erased", cause, member_id=member.member_id
    )
    _note(book, member, cause, before={"is_erased": False}, after={"is_erased": True})


def block_identifier(book: Book, identifier: Identifier, cause: Cause, *, is_blocked: bool) -> None:
    """Block a card, phone or external id, or lift it."""
    identifier.blocked_at = book.now if is_blocked else None
    ref = (identifier.partner_id, identifier.kind, identifier.digest)
    book.writes.changed_identifiers[ref] = identifier
    _of_identifier(
        book,
        identifier,
        "card_blocked" if is_blocked else "card_unblocked",
        cause,
        before={"is_blocked": not is_blocked},
        after={"is_blocked": is_blocked},
    )


def bind_identifier(
    book: Book,
    ref: IdentifierRef,
    masked: str,
    member: Member,
    cause: Cause,
    *,
    type_code: str = "",
) -> None:
    """Give a member a card, or another identifier, that nobody has."""
    identifier = give_identifier(book, ref, masked, member, type_code=type_code)
    owner = str(member.member_id)
    _of_identifier(
        book,
        identifier,
        "card_bound",
        cause,
        before={"member_id": None},
        after={"member_id": owner},
    )


def replace_card(
    book: Book, card: Identifier, successor: bytes, cause: Cause, *, replaced_for: str
) -> None:
    """Put another card, by its digest, in the place of one: that is out of use from now on."""
    assert card.replaced_by is None, "a card has one successor"
    assert successor != card.digest, "a card is replaced by another one"
    before = {"is_blocked": card.blocked_at is not None, "replaced_for": card.replaced_for}
    card.blocked_at = card.blocked_at or book.now
    card.replaced_by = successor
    card.replaced_for = replaced_for
    book.writes.changed_identifiers[card.partner_id, card.kind, card.digest] = card
    after = {
        "is_blocked": True,
        "replaced_for": replaced_for,
        "replaced_by": str(UUID(bytes=successor)),
    }
    before |= {"replaced_by": None}
    _of_identifier(book, card, "card_replaced", cause, before=before, after=after)


def block_coupon(book: Book, coupon: Coupon, cause: Cause, *, is_blocked: bool) -> None:
    """Block a unique coupon, or lift it."""
    coupon.blocked_at = book.now if is_blocked else None
    book.save_coupon(coupon)
    _record(
        book,
        coupon.bucket,
        coupon.partner_id,
        "coupon_blocked" if is_blocked else "coupon_unblocked",
        cause,
        identifier_kind="coupon",
        digest=coupon.digest,
    )
    note_change(
        book,
        coupon.partner_id,
        ("coupon", coupon.coupon_id),
        cause.author,
        cause.reason,
        before={"is_blocked": not is_blocked},
        after={"is_blocked": is_blocked},
        beside={
            "masked": coupon.masked,
            "member_id": str(coupon.member_id) if coupon.member_id is not None else None,
        },
    )


def record_freeze(book: Book, member: Member, freeze: Freeze, kind: str, cause: Cause) -> None:
    """Keep who froze or restored points."""
    _record(
        book,
        member.bucket,
        freeze.partner_id,
        kind,
        cause,
        member_id=freeze.member_id,
        freeze_id=freeze.freeze_id,
    )
    column, now = (
        f"frozen.{freeze.currency}",
        book.members[member.member_id].account(freeze.currency).frozen,
    )
    more = freeze.points_minor if kind == "points_frozen" else -freeze.points_minor
    _note(book, member, cause, before={column: now - more}, after={column: now})


def freeze_account(
    book: Book, member: MemberBook, currency: str, cause: Cause, *, is_frozen: bool
) -> None:
    """Let nothing of an account be spent, or lift that."""
    account = member.account(currency)
    account.frozen_at = book.now if is_frozen else None
    book.save_account(account)
    row = member.member
    book.touch(row)
    kind = "account_frozen" if is_frozen else "account_restored"
    _record(
        book, row.bucket, row.partner_id, kind, cause, member_id=row.member_id, currency=currency
    )
    column = f"account_frozen.{currency}"
    _note(book, row, cause, before={column: not is_frozen}, after={column: is_frozen})


def record_membership(
    book: Book, member: Member, program_code: str, kind: str, cause: Cause
) -> None:
    """Keep who let a member leave a program, or join it again."""
    _record(
        book,
        member.bucket,
        member.partner_id,
        kind,
        cause,
        member_id=member.member_id,
        program_code=program_code,
    )
    column, joins = f"takes_part.{program_code}", kind == "program_joined"
    _note(book, member, cause, before={column: not joins}, after={column: joins})


def record_household(
    book: Book, household: Member, member: Member | None, kind: str, cause: Cause
) -> None:
    """Keep who made a household, or who let whom join or leave it."""
    _record(
        book,
        member.bucket if member is not None else household.bucket,
        household.partner_id,
        kind,
        cause,
        member_id=member.member_id if member is not None else None,
        household_id=household.member_id,
    )
    if member is None:
        _note(book, household, cause, before=None, after={})
        return
    named, nobody = {"household_id": str(household.member_id)}, {"household_id": None}
    before, after = (nobody, named) if kind == "household_joined" else (named, nobody)
    _note(book, member, cause, before=before, after=after)


def record_purchase(book: Book, member: Member, receipt_id: UUID, cause: Cause) -> None:
    """Keep who added a purchase by hand."""
    _record(
        book,
        member.bucket,
        member.partner_id,
        "purchase_added",
        cause,
        member_id=member.member_id,
        receipt_id=receipt_id,
    )
    note_change(
        book,
        member.partner_id,
        ("receipt", receipt_id),
        cause.author,
        cause.reason,
        before=None,
        after={"member_id": str(member.member_id)},
    )


def record_merge(book: Book, merge: Merge, kind: str, cause: Cause) -> None:
    """Keep who made one member of two, or two of one."""
    _record(
        book,
        bucket_of_uuid(merge.absorbed_id),
        merge.partner_id,
        kind,
        cause,
        member_id=merge.absorbed_id,
        merge_id=merge.merge_id,
    )
    absorbed, survivor = (
        book.members[each].member for each in (merge.absorbed_id, merge.survivor_id)
    )
    for row, column, held in (
        (absorbed, "merged_into", str(merge.survivor_id)),
        (survivor, f"other_name.{merge.absorbed_id}", True),
    ):
        two, one = {column: None}, {column: held}
        before, after = (two, one) if kind == "members_merged" else (one, two)
        _note(book, row, cause, before=before, after=after)


def record_person(book: Book, link: PersonLink, kind: str, cause: Cause) -> None:
    """Keep who said which person a member is, or is not."""
    _record(
        book,
        bucket_of_uuid(link.member_id),
        link.partner_id,
        kind,
        cause,
        member_id=link.member_id,
        person_id=link.person_id,
    )
    named, nobody = {"person_id": str(link.person_id)}, {"person_id": None}
    before, after = (nobody, named) if kind == "person_linked" else (named, nobody)
    _note(book, book.members[link.member_id].member, cause, before=before, after=after)


def _of_identifier(
    book: Book, identifier: Identifier, kind: str, cause: Cause, *, before: Values, after: Values
) -> None:
    _record(
        book,
        identifier.member_bucket,
        identifier.partner_id,
        kind,
        cause,
        member_id=identifier.member_id,
        identifier_kind=identifier.kind,
        digest=identifier.digest,
    )
    if cause.is_till:
        return
    note_change(
        book,
        identifier.partner_id,
        ("identifier", UUID(bytes=identifier.digest)),
        cause.author,
        cause.reason,
        before=before,
        after=after,
        beside={
            "kind": identifier.kind,
            # The ends of phones are not for everybody who reads the history.
            "masked": identifier.masked if identifier.kind == "card" else None,
            "member_id": str(identifier.member_id),
        },
    )


def _note(
    book: Book, member: Member, cause: Cause, *, before: Values | None, after: Values
) -> None:
    if cause.is_till:
        return
    note_change(
        book,
        member.partner_id,
        member_record(member),
        cause.author,
        cause.reason,
        before=before,
        after=after,
    )


def _record(
    book: Book,
    bucket: int,
    partner_id: UUID,
    kind: str,
    cause: Cause,
    *,
    campaign_code: str = "",
    member_id: UUID | None = None,
    identifier_kind: str = "",
    digest: bytes | None = None,
    freeze_id: UUID | None = None,
    currency: str = "",
    program_code: str = "",
    household_id: UUID | None = None,
    merge_id: UUID | None = None,
    person_id: UUID | None = None,
    receipt_id: UUID | None = None,
    trait_code: str = "",
) -> None:
    book.writes.interventions.append(
        Intervention(
            bucket,
            cause.intervention_id,
            partner_id,
            kind,
            campaign_code,
            member_id,
            identifier_kind,
            digest,
            freeze_id,
            book.now,
            cause.author,
            cause.reason,
            currency,
            program_code,
            household_id,
            merge_id,
            person_id,
            receipt_id,
            trait_code,
        )
    )
