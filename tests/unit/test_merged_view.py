"""What is seen of a member to whom others were merged."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest

from checkout.cache.members import decode_member, encode_member
from checkout.engine.facts import OFFERS_MAX
from checkout.flows.traits import Traits, united
from checkout.ledger.book import Book, MemberBook
from checkout.ledger.coupon_rows import MemberTag
from checkout.ledger.merged_view import (
    ids_of,
    last_purchase_on,
    lists_of,
    names_of,
    participation_seen,
    purchases_of,
    slots_seen,
    tags_given,
)
from checkout.ledger.rows import LimitSlot, Member, Participation
from checkout.ledger.visit_rows import MemberWindows
from checkout.primitives import bucket_of_uuid
from tests.unit.ledger_values import NOW, PARTNER
from tests.unit.test_sale_facts import facts_of

OLD, NEW, CARD = UUID(int=1), UUID(int=2), UUID(int=3)
TIERS = ["base", "silver", "gold"]


def member(member_id: UUID, **more: object) -> MemberBook:
    into = more.pop("merged_into", None)
    row = Member(bucket_of_uuid(member_id), member_id, PARTNER, 1, None, merged_into=into)  # type: ignore[arg-type]
    return MemberBook(row, **more)  # type: ignore[arg-type]


def two(old: MemberBook | None = None, new: MemberBook | None = None) -> MemberBook:
    """The second member, whom the first one was merged into."""
    book = Book(NOW)
    old, new = old or member(OLD), new or member(NEW)
    old.member.merged_into = NEW
    book.members = {OLD: old, NEW: new}
    book.join_merged()
    assert (old.survivor, new.survivor, new.absorbed) == (new, new, [old])
    return new


def part(member_id: UUID, tier: str, left_at: dt.datetime | None = None) -> Participation:
    return Participation(bucket_of_uuid(member_id), member_id, "club", tier, NOW, left_at)


def test_purchases_lists_and_tags_are_those_of_both() -> None:
    """Sums, the later date, and sets that are united; tags that nobody gave any more are none."""
    old, new = member(OLD, lists=frozenset({"a", "b"})), member(NEW, lists=frozenset({"b", "c"}))
    old.member.purchases, old.member.last_purchase_on = 2, dt.date(2026, 3, 1)
    new.member.purchases = 1
    old.tags = {"x": MemberTag(0, OLD, "x", 1), "y": MemberTag(0, OLD, "y", 0)}
    new.tags = {"z": MemberTag(0, NEW, "z", 2)}
    seen = two(old, new)
    assert (purchases_of(seen), last_purchase_on(seen)) == (3, dt.date(2026, 3, 1))
    assert lists_of(seen) == {"a", "b", "c"}
    assert tags_given(seen) == {"x", "z"}
    assert ids_of(seen) == {OLD, NEW}
    assert (ids_of(None), last_purchase_on(member(NEW))) == (frozenset(), None)


def slot(owner: UUID, subject: UUID, used: int) -> LimitSlot:
    bucket = bucket_of_uuid(owner)
    begins = dt.datetime(2026, 11, 1)  # noqa: DTZ001 - a local date
    return LimitSlot(
        bucket, owner, subject, "", "daily", "", begins, shared=False, used=used, held=0
    )


def test_slots_of_the_other_name_are_seen_as_its_own() -> None:
    """Those per member under the survivor's id, those per card under the card's; rows stay."""
    old, new = member(OLD), member(NEW)
    for owner, subjects in ((old, (OLD, CARD)), (new, (NEW, CARD))):
        for used, subject in enumerate(subjects, start=1):
            one = slot(owner.member.member_id, subject, used)
            owner.slots[(subject, "", "daily", "", one.slot_start)] = one
    seen = [(each.owner_id, each.subject_id, each.used) for each in slots_seen(two(old, new))]
    assert seen == [(NEW, NEW, 1), (NEW, CARD, 2), (NEW, NEW, 1), (NEW, CARD, 2)]
    assert {each.owner_id for each in old.slots.values()} == {OLD}


@pytest.mark.parametrize(
    ("old", "new", "tier"),
    [
        ("gold", "silver", "gold"),
        ("base", "silver", "silver"),
        ("gold", None, "gold"),
        (None, "base", "base"),
        ("left", "base", "base"),
        ("gold", "left", ""),
        ("left", None, ""),
        (None, None, ""),
        ("unknown", "base", "base"),
    ],
)
def test_the_best_tier_counts_of_those_who_take_part(
    old: str | None, new: str | None, tier: str
) -> None:
    """The survivor's own part decides whether there is one at all."""
    members = {}
    for member_id, code in ((OLD, old), (NEW, new)):
        members[member_id] = member(member_id)
        if code is not None:
            left = NOW if code == "left" else None
            row = part(member_id, "gold" if code == "left" else code, left)
            members[member_id].participations["club"] = row
    seen = two(members[OLD], members[NEW])
    found = participation_seen(seen, "club", TIERS)
    assert (found.tier_code if found is not None else "") == tier
    assert seen.has_left("club") == (new == "left" or (new is None and old == "left"))


def test_what_is_known_is_united_added_up_or_the_first() -> None:
    """Each kind by its rule; consents and the lifecycle are the member's own."""
    own = {
        "segments": ["a"],
        "tags": ["t"],
        "attributes": {"children": 2},
        "consents": ["sms"],
        "offers": {"one": {"value": 1}},
        "spend": {"30": 500},
        "visits": {"7": 2},
    }
    other = {
        "segments": ["a", "b"],
        "attributes": {"children": 3, "vegan": True},
        "favourites": ["fruit"],
        "consents": ["email"],
        "lifecycle": "lost",
        "offers": {"one": {"value": 9}, "two": {"value": 2}},
        "spend": {"30": 50, "90": 70},
        "activities": {"review/90": 1},
    }
    together = united([own, other])
    Traits.model_validate(together)  # it is one still
    assert together == {
        "segments": ["a", "b"],
        "tags": ["t"],
        "favourites": ["fruit"],
        "attributes": {"children": 2, "vegan": True},
        "consents": ["sms"],
        "offers": {"one": {"value": 1}, "two": {"value": 2}},
        "activities": {"review/90": 1},
    }
    assert united([own]) is own
    assert united([own, {}]) is own


def test_offers_are_no_more_than_a_member_may_have() -> None:
    """The member's own come first."""
    own: dict[str, Any] = {"offers": {f"own-{i}": {} for i in range(OFFERS_MAX - 1)}}
    other: dict[str, Any] = {"offers": {f"other-{i}": {} for i in range(3)}}
    offers = united([own, other])["offers"]
    assert len(offers) == OFFERS_MAX
    assert [*offers][-1] == "other-0"


def test_what_an_import_says_of_one_name_does_not_hide_what_another_bought() -> None:
    """It stands instead of what was counted under its own name."""
    day = NOW.date()
    windows: Any = {"": {"spend": {"30": [[day.isoformat(), 700]], "7": [[day.isoformat(), 60]]}}}
    old, new = member(OLD, traits={"spend": {"30": 5_000}}), member(NEW)
    old.windows = MemberWindows(0, OLD, 1, NOW, None, windows)
    new.windows = MemberWindows(0, NEW, 1, NOW, None, windows)
    facts = facts_of(two(old, new), day + dt.timedelta(days=1))
    assert facts.member is not None
    assert facts.member.spend == {"30": 5_700, "7": 120}


def test_names_are_in_the_same_order_however_they_were_read() -> None:
    """Of attributes and offers the first that is known counts: in a quote and under the locks."""
    first, second = (
        member(name, traits={"attributes": {"car": name.int}}, merged_into=NEW)
        for name in (OLD, CARD)
    )
    for read in ([first, second], [second, first]):
        book = Book(NOW)
        new = member(NEW)
        book.members = {each.member.member_id: each for each in (*read, new)}
        book.join_merged()
        assert names_of(new) == [new, first, second]


def test_the_cache_keeps_a_member_with_the_other_names() -> None:
    """What a quote sees from there is what a confirm sees."""
    old, new = member(OLD, lists=frozenset({"a"})), member(NEW)
    old.member.purchases = 4
    old.participations["club"] = part(OLD, "gold")
    seen = decode_member(encode_member(two(old, new)))
    assert seen is not None
    assert purchases_of(seen) == 4
    assert lists_of(seen) == {"a"}
    found = participation_seen(seen, "club", TIERS)
    assert found is not None
    assert found.tier_code == "gold"
    name = decode_member(encode_member(old))
    assert name is not None
    assert name.member.merged_into == NEW
