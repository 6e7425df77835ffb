"""Failed attempts to sign in: counted by login and by address, whether or not the login exists.

After too many, attempts of that login or address fail for a while, also with the right password,
and the answer is the same: nobody learns which accounts there are, or that one is locked.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

#: Failures of one login within the window, until it is locked.
LOGIN_FAILURES_MAX: Final = 5
#: Of one address: several people may sit behind it.
ADDRESS_FAILURES_MAX: Final = 30
WINDOW: Final = dt.timedelta(minutes=15)
LOCKED: Final = dt.timedelta(minutes=15)
#: Rows older than this say nothing any more.
KEPT: Final = dt.timedelta(days=1)

_COUNT: Final = text("""
insert into sign_in_failure as f (subject, failures) values (:subject, 1)
on conflict (subject) do update set
    failures = case
        when f.last_at < now() - cast(:window as interval) then 1
        else f.failures + 1
    end,
    last_at = now(),
    locked_until = case
        when f.last_at >= now() - cast(:window as interval) and f.failures + 1 >= :bound
            then now() + cast(:locked as interval)
        else f.locked_until
    end
""")
_LOCKED: Final = text(
    "select exists (select from sign_in_failure"
    " where subject = any(:subjects) and locked_until > now())"
)
_FORGIVE: Final = text("delete from sign_in_failure where subject = :subject")
_FORGET: Final = text("delete from sign_in_failure where last_at < now() - cast(:kept as interval)")


async def is_locked(session: AsyncSession, login: str, address: str) -> bool:
    """Whether attempts of the login, or from the address, are refused for now."""
    subjects = [_subject("login", login), _subject("address", address)]
    return bool((await session.execute(_LOCKED, {"subjects": subjects})).scalar_one())


async def count_failure(session: AsyncSession, login: str, address: str) -> None:
    """Remember a failed attempt."""
    bounds = (("login", login, LOGIN_FAILURES_MAX), ("address", address, ADDRESS_FAILURES_MAX))
    for kind, value, bound in bounds:
        await session.execute(
            _COUNT,
            {
                "subject": _subject(kind, value),
                "window": WINDOW,
                "bound": bound,
                "locked": LOCKED,
            },
        )
    await session.execute(_FORGET, {"kept": KEPT})


async def forgive(session: AsyncSession, login: str) -> None:
    """Forget the failures of a login: its password was right, or has been chosen anew."""
    await session.execute(_FORGIVE, {"subject": _subject("login", login)})


def _subject(kind: str, value: str) -> bytes:
    return hashlib.sha256(f"{kind}\0{value}".encode()).digest()
