"""Signing in and choosing passwords: what the entrance and the account page do."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from admin.records.tables import Partner
from admin.scope import Scope, current_scope, scope
from admin.staff.links import use_link, whose_link
from admin.staff.lock_out import count_failure, forgive, is_locked
from admin.staff.notes import note
from admin.staff.passwords import password_fault
from admin.staff.second_factor import factor_of, proof_in, use_up
from admin.staff.sessions import end_sessions
from admin.staff.tables import Staff

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from admin.database import Sessions
    from admin.sealing.masters import MasterKeys
    from admin.staff.passwords import Passwords
    from admin.staff.principal import Principal
    from admin.staff.sessions import SessionKeeper


@dataclass(frozen=True, slots=True)
class Browser:
    """Where a request comes from."""

    address: str
    agent: str


class Entrance:
    """Lets people in, and lets them choose passwords."""

    def __init__(
        self,
        sessions: Sessions,
        keeper: SessionKeeper,
        passwords: Passwords,
        masters: MasterKeys | None,
    ) -> None:
        self._sessions = sessions
        self._keeper = keeper
        self._passwords = passwords
        self._masters = masters

    async def sign_in(
        self, login: str, password: str, browser: Browser, code: str = ""
    ) -> str | None:
        """The token of a new session, or None.

        An unknown login, a wrong password or code, a locked or blocked account: the same answer
        after the same work.
        """
        login = login.strip().lower()
        with scope(Scope("entrance")):
            async with self._sessions() as database:
                staff = await _staff_of(database, login)
                locked = await is_locked(database, login, browser.address)
                factor = await factor_of(database, staff.staff_id) if staff else None
            is_right = await self._passwords.is_right(
                staff.password_hash if staff else "", password
            )
            proof = proof_in(factor, code, dt.datetime.now(dt.UTC), self._masters)
            is_right = is_right and proof is not None
            if staff is None or not is_right or locked or staff.blocked_at is not None:
                await self._refused(login, browser)
                return None
            assert proof is not None
        with scope(Scope("installation", staff.partner_id, staff.staff_id, staff.login)):
            async with self._sessions.begin() as database:
                # Asked again: who tries many at once is counted while each is looked at.
                is_open = not await is_locked(database, login, browser.address)
                if is_open and await use_up(database, staff.staff_id, proof):
                    return await self._let_in(database, staff, browser)
        # Locked meanwhile, or somebody else has just come in with the same digits.
        with scope(Scope("entrance")):
            await self._refused(login, browser)
        return None

    async def sign_out(self, principal: Principal) -> None:
        """End the session."""
        async with self._sessions.begin() as database:
            await end_sessions(database, principal.staff_id, only=principal.session_id)
            await note(
                database,
                None if principal.is_of_installation else principal.partner_id,
                "staff",
                principal.login,
                "signed_out",
            )

    async def change_password(self, principal: Principal, old: str, new: str) -> str:
        """Choose another password; the fault, or an empty text. All other sessions end."""
        if not await self.is_theirs(principal, old):
            return "password.old_is_wrong"
        if fault := password_fault(new, principal.login):
            return fault
        hashed = await self._passwords.hashed(new)
        async with self._sessions.begin() as database:
            await _store_password(database, principal.staff_id, hashed)
            await end_sessions(database, principal.staff_id, but_not=principal.session_id)
        return ""

    async def is_theirs(self, principal: Principal, password: str) -> bool:
        """Whether who sits there knows the password; one that is wrong counts as one tried."""
        async with self._sessions() as database:
            staff = await database.get(Staff, principal.staff_id)
        assert staff is not None
        if not password:
            return False
        if await self._locked(staff.login) or not await self._passwords.is_right(
            staff.password_hash, password
        ):
            await self.count_wrong_code(principal)
            return False
        return True

    async def count_wrong_code(self, principal: Principal) -> None:
        """A password or a code on a page inside was wrong."""
        async with self._sessions.begin() as database:
            await count_failure(database, principal.login, "account page")

    async def link_holder(self, token: str) -> str | None:
        """The login of whose link it is, if it still works."""
        with scope(Scope("entrance")):
            async with self._sessions() as database:
                staff = await whose_link(database, token)
        return staff.login if staff is not None else None

    async def choose_password(self, token: str, password: str) -> str | None:
        """Choose a password through a link; the fault, an empty text, or None for a dead link."""
        login = await self.link_holder(token)
        if login is None:
            return None
        if fault := password_fault(password, login):
            return fault
        hashed = await self._passwords.hashed(password)
        with scope(Scope("entrance")):
            async with self._sessions() as database:
                staff = await whose_link(database, token)
        if staff is None:
            return None
        with scope(Scope("installation", staff.partner_id, staff.staff_id, staff.login)):
            async with self._sessions.begin() as database:
                # Asked again under its lock: of two who open it at once, one chooses.
                if await whose_link(database, token) is None:
                    return None
                await _store_password(database, staff.staff_id, hashed)
                await use_link(database, token)
                await end_sessions(database, staff.staff_id)
                await forgive(database, staff.login)
        return ""

    async def _let_in(self, database: AsyncSession, staff: Staff, browser: Browser) -> str:
        await forgive(database, staff.login)
        partner_id = staff.partner_id or await _first_partner(database)
        token = await self._keeper.open(database, staff, partner_id, browser.address, browser.agent)
        await note(
            database, staff.partner_id, "staff", staff.login, "signed_in", address=browser.address
        )
        return token

    async def _refused(self, login: str, browser: Browser) -> None:
        async with self._sessions.begin() as database:
            await count_failure(database, login, browser.address)

    async def _locked(self, login: str) -> bool:
        async with self._sessions() as database:
            return await is_locked(database, login, "account page of nobody")


async def _staff_of(database: AsyncSession, login: str) -> Staff | None:
    return (await database.execute(select(Staff).where(Staff.login == login))).scalar_one_or_none()


async def _first_partner(database: AsyncSession) -> UUID | None:
    return (
        await database.execute(select(Partner.partner_id).order_by(Partner.code).limit(1))
    ).scalar_one_or_none()


async def _store_password(database: AsyncSession, staff_id: UUID, hashed: str) -> None:
    staff = await database.get(Staff, staff_id, with_for_update=True)
    assert staff is not None, current_scope()
    staff.password_hash = hashed
    staff.password_changed_at = dt.datetime.now(dt.UTC)
    await database.flush()
