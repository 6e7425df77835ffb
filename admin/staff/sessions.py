"""Sessions: made at the entrance, found by the hash of the cookie, ended by hand or by time.

Costs one statement per request, and one more once a minute to note that it is used.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select, update

from admin.records.tables import Partner
from admin.scope import Scope, scope
from admin.staff.principal import Principal
from admin.staff.tables import Staff, StaffFactor, StaffSession
from admin.staff.tokens import hash_of, new_token

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from admin.database import Sessions

#: Use is noted this exactly, so that reading pages does not write rows.
NOTED_EVERY: Final = dt.timedelta(minutes=1)
AGENT_CHARACTERS_MAX: Final = 200
_ENTRANCE: Final = Scope("entrance")
_HAS_FACTOR: Final = (
    select(StaffFactor.staff_id)
    .where(StaffFactor.staff_id == Staff.staff_id, StaffFactor.confirmed_at.is_not(None))
    .exists()
)


@dataclass(frozen=True, slots=True)
class SessionTerms:
    """How long sessions last."""

    idle: dt.timedelta
    absolute: dt.timedelta


class SessionKeeper:
    """Finds who a cookie stands for."""

    def __init__(self, sessions: Sessions, terms: SessionTerms) -> None:
        self._sessions = sessions
        self._terms = terms

    async def open(
        self,
        database: AsyncSession,
        staff: Staff,
        partner_id: UUID | None,
        address: str,
        agent: str,
    ) -> str:
        """Begin a session in the caller's transaction; the token for the cookie."""
        token = new_token()
        database.add(
            StaffSession(
                token_hash=hash_of(token),
                staff_id=staff.staff_id,
                partner_id=partner_id,
                ends_at=dt.datetime.now(dt.UTC) + self._terms.absolute,
                address=address,
                agent=agent[:AGENT_CHARACTERS_MAX],
            )
        )
        return token

    async def principal(self, token: str) -> Principal | None:
        """Who the token stands for; None if its session is over, or the person is blocked."""
        with scope(_ENTRANCE):
            async with self._sessions() as database:
                found = (
                    await database.execute(
                        select(StaffSession, Staff, Partner.code, Partner.name, _HAS_FACTOR)
                        .join(Staff, Staff.staff_id == StaffSession.staff_id)
                        .outerjoin(
                            Partner,
                            Partner.partner_id
                            == func.coalesce(Staff.partner_id, StaffSession.partner_id),
                        )
                        .where(
                            StaffSession.token_hash == hash_of(token),
                            StaffSession.ended_at.is_(None),
                            StaffSession.ends_at > func.now(),
                            StaffSession.seen_at > func.now() - self._terms.idle,
                            Staff.blocked_at.is_(None),
                        )
                    )
                ).one_or_none()
                if found is None:
                    return None
                session, staff, partner_code, partner_name, has_second_factor = found
                if session.seen_at < dt.datetime.now(dt.UTC) - NOTED_EVERY:
                    session.seen_at = func.now()
                    await database.commit()
        return Principal(
            staff_id=staff.staff_id,
            login=staff.login,
            name=staff.name,
            role=staff.role,
            language=staff.language,
            is_of_installation=staff.partner_id is None,
            partner_id=staff.partner_id or session.partner_id,
            partner_code=partner_code or "",
            partner_name=partner_name or "",
            session_id=session.session_id,
            has_second_factor=has_second_factor,
        )


async def living_sessions(
    database: AsyncSession, staff_id: UUID, idle: dt.timedelta
) -> list[StaffSession]:
    """Where somebody is signed in now, latest use first."""
    found = await database.execute(
        select(StaffSession)
        .where(
            StaffSession.staff_id == staff_id,
            StaffSession.ended_at.is_(None),
            StaffSession.ends_at > func.now(),
            StaffSession.seen_at > func.now() - idle,
        )
        .order_by(StaffSession.seen_at.desc())
    )
    return list(found.scalars())


async def end_sessions(
    database: AsyncSession,
    staff_id: UUID,
    *,
    only: UUID | None = None,
    but_not: UUID | None = None,
) -> int:
    """End somebody's sessions: all, one, or all but one; how many were open."""
    ending = update(StaffSession).where(
        StaffSession.staff_id == staff_id, StaffSession.ended_at.is_(None)
    )
    if only is not None:
        ending = ending.where(StaffSession.session_id == only)
    if but_not is not None:
        ending = ending.where(StaffSession.session_id != but_not)
    done = await database.execute(ending.values(ended_at=func.now()))
    return int(done.rowcount)  # type: ignore[attr-defined]
