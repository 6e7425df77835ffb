"""Erasing the person whom a member stands for: said in words, confirmed by the end of the id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from admin.members import forms
from admin.members.action import Action, FieldFaultError
from admin.sql import STATEMENTS
from admin.texts import say

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from admin.members.currencies import Worth
    from admin.members.place import MemberPlace
    from checkout.client import OperatorClient

#: Of the member's id, typed by whoever has looked at whom it is about.
ENDING_CHARACTERS: Final = 6


async def erase(client: OperatorClient, member: MemberPlace, form: Any, worth: Worth) -> str:
    """Forget the person, for good."""
    del worth
    if form.ending.data.strip().lower() != str(member.member_id)[-ENDING_CHARACTERS:]:
        raise FieldFaultError("ending", say("form.ending"))
    await client.erase_member(
        form.request_id.data,
        str(member.member_id),
        form.reason.data,
        write_off=form.write_off.data,
    )
    return "erase"


async def what_goes(
    database: AsyncSession, member: MemberPlace, form: Any, worth: Worth
) -> list[str]:
    """What is removed and what stays, what there is of points, and how it is confirmed."""
    del form
    own = {"bucket": member.bucket, "member_id": member.member_id}
    accounts = (await database.execute(STATEMENTS["member_accounts"], own)).all()
    told = [say("erase.goes"), say("erase.stays"), say("erase.receipts"), say("erase.final")]
    for account in accounts:
        currency = worth.points_of(account.currency)
        points, owed = account.balance + account.pending, account.debt
        if points or owed:
            told.append(
                say("erase.points", points=currency.shown(points), owed=currency.shown(owed))
            )
    return [*told, say("erase.confirm", member=str(member.member_id))]


ERASING: Final = Action(
    "erase",
    "member.erase",
    forms.EraseForm,
    erase,
    "ti ti-eraser",
    foretell=what_goes,
    is_dangerous=True,
)
