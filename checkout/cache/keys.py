"""Every key, value version and lifetime of the cache, in one place.

Keys carry the bucket as hash tag, ``{b17}:…``, so that a cluster can spread them. A change of a
value's layout changes the number in its key: old values are never read, they run out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from uuid import UUID

#: A member's state: dropped when it changes, and after an hour at the latest.
MEMBER_TTL_MS: Final = 3_600_000
#: A bare version, which keeps older states out: longer than any read that began before the change.
VERSION_TTL_MS: Final = 60_000
#: Whose an identifier is: hardly ever changes.
IDENTIFIER_TTL_MS: Final = 3_600_000
#: How long a dropped identifier is not cached again: longer than any read that began before the
#: change.
IDENTIFIER_PAUSE_MS: Final = 5_000
#: Snapshot parts are immutable; they run out when nobody loads them any more.
PART_TTL_MS: Final = 7 * 24 * 3_600_000


def member_key(bucket: int, partner_id: UUID, member_id: UUID) -> str:
    """A member's state."""
    return f"{{b{bucket}}}:member5:{partner_id.hex}:{member_id.hex}"


def identifier_key(bucket: int, partner_id: UUID, kind: str, digest: bytes) -> str:
    """Whose an identifier is: by its digest, so that the cache names nobody."""
    return f"{{b{bucket}}}:identifier1:{partner_id.hex}:{kind}:{digest.hex()}"


def part_key(part_hash: str) -> str:
    """A part of a snapshot."""
    return f"part1:{part_hash}"
