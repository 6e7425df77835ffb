"""The second factor: six digits of an application on somebody's telephone (TOTP, RFC 6238).

The secret is shown once, when it is made, and works from the first right digits on; the database
has it sealed, if the settings have a key for that. Digits work
once: whoever reads them over a shoulder comes too late. Whoever loses the telephone has ten
recovery codes, each good for once; without them an owner takes the factor away.
"""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyotp
import segno
from sqlalchemy import LargeBinary, any_, delete, func, literal, select, update

from admin.sealing.box import CannotOpenError
from admin.staff.tables import Staff, StaffFactor
from admin.staff.tokens import hash_of

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from admin.sealing.masters import MasterKeys

RECOVERY_CODES: Final = 10
#: 120 bits, which need no salt, make 24 characters, in groups of four.
_RECOVERY_BYTES: Final = 15
_GROUP: Final = 4
#: Clocks of telephones may be so many half minutes off.
_STEPS_OFF: Final = (0, -1, 1)
#: What is typed in their place costs no more to look at.
CODE_CHARACTERS_MAX: Final = 40
#: Stands before a secret that is sealed; no secret has a colon.
_SEALED: Final = "sealed:"


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody showed: digits of a half minute, a recovery code, or nothing, if not asked."""

    step: int | None = None
    recovery_hash: bytes | None = None


async def factor_of(database: AsyncSession, staff_id: UUID) -> StaffFactor | None:
    """The factor of somebody, if it works."""
    found = await database.execute(
        select(StaffFactor).where(
            StaffFactor.staff_id == staff_id, StaffFactor.confirmed_at.is_not(None)
        )
    )
    return found.scalar_one_or_none()


def proof_in(
    factor: StaffFactor | None, code: str, now: dt.datetime, masters: MasterKeys | None = None
) -> Proof | None:
    """What a code proves; None: nothing, and somebody has a factor. Reads only."""
    if factor is None:
        return Proof()
    typed = "".join(code[:CODE_CHARACTERS_MAX].split()).replace("-", "").upper()
    secret = secret_in(factor, masters)
    step = None if secret is None else step_of(secret, typed, now)
    if step is not None:
        return Proof(step=step) if step > factor.used_step else None
    recovery_hash = hash_of(typed)
    return Proof(recovery_hash=recovery_hash) if recovery_hash in factor.recovery else None


def secret_in(factor: StaffFactor, masters: MasterKeys | None) -> str | None:
    """What the digits follow from; None: no key of the settings opens it."""
    if not factor.secret.startswith(_SEALED):
        return factor.secret
    if masters is None:
        return None
    sealed = base64.b64decode(factor.secret.removeprefix(_SEALED))
    try:
        return masters.unseal(sealed, _place(factor.staff_id)).decode()
    except CannotOpenError:
        return None


def step_of(secret: str, typed: str, now: dt.datetime) -> int | None:
    """The half minute whose digits these are, if it is near."""
    totp = pyotp.TOTP(secret)
    present = totp.timecode(now)
    for off in _STEPS_OFF:
        if hmac.compare_digest(totp.generate_otp(present + off).encode(), typed.encode()):
            return present + off
    return None


async def use_up(database: AsyncSession, staff_id: UUID, proof: Proof) -> bool:
    """Let a proof work once: of two who show it, one is let in."""
    used = (
        update(StaffFactor)
        .where(StaffFactor.staff_id == staff_id)
        .execution_options(synchronize_session=False)
    )
    if proof.step is not None:
        used = used.where(StaffFactor.used_step < proof.step).values(used_step=proof.step)
    elif proof.recovery_hash is not None:
        shown = literal(proof.recovery_hash, LargeBinary)
        used = used.where(shown == any_(StaffFactor.recovery)).values(
            recovery=func.array_remove(StaffFactor.recovery, shown)
        )
    else:
        return await factor_of(database, staff_id) is None
    return bool((await database.execute(used)).rowcount)  # type: ignore[attr-defined]


async def begin(database: AsyncSession, staff_id: UUID, masters: MasterKeys | None) -> str | None:
    """A new secret, which does not work yet, in place of another such; None: one works already."""
    # Whoever asks twice at once gets two secrets, of which the later stays.
    await database.get(Staff, staff_id, with_for_update=True)
    if await factor_of(database, staff_id) is not None:
        return None
    await drop(database, staff_id)
    secret = pyotp.random_base32()
    kept = secret if masters is None else _sealed(secret, staff_id, masters)
    database.add(StaffFactor(staff_id=staff_id, secret=kept))
    await database.flush()
    return secret


async def confirm(
    database: AsyncSession,
    staff_id: UUID,
    code: str,
    now: dt.datetime,
    masters: MasterKeys | None,
) -> list[str] | None:
    """Let the secret work from now on, if the digits are its own; the recovery codes."""
    factor = await database.get(StaffFactor, staff_id, with_for_update=True)
    if factor is None or factor.confirmed_at is not None:
        return None
    secret = secret_in(factor, masters)
    if secret is None:
        return None
    step = step_of(secret, "".join(code[:CODE_CHARACTERS_MAX].split()), now)
    if step is None:
        return None
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    factor.recovery = [hash_of(one.replace("-", "")) for one in codes]
    factor.confirmed_at, factor.used_step = now, step
    await database.flush()
    return codes


async def drop(database: AsyncSession, staff_id: UUID) -> bool:
    """Take the factor away; whether there was one."""
    done = await database.execute(
        delete(StaffFactor)
        .where(StaffFactor.staff_id == staff_id)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def picture_of(secret: str, login: str, issuer: str) -> str:
    """The secret as a QR code that applications read, as the address of a picture."""
    address = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)
    made: Any = segno.make(address, error="m", micro=False)
    return str(made.svg_data_uri(scale=5, border=4, light="#fff"))


def _sealed(secret: str, staff_id: UUID, masters: MasterKeys) -> str:
    return _SEALED + base64.b64encode(masters.seal(secret.encode(), _place(staff_id))).decode()


def _place(staff_id: UUID) -> str:
    return f"staff_factor {staff_id}"


def _new_code() -> str:
    whole = base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode()
    return "-".join(whole[at : at + _GROUP] for at in range(0, len(whole), _GROUP))
