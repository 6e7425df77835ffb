"""Values of profiles in the history: sealed as they are changed, opened for those who see contacts.

The database writes the entry, with the change; what it is to write in place of values is told to
it before (`checkout.admin_sealed`). Where nobody told it anything it writes a sign of omission.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import orjson
from sqlalchemy import func, select, text
from sqlalchemy.orm.attributes import set_committed_value

from admin.records.refused_change import RefusedChangeError
from admin.sealing.box import CannotOpenError
from admin.sealing.member_keys import MemberKey, keep_member_key, read_member_keys
from admin.sealing.unshown import Unshown
from admin.sealing.values import is_sealed, opened_value, sealed_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from admin.members.place import MemberPlace
    from admin.records.tables import HistoryEntry
    from admin.sealing.masters import MasterKeys

RECORD: Final = "member_profile"
#: Of a member the service keeps attributes so, beside what is nobody's secret.
RECORDS: Final = (RECORD, "member")
_TELL: Final = text("select set_config('checkout.admin_sealed', :sealed, true)")


async def seal_change(
    database: AsyncSession,
    member_id: UUID,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    masters: MasterKeys | None,
) -> None:
    """Have the history keep what changes next of a profile that is locked.

    Raises:
        RefusedChangeError: the member has a key that no key of the settings opens.
    """
    changed = [name for name in after if before[name] != after[name]]
    if masters is None or not changed:
        return
    held = await keep_member_key(database, member_id, masters)
    if held.key is None:
        raise RefusedChangeError("refused.sealing_key")
    sealed = {
        side: {name: sealed_value(held, name, values[name]) for name in changed}
        for side, values in (("before", before), ("after", after))
    }
    told = orjson.dumps({RECORD: {str(member_id): sealed}}).decode()
    await database.execute(_TELL, {"sealed": told})


async def have_key(database: AsyncSession, member: MemberPlace, masters: MasterKeys | None) -> None:
    """Make what the service closes values up with, before it is asked to change them."""
    if masters is None:
        return
    await database.execute(select(func.admin_lock_member(member.bucket, member.member_id)))
    for named in filter(None, (member.member_id, member.merged_into)):
        await keep_member_key(database, named, masters)


async def open_entries(
    database: AsyncSession,
    entries: Sequence[HistoryEntry],
    masters: MasterKeys | None,
    *,
    may_see: bool,
) -> None:
    """Put what sealed values are, or why they are not shown, into entries; rows stay so."""
    sealed = [entry for entry in entries if _has_sealed(entry)]
    keys: dict[UUID, MemberKey] = {}
    without = Unshown.HIDDEN
    if may_see and masters is None:
        without = Unshown.UNREADABLE
    elif sealed and may_see and masters is not None:
        without = Unshown.ERASED
        members = {UUID(entry.record_key) for entry in sealed}
        keys = await read_member_keys(database, members, masters)
    for entry in sealed:
        held = keys.get(UUID(entry.record_key), without)
        for side in ("before", "after"):
            values = getattr(entry, side)
            if values is not None:
                shown = {name: _shown(held, name, value) for name, value in values.items()}
                set_committed_value(entry, side, shown)


def _has_sealed(entry: HistoryEntry) -> bool:
    if entry.record not in RECORDS:
        return False
    sides = (entry.before or {}, entry.after or {})
    return any(is_sealed(value) for side in sides for value in side.values())


def _shown(held: MemberKey | Unshown, column: str, value: Any) -> Any:
    if not is_sealed(value):
        return value
    if isinstance(held, Unshown):
        return held
    if str(held.key_id) != value["key"]:
        return Unshown.ERASED
    try:
        return opened_value(held, column, value)
    except CannotOpenError:
        return Unshown.UNREADABLE
