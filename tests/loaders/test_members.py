from __future__ import annotations

import re
from typing import TYPE_CHECKING

from loaders.completejourney.members import check_digit, member_id, read_members

if TYPE_CHECKING:
    from loaders.completejourney import Dataset


def test_every_household_is_a_member(dataset: Dataset) -> None:
    """2,469 households with different ids, cards and external ids."""
    members = dataset.members
    assert len(members) == 2_469
    assert len({member.id for member in members}) == 2_469
    assert len({member.card for member in members}) == 2_469
    assert all(member.external_id == str(member.household) for member in members)


def test_cards_are_in_store_codes(dataset: Dataset) -> None:
    """A card has 13 digits, the prefix of codes that a shop gives itself, and its check digit."""
    for member in dataset.members:
        assert re.fullmatch(r"29\d{11}", member.card)
        assert check_digit(member.card[:12]) == member.card[12]


def test_check_digit_of_a_known_code() -> None:
    """The check digit of a published EAN: 4006381333931."""
    assert check_digit("400638133393") == "1"


def test_phones_are_fictitious(dataset: Dataset) -> None:
    """801 members have a phone, each a different one from the range kept free for fiction."""
    phones = [member.phone for member in dataset.members if member.phone is not None]
    assert len(phones) == len(set(phones)) == 801
    assert all(re.fullmatch(r"\+1[2-9]\d{2}55501\d{2}", phone) for phone in phones)


def test_seed_moves_cards_and_nothing_else(dataset: Dataset) -> None:
    """Another seed gives other cards to the same members."""
    one, same, two = (read_members([5], [5], seed)[0] for seed in (1, 1, 2))
    assert one == same
    assert one.card != two.card
    assert (one.id, one.phone) == (two.id, two.phone)
    assert one.id == member_id(5) == next(m.id for m in dataset.members if m.household == 5)
