"""Types of cards and the numbers that are drawn for them."""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.flows.card_numbers import CardNumbers
from checkout.flows.card_types import CardType, fits, type_of
from checkout.flows.identifiers import IdentifierHasher, IdentifierRules
from checkout.flows.sale import PresentedIdentifier
from checkout.ledger.book import Book
from checkout.refusals import Reason, Refusal

PARTNER = UUID(int=1)
PEPPER = b"k" * 32
NUMBERS = CardNumbers(PEPPER)
PLASTIC = CardType("plastic", "9643", 13)
APP = CardType("app", "9644", 16)
#: Ten thousand numbers in all.
SHORT = CardType("short", "123", 8)
RULES = IdentifierRules(card_types=(PLASTIC, APP))


def shown(number: str, rules: IdentifierRules = RULES) -> PresentedIdentifier:
    presented = IdentifierHasher(PEPPER).present(PARTNER, "card", number, rules)
    assert isinstance(presented, PresentedIdentifier), presented
    return presented


@given(
    st.text("0123456789", min_size=1, max_size=12), st.integers(8, 19), st.uuids(), st.integers(0)
)
def test_a_number_is_one_of_its_type(prefix: str, digits: int, draw_id: UUID, place: int) -> None:
    """Whatever the type: prefix, length and check digit."""
    card_type = CardType("t", prefix, max(digits, len(prefix) + 5))
    draw = NUMBERS.draw(PARTNER, card_type, draw_id, 1)
    number = NUMBERS.told(draw.number(place % len(draw.candidates)))
    assert number.startswith(prefix)
    assert fits(number, card_type)


def test_a_draw_is_told_again_from_what_is_stored() -> None:
    """The candidates are the digests of the very numbers that are told later."""
    draw = NUMBERS.draw(PARTNER, PLASTIC, uuid4(), 20)
    told = [shown(NUMBERS.told(draw.number(place))) for place in range(len(draw.candidates))]
    assert [(t.digest, t.masked, t.card_type, t.is_misread) for t in told] == [
        (c.digest, c.masked, "plastic", False) for c in draw.candidates
    ]
    assert len({each.digest for each in told}) == len(told)


def test_another_pepper_draws_other_numbers() -> None:
    """Nobody finds the numbers of an installation from the ids that its database holds."""
    draw = NUMBERS.draw(PARTNER, PLASTIC, UUID(int=7), 1)
    assert NUMBERS.told(draw.number(0)) != CardNumbers(b"l" * 32).told(draw.number(0))


def test_numbers_that_are_taken_are_passed_over() -> None:
    """As far as there are others; a draw whose numbers do not do gives none at all."""
    draw = NUMBERS.draw(PARTNER, PLASTIC, uuid4(), 4)
    book = Book(dt.datetime.now(dt.UTC))
    assert draw.free(book, PARTNER, 4) == [0, 1, 2, 3]
    taken = [card.ref(PARTNER) for card in draw.candidates]
    book.identifiers[taken[1]] = book.new_cards[taken[3]] = None  # type: ignore[assignment]
    assert draw.free(book, PARTNER, 4) == [0, 2, 4, 5]
    book.new_cards |= dict.fromkeys(taken[4:])  # type: ignore[arg-type]
    assert draw.free(book, PARTNER, 4) is None


def test_a_number_that_a_draw_hits_twice_is_one_card() -> None:
    """Of few numbers some come twice: each is issued once."""
    draw = NUMBERS.draw(PARTNER, SHORT, UUID(int=1), 1_000)
    places = draw.free(Book(dt.datetime.now(dt.UTC)), PARTNER, 1_000)
    assert places is not None
    assert len({draw.candidates[place].digest for place in places}) == 1_000
    assert places != list(range(1_000))


@pytest.mark.parametrize(
    ("number", "code", "is_misread"),
    [
        ("9643000000008", "plastic", False),
        ("9643 0000 0000 8", "plastic", False),
        ("9643000000009", "plastic", True),  # check digit
        ("964300000000", "plastic", True),  # too short
        ("9643000000008A", "plastic", True),
        ("9644000000000003", "app", False),
        ("9644000000000", "app", True),
        ("2900000000017", "", False),
        ("A9643000000008", "", False),
    ],
)
def test_it_is_told_what_a_number_can_be(number: str, code: str, is_misread: bool) -> None:
    """Of which type it is, and whether a card of that type can have it; of no type all are free."""
    card = shown(number)
    assert (card.card_type, card.is_misread) == (code, is_misread)
    unknown = Reason.CARD_NUMBER_INVALID if is_misread else Reason.MEMBER_UNKNOWN
    assert card.reason_if_unknown is unknown
    assert type_of("", (PLASTIC, APP)) is None


def test_a_type_claims_its_numbers_from_payment_systems() -> None:
    """Its own numbers only: another one of the prefix that passes as a payment card is refused."""
    rules = IdentifierRules(card_types=(CardType("own", "41111", 13),))
    assert not shown("4111111111119", rules).is_misread
    hasher = IdentifierHasher(PEPPER)
    refused = hasher.present(PARTNER, "card", "4111111111111111", rules)
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.PAYMENT_CARD_NUMBER
