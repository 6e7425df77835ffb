"""Slots of limits: whose they are, when they begin, and whether they still count."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest

from checkout.engine.compiler import compile_snapshot
from checkout.engine.documents import parse_snapshot
from checkout.engine.outcome import LimitClaim
from checkout.engine.receipt import Line, Receipt
from checkout.flows.limit_slots import Subjects, limit_uses, slot_claims
from checkout.ledger.rows import LimitSlot
from tests.oracle.by_hand import campaign, percent, shop
from tests.unit.ledger_values import MEMBER, hold_of

PARTNER, STORE, CARD = UUID(int=701), UUID(int=702), UUID(int=703)
SUBJECTS = Subjects(PARTNER, STORE, MEMBER, CARD)
#: Half past one in the morning, three hours east of UTC.
RECEIPT = Receipt(
    store="one",
    local_time=dt.datetime(2026, 11, 21, 1, 30),  # noqa: DTZ001 - local by its nature
    utc_offset_minutes=180,
    lines=(Line(position=1, sku="tea", quantity_milli=1_000, price_minor=100, amount_minor=100),),
)


def program_with(**limit: Any) -> Any:
    """A program with a campaign `c` that has one limit `l`."""
    document = {"code": "l", "name": "L", "bound": 3, "period": "day", **limit}
    snapshot = parse_snapshot(shop(campaign("c", percent(1_000), limits=[document])))
    return compile_snapshot(snapshot).programs["club"]


def slot(begins: str, used: int = 1, **more: Any) -> LimitSlot:
    """A slot of the member's, unless said otherwise."""
    row: dict[str, Any] = {
        "bucket": 0,
        "owner_id": MEMBER,
        "subject_id": MEMBER,
        "campaign_code": "c",
        "limit_code": "l",
        "sku": "",
        "shared": False,
        "held": 0,
    }
    return LimitSlot(**(row | more), slot_start=dt.datetime.fromisoformat(begins), used=used)


ROLLING = {"period": "rolling", "rolling_hours": 24}
LONG = {"period": "rolling", "rolling_hours": 72}
INTERVAL = {"measure": "interval", "period": "lifetime"}
STORES = {"subject": "store"}
OF_STORE = {"owner_id": STORE, "subject_id": STORE, "shared": True}


@pytest.mark.parametrize(
    ("limit", "slots", "uses"),
    [
        # Calendar periods are those of the till: it is Saturday there, and still Friday in UTC.
        ({}, [slot("2026-11-21", 2), slot("2026-11-20", 9)], {"c/l/2026-11-21": 2}),
        ({"period": "week"}, [slot("2026-11-16", 2)], {"c/l/2026-11-16": 2}),
        ({"period": "month"}, [slot("2026-11-01", 2)], {"c/l/2026-11-01": 2}),
        ({"period": "lifetime"}, [slot("1970-01-01", 2)], {"c/l/1970-01-01": 2}),
        # What is held counts like what is used; nothing used is not told.
        ({}, [slot("2026-11-21", 1, held=2)], {"c/l/2026-11-21": 3}),
        ({}, [slot("2026-11-21", 0)], {}),
        # Each article by itself.
        (
            {"measure": "units", "each_sku": True},
            [slot("2026-11-21", 2, sku="tea"), slot("2026-11-21", 1, sku="jam")],
            {"c/l/2026-11-21/tea": 2, "c/l/2026-11-21/jam": 1},
        ),
        # It is 22:30 in UTC: the hour from 22 of the day before still has half an hour to count.
        (ROLLING, [slot("2026-11-19T22:00", 2), slot("2026-11-20T22:00")], {"c/l/rolling": 3}),
        (ROLLING, [slot("2026-11-19T21:00", 2), slot("2026-11-20T21:00")], {"c/l/rolling": 1}),
        # Above 48 hours a slot is a day.
        (LONG, [slot("2026-11-17T00:00", 2), slot("2026-11-20T00:00")], {"c/l/rolling": 3}),
        (LONG, [slot("2026-11-16T22:00", 2), slot("2026-11-20T00:00")], {"c/l/rolling": 1}),
        # The last of several uses; a till whose clock is ahead has just used it.
        (INTERVAL, [slot("2026-11-20T20:00:00"), slot("2026-11-20T22:10:30")], {"c/l/last": 19}),
        (INTERVAL, [slot("2026-11-20T22:31:00")], {"c/l/last": 0}),
        # Another card, another store, a rule that is gone.
        (
            {"subject": "card"},
            [slot("2026-11-21"), slot("2026-11-21", subject_id=CARD, used=4)],
            {"c/l/2026-11-21": 4},
        ),
        (STORES, [slot("2026-11-21"), slot("2026-11-21", 5, **OF_STORE)], {"c/l/2026-11-21": 5}),
        ({}, [slot("2026-11-21", limit_code="gone"), slot("2026-11-21", campaign_code="")], {}),
    ],
)
def test_uses_that_count(limit: dict[str, Any], slots: list[LimitSlot], uses: Any) -> None:
    """Those of this sale's subjects, in the period or window that its moment lies in."""
    assert limit_uses(slots, program_with(**limit), SUBJECTS, RECEIPT) == uses


@pytest.mark.parametrize(
    ("limit", "claimed", "owner", "subject", "begins"),
    [
        ({}, "2026-11-21", MEMBER, MEMBER, "2026-11-21T00:00"),
        ({"subject": "card"}, "2026-11-21", MEMBER, CARD, "2026-11-21T00:00"),
        (STORES, "2026-11-21", STORE, STORE, "2026-11-21T00:00"),
        ({"subject": "partner"}, "2026-11-21", PARTNER, PARTNER, "2026-11-21T00:00"),
        ({"subject": "campaign"}, "1970-01-01", PARTNER, PARTNER, "1970-01-01T00:00"),
        (ROLLING, "2026-11-21T01", MEMBER, MEMBER, "2026-11-20T22:00"),
        (LONG, "2026-11-21", MEMBER, MEMBER, "2026-11-20T21:00"),
        (INTERVAL, "2026-11-21T01:30:00", MEMBER, MEMBER, "2026-11-20T22:30"),
    ],
)
def test_claims_find_their_slot(
    limit: dict[str, Any], claimed: str, owner: UUID, subject: UUID, begins: str
) -> None:
    """The owner whose lock guards it, the subject, and local dates or moments in UTC."""
    claim = LimitClaim("c", "l", "", f"{claimed}/tea", 2, 3)
    (booked,) = slot_claims([claim], program_with(**limit), SUBJECTS, RECEIPT)
    assert (booked.owner_id, booked.subject_id) == (owner, subject)
    assert booked.slot_start == dt.datetime.fromisoformat(begins)
    assert (booked.sku, booked.uses, booked.bound) == ("tea", 2, 3)
    assert booked.shared == (owner in (STORE, PARTNER))


def test_what_a_hold_gives_back_is_free() -> None:
    """A hold of the same purchase that ends counts no more, and no other one's room is touched."""
    held: dict[str, int | str] = {
        "owner_id": str(MEMBER),
        "subject_id": str(MEMBER),
        "shared": False,
        "campaign": "c",
        "limit": "l",
        "sku": "",
        "slot": "2026-11-21T00:00:00",
        "uses": 1,
        "bound": 3,
    }
    freed = hold_of({}, limits=[held])
    uses = limit_uses([slot("2026-11-21", 1, held=1)], program_with(), SUBJECTS, RECEIPT, freed)
    assert uses == {"c/l/2026-11-21": 1}
    assert (
        limit_uses([slot("2026-11-21", 0, held=1)], program_with(), SUBJECTS, RECEIPT, freed) == {}
    )


def test_a_guest_has_no_member_and_no_card() -> None:
    """Only limits of stores and partners count for a sale without a member."""
    guest = Subjects(PARTNER, STORE, None, None)
    of_store = slot("2026-11-21", 5, **OF_STORE)
    assert limit_uses([of_store], program_with(**STORES), guest, RECEIPT) == {"c/l/2026-11-21": 5}
    assert limit_uses([slot("2026-11-21")], program_with(), guest, RECEIPT) == {}
