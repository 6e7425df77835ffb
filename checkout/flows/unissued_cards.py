"""Cards that nobody has: which of them may become somebody's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.flows.sale import PresentedIdentifier
    from checkout.ledger.book import Book


def refusal_of_unissued(
    book: Book, partner_id: UUID, card: PresentedIdentifier, field: str
) -> Refusal | None:
    """Why what nobody has cannot be a member's; None: it can.

    Cards that the partner issues are those that it issued; numbers of no type are free.
    """
    if not card.card_type or card.ref(partner_id) in book.new_cards:
        return None
    about: dict[str, int | str] = {"masked": card.masked, "type": card.card_type}
    if card.is_misread:
        return Refusal(
            Reason.CARD_NUMBER_INVALID,
            f"cards that begin so are of the type {card.card_type!r}: this number is too short or"
            " too long, or its check digit is wrong",
            field,
            about,
        )
    return Refusal(
        Reason.CARD_NOT_ISSUED,
        f"cards that begin so are of the type {card.card_type!r}, and this one was never issued",
        field,
        about,
    )


def too_few_numbers(type_code: str, count: int) -> Refusal:
    """So many cards cannot be issued: hardly any number is free."""
    return Refusal(
        Reason.CARD_NUMBERS_EXHAUSTED,
        f"so many numbers of the type {type_code!r} are taken that hardly any is free: a type with"
        " longer numbers is needed",
        "type",
        {"type": type_code, "count": count},
    )
