"""Member states in the cache: what a quote reads about a member, by version.

A value is the version (19 digits), a checksum (4 bytes), and the rows as JSON; an empty body says
"at least this version, ask PostgreSQL". What is truncated, altered or of another partner is a miss.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID
from zlib import crc32

import orjson

from checkout.cache import keys
from checkout.cache.connection import VERSION_DIGITS
from checkout.ledger import rows
from checkout.ledger.book import MemberBook
from checkout.ledger.coupon_rows import MemberTag
from checkout.ledger.visit_rows import MemberWindows
from checkout.primitives import bucket_of, bucket_of_uuid

if TYPE_CHECKING:
    from checkout.cache.key_values import KeyValues

_CHECKSUM_BYTES: Final = 4
_UUID_BYTES: Final = 16
_HEAD_BYTES: Final = VERSION_DIGITS + _CHECKSUM_BYTES
#: Identifiers whose member a worker remembers: those of far more sales than it has open at once.
GUESSES_MAX: Final = 8_192
#: States that a worker remembers taken apart: those of the sales that are open at its tills.
DECODED_MAX: Final = 512


class MemberCache:
    """States and identifiers of members."""

    def __init__(self, cache: KeyValues) -> None:
        self._cache = cache
        #: Whose identifiers were when they were last looked up, by key; the oldest go first.
        self._guesses: dict[str, UUID] = {}
        #: What was read last, and the states in it; the oldest go first. Readers change none.
        self._decoded: dict[UUID, tuple[bytes, MemberBook]] = {}

    async def find(
        self, partner_id: UUID, kind: str, digest: bytes
    ) -> tuple[UUID | None, MemberBook | None]:
        """Whose the identifier is, and the member's state, as far as the cache knows them.

        A till prices one sale again and again: whose an identifier was last time is read with it,
        so that both take one read. It is a guess, and counts only if the identifier still says so.
        Blocked identifiers are never in the cache.
        """
        key = keys.identifier_key(bucket_of(digest), partner_id, kind, digest)
        guess = self._guesses.get(key)
        if guess is None:
            state = None
            [value] = await self._cache.get(key)
        else:
            value, state = await self._cache.get(key, _member_key(partner_id, guess))
        if value is None or len(value) != _UUID_BYTES:
            return None, None
        member_id = UUID(bytes=value)
        if member_id == guess:
            return member_id, self._state_in(state, partner_id, member_id)
        if len(self._guesses) >= GUESSES_MAX:
            del self._guesses[next(iter(self._guesses))]
        self._guesses[key] = member_id
        return member_id, None

    async def keep_identifier(
        self, partner_id: UUID, kind: str, digest: bytes, member_id: UUID
    ) -> None:
        """Remember whose an unblocked identifier is."""
        key = keys.identifier_key(bucket_of(digest), partner_id, kind, digest)
        await self._cache.set_if_absent(key, member_id.bytes, keys.IDENTIFIER_TTL_MS)

    async def get(self, partner_id: UUID, member_id: UUID) -> MemberBook | None:
        """A member's state, or None to ask PostgreSQL."""
        [value] = await self._cache.get(_member_key(partner_id, member_id))
        return self._state_in(value, partner_id, member_id)

    def _state_in(
        self, value: bytes | None, partner_id: UUID, member_id: UUID
    ) -> MemberBook | None:
        """The state in a value; None if it is not exactly this member's.

        A till prices one sale again and again: the same bytes are taken apart once.
        """
        if value is None:
            return None
        known = self._decoded.get(member_id)
        if known is not None and known[0] == value:
            return known[1] if known[1].member.partner_id == partner_id else None
        member = decode_member(value)
        if member is None:
            return None
        if (member.member.partner_id, member.member.member_id) != (partner_id, member_id):
            return None
        if known is None and len(self._decoded) >= DECODED_MAX:
            del self._decoded[next(iter(self._decoded))]
        self._decoded[member_id] = (value, member)
        return member

    async def keep(self, member: MemberBook) -> None:
        """Store a member's state as of its version, unless a newer one is there."""
        row = member.member
        key = keys.member_key(row.bucket, row.partner_id, row.member_id)
        await self._cache.set_if_newer(key, encode_member(member), keys.MEMBER_TTL_MS)

    async def keep_all(self, members: list[MemberBook]) -> None:
        """Store the states of many."""
        values = {
            keys.member_key(m.member.bucket, m.member.partner_id, m.member.member_id): (
                encode_member(m)
            )
            for m in members
        }
        await self._cache.set_all_if_newer(values, keys.MEMBER_TTL_MS)

    async def invalidate(
        self,
        members: list[tuple[int, UUID, UUID, int]],
        identifiers: list[tuple[int, UUID, str, bytes]],
    ) -> tuple[list[tuple[int, UUID, UUID, int]], list[tuple[int, UUID, str, bytes]]]:
        """Bring changes of (bucket, partner, member, version) and of identifiers in.

        Those for which it was not possible: all, or those of nodes of a cluster that are silent.
        """
        versions = {
            keys.member_key(bucket, partner_id, member_id): (
                _version(version),
                keys.VERSION_TTL_MS,
            )
            for bucket, partner_id, member_id, version in members
        }
        pauses = [keys.identifier_key(*identifier) for identifier in identifiers]
        untold = await self._cache.overwrite(versions, pauses, keys.IDENTIFIER_PAUSE_MS)
        if not untold:
            return [], []
        return (
            [member for member in members if keys.member_key(*member[:3]) in untold],
            [each for each, key in zip(identifiers, pauses, strict=True) if key in untold],
        )


def _member_key(partner_id: UUID, member_id: UUID) -> str:
    return keys.member_key(bucket_of_uuid(member_id), partner_id, member_id)


def encode_member(member: MemberBook) -> bytes:
    """A member's rows as a cache value."""
    # asyncpg's UUIDs are a subclass, which orjson leaves to us.
    body = orjson.dumps(_rows_of(member), default=str)
    version = _version(member.member.version)
    return version + crc32(body).to_bytes(_CHECKSUM_BYTES, "big") + body


def decode_member(value: bytes) -> MemberBook | None:
    """The rows of a cache value; None for anything that is not exactly one."""
    body = value[_HEAD_BYTES:]
    if not body or int.from_bytes(value[VERSION_DIGITS:_HEAD_BYTES], "big") != crc32(body):
        return None
    try:
        member = _member_of(orjson.loads(body))
    except (ValueError, TypeError, IndexError, KeyError, AttributeError):
        return None
    # What outranks every other value must at least be the version that it says it is.
    return member if value[:VERSION_DIGITS] == _version(member.member.version) else None


def _rows_of(member: MemberBook) -> list[Any]:
    """A member's rows, and those of members who were merged into it, as JSON."""
    row = member.member
    return [
        [
            row.bucket,
            row.member_id,
            row.partner_id,
            row.version,
            row.blocked_at,
            row.purchases,
            row.last_purchase_on,
            row.household_id,
            row.household_size,
            row.merged_into,
        ],
        [member.gender, member.birth_date, member.traits],
        sorted(member.lists),
        [
            [
                p.program_code,
                p.tier_code,
                p.joined_at,
                p.left_at,
                p.tier_cause,
                p.tier_since,
                p.tier_until,
                p.tier_seq,
            ]
            for p in member.participations.values()
        ],
        [
            [a.currency, a.balance, a.held, a.seq, a.debt, a.frozen, a.pending, a.frozen_at]
            for a in member.accounts.values()
        ],
        [
            [
                lot.currency,
                lot.lot_id,
                lot.origin,
                lot.posting_id,
                lot.issued,
                lot.remaining,
                lot.held,
                lot.active_from,
                lot.expires_at,
                lot.frozen,
                lot.is_pending,
                lot.expired,
            ]
            for lot in member.lots.values()
            if lot.remaining
        ],
        [
            [
                s.subject_id,
                s.campaign_code,
                s.limit_code,
                s.sku,
                s.slot_start,
                s.used,
                s.held,
            ]
            for s in member.slots.values()
        ],
        [[t.tag, t.given] for t in member.tags.values()],
        _windows(member.windows),
        [_rows_of(each) for each in member.absorbed],
    ]


def _member_of(document: list[Any]) -> MemberBook:
    head, profile, lists, participations, accounts, lots, slots, tags, windows, absorbed = document
    bucket, member_id = head[0], UUID(head[1])
    row = rows.Member(
        bucket,
        member_id,
        UUID(head[2]),
        head[3],
        _moment(head[4]),
        head[5],
        _date(head[6]),
        UUID(head[7]) if head[7] is not None else None,
        head[8],
        UUID(head[9]) if head[9] is not None else None,
    )
    gender, birth_date, traits = profile
    member = MemberBook(row, gender, _date(birth_date), traits, frozenset(lists))
    for program, tier, joined_at, left_at, cause, since, until, seq in participations:
        member.participations[program] = rows.Participation(
            bucket,
            member_id,
            program,
            tier,
            dt.datetime.fromisoformat(joined_at),
            _moment(left_at),
            cause,
            _date(since),
            _date(until),
            seq,
        )
    if windows is not None:
        version, counted_at, recount_on, values = windows
        member.windows = MemberWindows(
            bucket,
            member_id,
            version,
            dt.datetime.fromisoformat(counted_at),
            _date(recount_on),
            values,
        )
    for *account, frozen_at in accounts:
        row_of = rows.Account(bucket, member_id, *account)
        row_of.frozen_at = _moment(frozen_at)
        member.accounts[row_of.currency] = row_of
    for currency, lot, origin, posting, issued, remaining, held, begins, ends, *booked in lots:
        lot_id = UUID(lot)
        member.lots[lot_id] = rows.Lot(
            bucket,
            member_id,
            currency,
            lot_id,
            origin,
            UUID(posting),
            issued,
            remaining,
            held,
            dt.datetime.fromisoformat(begins),
            _moment(ends),
            *booked,
        )
    for subject, campaign, limit, sku, slot_start, used, held in slots:
        ref = (UUID(subject), campaign, limit, sku, dt.datetime.fromisoformat(slot_start))
        slot = rows.LimitSlot(bucket, member_id, *ref, shared=False, used=used, held=held)
        member.slots[ref] = slot
    for tag, given in tags:
        member.tags[tag] = MemberTag(bucket, member_id, tag, given)
    member.absorbed = [_member_of(each) for each in absorbed]
    return member


def _windows(row: MemberWindows | None) -> list[object] | None:
    if row is None:
        return None
    return [row.version, row.counted_at, row.recount_on, row.windows]


def _version(version: int) -> bytes:
    """Decimal digits of a fixed width.

    They compare as the numbers do, in every locale of the cache's Lua.
    """
    return f"{version:0{VERSION_DIGITS}d}".encode()


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text is not None else None


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text is not None else None
