"""Whose limits a sale draws on, in which slots of time, and what has been used of them.

The engine names a limit's subject and a slot of local time (``docs/rules.md`` §2 and §6); here they
become an owner, whose lock guards the slots, and a moment. Slots of calendar periods are local
dates. Those of rolling windows and intervals are moments in UTC, so that stores in several zones
and days on which clocks change are counted right: a use counts in a window of n hours as long as
any part of its slot (an hour, above 48 hours a day) lies in the last n hours.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from checkout.engine.limits import CLAIMED_BY_HOUR_MAX
from checkout.engine.schema.limits import Measure, Period, Subject
from checkout.ledger.claims import SlotClaim
from checkout.ledger.holds import claims_of
from checkout.ledger.merged_view import slots_seen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checkout.engine.compiled import CompiledProgram
    from checkout.engine.limits import CompiledLimit
    from checkout.engine.outcome import LimitClaim
    from checkout.engine.receipt import Receipt
    from checkout.flows.sale import Sale
    from checkout.ledger.book import LimitRef, MemberBook
    from checkout.ledger.rows import Hold, LimitSlot

_MINUTE: Final = dt.timedelta(minutes=1)
_HOUR: Final = dt.timedelta(hours=1)
_DAY: Final = dt.timedelta(days=1)
#: Members of enumerations are looked up once: Python 3.11 searches for them each time.
_MEMBER: Final = Subject.MEMBER
_CARD: Final = Subject.CARD
_STORE: Final = Subject.STORE
_PARTNER: Final = Subject.PARTNER
_CAMPAIGN: Final = Subject.CAMPAIGN
_HOUSEHOLD: Final = Subject.HOUSEHOLD
_INTERVAL: Final = Measure.INTERVAL
_ROLLING: Final = Period.ROLLING
#: As what slot the engine knows the minutes since a limit was last used.
LAST: Final = "last"


@dataclass(frozen=True, slots=True)
class Subjects:
    """Who is who in one sale.

    `card_id` stands for the card that was shown; who is identified otherwise has the limits per
    card of a card of its own. Whoever is in no household has the limits per household of one alone.
    """

    partner_id: UUID
    store_id: UUID
    member_id: UUID | None
    card_id: UUID | None
    household_id: UUID | None = None

    @classmethod
    def of(cls, sale: Sale, member: MemberBook | None, purse_id: UUID | None = None) -> Subjects:
        """The subjects of a sale to a member, or to a guest.

        The household is that of now, unless a hold was made for another `purse_id`.
        """
        caller, identifier = sale.caller, sale.identifier
        member_id = member.member.member_id if member is not None else None
        card_id = member_id
        if identifier is not None and member_id is not None:
            card_id = identifier.card_id() or member_id
        if member is not None and purse_id is None:
            purse_id = member.purse.member.member_id
        return cls(caller.partner_id, caller.store_id, member_id, card_id, purse_id)

    def owner_and_subject(self, subject: Subject) -> tuple[UUID | None, UUID | None]:
        """Whose lock guards the slots, and for whom they count; none for a guest's."""
        if subject is _MEMBER:
            return self.member_id, self.member_id
        if subject is _CARD:
            return self.member_id, self.card_id
        if subject is _STORE:
            return self.store_id, self.store_id
        if subject is _HOUSEHOLD:
            return self.household_id, self.household_id
        assert subject is _PARTNER or subject is _CAMPAIGN, "these are all"
        return self.partner_id, self.partner_id

    def limit_ref(self, limit: CompiledLimit) -> LimitRef:
        """The row that guards a limit which many draw on."""
        owner, _ = self.owner_and_subject(limit.document.subject)
        assert owner is not None, "stores and partners are always there"
        return owner, limit.campaign_code, limit.code


def slots_of(member: MemberBook | None, purse: MemberBook | None = None) -> list[LimitSlot]:
    """The slots of a member under whatever name, and those of the household.

    That of now, or another `purse`.
    """
    if member is None:
        return []
    purse = purse or member.purse
    shared = purse.slots.values() if purse is not member else ()
    return [*slots_seen(member), *shared]


def slot_claims(
    claims: Iterable[LimitClaim], program: CompiledProgram, subjects: Subjects, receipt: Receipt
) -> tuple[SlotClaim, ...]:
    """What an outcome takes of limits, as the ledger books it."""
    booked = []
    for claim in claims:
        limit = program.limits_by_ref[claim.campaign, claim.limit]
        owner_id, subject_id = subjects.owner_and_subject(limit.document.subject)
        assert owner_id is not None, "a guest claims nothing of a member's limits"
        assert subject_id is not None, "who has an owner has a subject"
        slot, _, sku = claim.slot.partition("/")
        booked.append(
            SlotClaim(
                owner_id,
                subject_id,
                limit.is_shared,
                claim.campaign,
                claim.limit,
                sku,
                _slot_start(limit, slot, receipt.utc_offset_minutes),
                claim.uses,
                claim.bound,
            )
        )
    return tuple(booked)


def _slot_start(limit: CompiledLimit, slot: str, utc_offset_minutes: int) -> dt.datetime:
    start = dt.datetime.fromisoformat(slot)
    return start - _MINUTE * utc_offset_minutes if _is_in_utc(limit) else start


def _is_in_utc(limit: CompiledLimit) -> bool:
    return limit.measure is _INTERVAL or limit.period is _ROLLING


def limit_uses(
    slots: Iterable[LimitSlot],
    program: CompiledProgram,
    subjects: Subjects,
    receipt: Receipt,
    freed: Hold | None = None,
) -> dict[str, int]:
    """The use so far of limits as the engine asks for it; what `freed` sets aside counts as free.

    Slots that do not count for this sale are passed over: of other cards, of other days, of limits
    that are no longer in the rules.
    """
    given_back: dict[tuple[UUID, object], int] = {}
    if freed is not None:
        for claim in claims_of(freed).slots:
            key = claim.owner_id, claim.slot_ref
            given_back[key] = given_back.get(key, 0) + claim.uses
    uses: dict[str, int] = {}
    for slot in slots:
        limit = program.limits_by_ref.get((slot.campaign_code, slot.limit_code))
        if limit is None:
            continue
        owner_id, subject_id = subjects.owner_and_subject(limit.document.subject)
        if (slot.owner_id, slot.subject_id) != (owner_id, subject_id):
            continue
        ref = (slot.subject_id, slot.campaign_code, slot.limit_code, slot.sku, slot.slot_start)
        used = slot.used + slot.held - given_back.get((slot.owner_id, ref), 0)
        if used:
            _count(uses, limit, slot, used, receipt)
    return uses


def _count(
    uses: dict[str, int], limit: CompiledLimit, slot: LimitSlot, used: int, receipt: Receipt
) -> None:
    """Add one slot to what is told, if it counts at the receipt's moment."""
    at_utc = receipt.local_time - _MINUTE * receipt.utc_offset_minutes
    if limit.measure is _INTERVAL:
        key = _key(slot, LAST)
        minutes = max((at_utc - slot.slot_start) // _MINUTE, 0)
        uses[key] = min(minutes, uses.get(key, minutes))
    elif limit.period is _ROLLING:
        hours = limit.document.rolling_hours or 0
        length = _HOUR if hours <= CLAIMED_BY_HOUR_MAX else _DAY
        if slot.slot_start + length > at_utc - hours * _HOUR:
            key = _key(slot, Period.ROLLING.value)
            uses[key] = uses.get(key, 0) + used
    elif slot.slot_start.date().isoformat() == limit.calendar_slot(receipt.local_time):
        key = _key(slot, slot.slot_start.date().isoformat())
        uses[key] = uses.get(key, 0) + used


def _key(slot: LimitSlot, name: str) -> str:
    key = f"{slot.campaign_code}/{slot.limit_code}/{name}"
    return f"{key}/{slot.sku}" if slot.sku else key
