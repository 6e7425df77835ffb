"""Quote tokens: signed, a partner's own, and valid across a rotation of keys."""

from __future__ import annotations

import base64
import datetime as dt
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.flows.quote_token import QuoteTerms, TokenSigner

PARTNER = UUID(int=1)
NOW = dt.datetime(2026, 11, 21, 12, 0, 0, 123_456, tzinfo=dt.UTC)
TERMS = QuoteTerms("ab" * 32, 1, NOW, NOW + dt.timedelta(minutes=15), b"p" * 16, b"q" * 16)
OLD, NEW = b"o" * 32, b"n" * 32


def test_a_token_says_what_was_signed() -> None:
    """Snapshot, semantics, moments to the microsecond and both hashes come back."""
    signer = TokenSigner({1: OLD})
    token = signer.sign(PARTNER, TERMS)
    assert signer.read(PARTNER, token) == TERMS
    assert token.isascii()
    assert len(token) < 200


@given(st.integers(0, 99), st.integers(0, 7))
def test_a_changed_bit_makes_it_invalid(place: int, bit: int) -> None:
    """No bit of body or signature may differ."""
    signer = TokenSigner({1: OLD})
    raw = bytearray(base64.urlsafe_b64decode(signer.sign(PARTNER, TERMS)))
    raw[place] ^= 1 << bit
    assert signer.read(PARTNER, base64.urlsafe_b64encode(raw).decode()) is None


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    """Whatever is sent as a token is answered with "not ours", never with a fault."""
    assert TokenSigner({1: OLD}).read(PARTNER, text) is None


def test_keys_can_be_rotated() -> None:
    """The first key signs; tokens of the others are read as long as their key is known."""
    before = TokenSigner({1: OLD}).sign(PARTNER, TERMS)
    rotated = TokenSigner({2: NEW, 1: OLD})
    assert rotated.read(PARTNER, before) == TERMS
    after = rotated.sign(PARTNER, TERMS)
    assert TokenSigner({2: NEW}).read(PARTNER, after) == TERMS
    assert TokenSigner({2: NEW}).read(PARTNER, before) is None


@pytest.mark.parametrize("keys", [{1: NEW}, {2: OLD}])
def test_another_key_or_id_does_not_do(keys: dict[int, bytes]) -> None:
    """A token counts with its own key under its own id only."""
    token = TokenSigner({1: OLD}).sign(PARTNER, TERMS)
    assert TokenSigner(keys).read(PARTNER, token) is None


def test_a_token_belongs_to_one_partner() -> None:
    """Signed for one partner, it is not one of ours for another."""
    signer = TokenSigner({1: OLD})
    assert signer.read(UUID(int=2), signer.sign(PARTNER, TERMS)) is None
