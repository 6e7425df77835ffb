"""Cards on the book: issued for nobody, given to a member, replaced by another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.ledger.card_rows import CardIssue, NewCard
from checkout.ledger.changes import note_change
from checkout.ledger.rows import Identifier
from checkout.primitives import bucket_of, bucket_of_uuid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checkout.ledger.book import Book, IdentifierRef
    from checkout.ledger.interventions import Cause
    from checkout.ledger.rows import Member


def issue_cards(
    book: Book, type_code: str, cards: Iterable[tuple[IdentifierRef, str]], cause: Cause
) -> None:
    """Let there be cards of a type that are nobody's yet: keys, each with what people are shown."""
    issue_id = cause.intervention_id
    made = [
        NewCard(bucket_of(digest), partner_id, digest, masked, type_code, issue_id)
        for (partner_id, _, digest), masked in cards
    ]
    for card in made:
        assert card.ref not in book.identifiers, "an issued card is nobody's"
        assert card.ref not in book.new_cards, "a card is issued once"
        book.new_cards[card.ref] = book.writes.cards.new[card.ref] = card
    book.writes.cards.issues.append(
        CardIssue(
            bucket_of_uuid(issue_id),
            issue_id,
            made[0].partner_id,
            type_code,
            len(made),
            book.now,
            cause.author,
            cause.reason,
        )
    )
    note_change(
        book,
        made[0].partner_id,
        ("card_issue", issue_id),
        cause.author,
        cause.reason,
        before=None,
        after={"type_code": type_code, "count": len(made)},
    )


def give_identifier(
    book: Book, ref: IdentifierRef, masked: str, member: Member, *, type_code: str = ""
) -> Identifier:
    """Give a member what nobody has: a new card that was issued, or what nobody knew before."""
    assert ref not in book.identifiers, "an identifier is one member's"
    partner_id, kind, digest = ref
    card = book.new_cards.pop(ref, None)
    identifier = Identifier(
        bucket_of(digest),
        partner_id,
        kind,
        digest,
        member.bucket,
        member.member_id,
        masked,
        None,
        card.type_code if card is not None else type_code,
        card.issue_id if card is not None else None,
    )
    book.identifiers[ref] = identifier
    # Of a card that the same batch issues there is no row yet that could be changed.
    if card is None or book.writes.cards.new.pop(ref, None) is not None:
        book.writes.identifiers.append(identifier)
    else:
        book.writes.bound_cards.append(identifier)
    return identifier
