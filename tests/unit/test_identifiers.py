"""Identifiers: normal forms, digests, and payment cards that are never accepted."""

from __future__ import annotations

import unicodedata
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.flows.coupon_codes import CouponCodes
from checkout.flows.identifiers import (
    IdentifierHasher,
    IdentifierRules,
    is_payment_card,
    mask,
    normal_card,
    normal_external_id,
    normal_phone,
)
from checkout.refusals import Reason, Refusal

#: Each `й` and `ё` of two signs: it reads the same.
TWINS = ("Йод-ёж", unicodedata.normalize("NFD", "Йод-ёж"))
RUSSIA = IdentifierRules(phone_country="7")
PLAIN = IdentifierRules()
PARTNER = UUID(int=1)


@pytest.mark.parametrize(
    ("typed", "rules", "normal"),
    [
        ("+79001234567", RUSSIA, "+79001234567"),
        ("79001234567", RUSSIA, "+79001234567"),
        ("89001234567", RUSSIA, "+79001234567"),
        ("9001234567", RUSSIA, "+79001234567"),
        ("8 (900) 123-45-67", RUSSIA, "+79001234567"),
        ("007 900 123 45 67", RUSSIA, "+79001234567"),
        ("+44 20 7946 0000", RUSSIA, "+442079460000"),
        ("2079460000", IdentifierRules(phone_country="44"), "+442079460000"),
        ("+1 (202) 555-0143", PLAIN, "+12025550143"),
        ("12025550143", PLAIN, "+12025550143"),
    ],
)
def test_phones_have_one_form(typed: str, rules: IdentifierRules, normal: str) -> None:
    """However a phone is typed, it is E.164 with the partner's country where none was said."""
    assert normal_phone(typed, rules) == normal


@pytest.mark.parametrize(
    "typed",
    [
        *("", "123456", "+", "phone", "+7900123456789012", "7+9001234567"),
        # A profile keeps what was typed.
        "+79001234567" + " " * 53,
    ],
)
def test_what_is_no_phone_is_refused(typed: str) -> None:
    """Too short, too long, or not digits."""
    refusal = normal_phone(typed, RUSSIA)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.FIELD_INVALID


@given(st.text(alphabet="0123456789 -", min_size=4, max_size=40))
def test_blanks_and_dashes_in_cards_do_not_matter(typed: str) -> None:
    """A card is the same with and without what people put between the digits."""
    bare = typed.replace(" ", "").replace("-", "")
    assert str(normal_card(typed, PLAIN)) == str(normal_card(bare, PLAIN))


PAYMENT_CARDS = [
    "4111111111111111",
    "4012 8888 8888 1881",
    "5555-5555-5555-4444",
    "2223003122003222",
    "378282246310005",
    "6011111111111117",
    "3566002020360505",
    "30569309025904",
]


@pytest.mark.parametrize("number", PAYMENT_CARDS[:7])
def test_payment_cards_are_refused(number: str) -> None:
    """Test numbers of the payment systems, in every writing."""
    refusal = normal_card(number, PLAIN)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.PAYMENT_CARD_NUMBER
    assert number not in refusal.message


@pytest.mark.parametrize(
    "number",
    [
        "4111111111111112",  # fails Luhn
        "2900000000017",  # no payment range
        "0000000000000",
        "411111111111",  # too short
        "41111111111111111111",  # too long
        "ABCD1111111111111",
    ],
)
def test_loyalty_cards_are_not_taken_for_payment_cards(number: str) -> None:
    """Only a payment range with the right length and check digit counts."""
    assert not is_payment_card(number)
    assert normal_card(number, PLAIN) == number


def test_a_partners_own_prefix_is_a_loyalty_card() -> None:
    """One loyalty number in ten passes Luhn by chance: a claimed prefix is never refused."""
    rules = IdentifierRules(card_prefixes=("4111",))
    assert normal_card("4111111111111111", rules) == "4111111111111111"
    assert isinstance(normal_card("4012888888881881", rules), Refusal)


@pytest.mark.parametrize("value", ["", "   ", "x" * 65])
def test_an_external_id_has_some_characters(value: str) -> None:
    """One to sixty-four, blanks around it not counted."""
    assert isinstance(normal_external_id(value), Refusal)
    assert normal_external_id("  ab ") == "ab"


def test_digests_are_keyed_and_apart() -> None:
    """Another pepper, partner, kind or value gives another digest; the same gives the same."""
    hasher = IdentifierHasher(b"k" * 32)
    digests = {
        hasher.digest(PARTNER, "card", "1234"),
        hasher.digest(PARTNER, "card", "1235"),
        hasher.digest(PARTNER, "phone", "1234"),
        hasher.digest(UUID(int=2), "card", "1234"),
        IdentifierHasher(b"l" * 32).digest(PARTNER, "card", "1234"),
    }
    assert len(digests) == 5
    assert hasher.digest(PARTNER, "card", "1234") in digests


def test_a_digest_stays_for_ever() -> None:
    """A golden value: a change would make every enrolled member unknown."""
    assert IdentifierHasher(b"k" * 32).digest(PARTNER, "card", "1234").hex() == (
        "56fd644651e8bc85b02f46e539be0bfb"
    )


@pytest.mark.parametrize(("normal", "masked"), [("+79001234567", "…4567"), ("123456", "…")])
def test_people_see_the_last_digits(normal: str, masked: str) -> None:
    """Short identifiers show nothing."""
    assert mask(normal) == masked


def test_what_reads_the_same_is_the_same() -> None:
    """An external id, and a coupon's code, is one however its letters are put together."""
    one, other = TWINS
    assert one != other
    hasher, codes = IdentifierHasher(b"k" * 32), CouponCodes(b"k" * 32)
    shown = [hasher.present(PARTNER, "external_id", twin, PLAIN) for twin in TWINS]
    assert shown[0] == shown[1]
    assert codes.digest(PARTNER, one) == codes.digest(PARTNER, other.upper())
    # Of letters that stand alone too long, together short enough.
    assert normal_external_id("e\u0301" * 64) == "é" * 64
