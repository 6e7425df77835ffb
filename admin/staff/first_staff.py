"""What is done about people on the command line: the first ones, and what they lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from admin.permissions import Role
from admin.records.tables import Partner
from admin.scope import Scope, scope
from admin.staff.links import make_link
from admin.staff.passwords import Passwords
from admin.staff.second_factor import drop
from admin.staff.sessions import end_sessions
from admin.staff.tables import Staff

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy.ext.asyncio import AsyncSession

    from admin.database import Sessions

AUTHOR: Final = "command line"
_DEMO_NAMES: Final = {
    Role.OWNER: "Olga Orlova",
    Role.ADMINISTRATOR: "Anton Adamov",
    Role.MARKETER: "Maria Markova",
    Role.ANALYST: "Alexei Ananin",
    Role.CALL_CENTRE: "Clara Kovaleva",
    Role.CASHIER_SUPERVISOR: "Sergei Semyonov",
    Role.AUDITOR: "Irina Ustinova",
}


async def add_staff(
    sessions: Sessions, login: str, name: str, role: Role, validity: dt.timedelta
) -> str:
    """Make somebody of the installation; the token of the link for their password."""
    with scope(Scope("installation", author=AUTHOR)):
        async with sessions.begin() as database:
            staff = Staff(login=login, name=name, role=role, language="")
            database.add(staff)
            await database.flush()
            return await make_link(database, staff, validity)


class NobodyError(LookupError):
    """Nobody has a login, or whoever has it is blocked; the text says which."""


async def link_for(sessions: Sessions, login: str, validity: dt.timedelta) -> str:
    """The token of a new link for whoever has the login already; earlier links no longer work.

    Raises:
        NobodyError: there is no such login, or it is blocked.
    """
    with scope(Scope("installation", author=AUTHOR)):
        async with sessions.begin() as database:
            staff = await _who_has(database, login)
            if staff.blocked_at is not None:
                raise NobodyError(f"{login} is blocked: another owner lifts that on their page")
            return await make_link(database, staff, validity)


async def keep_demo_staff(sessions: Sessions, password: str) -> list[str]:
    """One person per role with the same password, made the first time; their logins.

    The owner and the administrator are of the installation, the others of its first partner.
    """
    hashed = ""
    with scope(Scope("installation", author=AUTHOR)):
        async with sessions.begin() as database:
            partner_id = await database.scalar(
                select(Partner.partner_id).order_by(Partner.code).limit(1)
            )
            there = set(await database.scalars(select(Staff.login)))
            for role in Role:
                login = role.value.replace("_", "-")
                if login in there:
                    continue
                hashed = hashed or await Passwords().hashed(password)
                of_installation = role in {Role.OWNER, Role.ADMINISTRATOR}
                database.add(
                    Staff(
                        login=login,
                        name=_DEMO_NAMES[role],
                        role=role,
                        language="",
                        partner_id=None if of_installation else partner_id,
                        password_hash=hashed,
                    )
                )
    return [role.value.replace("_", "-") for role in Role]


async def drop_factor_of(sessions: Sessions, login: str) -> bool:
    """Take somebody's second factor away, and end their sessions; whether they had one.

    Raises:
        NobodyError: there is no such login.
    """
    with scope(Scope("installation", author=AUTHOR)):
        async with sessions.begin() as database:
            staff = await _who_has(database, login)
            await end_sessions(database, staff.staff_id)
            return await drop(database, staff.staff_id)


async def _who_has(database: AsyncSession, login: str) -> Staff:
    staff = await database.scalar(select(Staff).where(Staff.login == login.lower()))
    if staff is None:
        raise NobodyError(f"nobody has the login {login}")
    return staff
