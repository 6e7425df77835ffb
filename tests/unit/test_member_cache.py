"""Members as cache values: what is read back is what was written, or nothing."""

from __future__ import annotations

import datetime as dt

from checkout.cache.members import decode_member, encode_member
from checkout.ledger.rows import LimitSlot, Participation
from tests.unit.ledger_values import DAY, MEMBER, NOW, lot, member_with


def test_a_member_comes_back_whole() -> None:
    """Every row, what is known of the member, purchases and dates."""
    member = member_with(lot(1, 10, held=3, expires_at=NOW + DAY), lot(2, 5))
    member.member.purchases, member.member.last_purchase_on = 7, dt.date(2026, 11, 20)
    member.gender, member.birth_date = "female", dt.date(1990, 2, 28)
    member.traits = {"segments": ["a"], "attributes": {"vegan": True}}
    member.lists = frozenset({"vip"})
    member.participations["main"] = Participation(0, MEMBER, "main", "gold", NOW)
    week = dt.datetime(2026, 11, 16)  # noqa: DTZ001 - local by its nature
    for campaign, sku, used, held in (("c", "", 2, 1), ("", "tea", 500, 0)):
        ref = (MEMBER, campaign, "l", sku, week)
        member.slots[ref] = LimitSlot(0, MEMBER, *ref, shared=False, used=used, held=held)
    assert decode_member(encode_member(member)) == member


def test_a_member_of_whom_little_is_known_comes_back_as_such() -> None:
    """Absent dates stay absent."""
    member = member_with()
    assert decode_member(encode_member(member)) == member


def test_a_value_of_another_version_than_its_rows_is_none() -> None:
    """Whoever writes a version from the future before old rows is not believed."""
    value = encode_member(member_with(lot(1, 10)))
    assert decode_member(b"9" * 19 + value[19:]) is None
