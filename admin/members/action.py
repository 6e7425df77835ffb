"""What an action on the member page is: a form, a permission, and one call of the service."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from admin.members import forms
from admin.members.currencies import Worth
from admin.members.place import MemberPlace
from checkout.client import OperatorClient


class FieldFaultError(Exception):
    """What stands in a field cannot be meant."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class ShownOnce:
    """What was done has an answer that nobody can look up later: a number that was made."""

    kind: str
    secret: str


#: Does it, and names the text that says what was done. Forms' fields are their own, so untyped.
Call = Callable[[OperatorClient, MemberPlace, Any, Worth], Awaitable[str | ShownOnce]]
#: What it will do to points, in sentences, before it is done.
Foretelling = Callable[[AsyncSession, MemberPlace, Any, Worth], Awaitable[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done; its name is that of its address and of its texts."""

    name: str
    permission: str
    form: type[forms.DeskForm]
    call: Call
    icon: str = "ti ti-pencil"
    #: Begun from a row (of the statement, of the freezes) that names what it is about.
    is_of_row: bool = False
    #: Fields that an address may fill in.
    filled_in: tuple[str, ...] = ()
    foretell: Foretelling | None = None
    #: It changes what the history keeps closed up for the holder of the member's key.
    is_personal: bool = False
    #: Nothing takes it back: its buttons are those of dangerous things.
    is_dangerous: bool = False
