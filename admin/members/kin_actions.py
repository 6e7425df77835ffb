"""What can be done about whom a member belongs together with; merging has pages of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from admin.members import foretold, forms
from admin.members.action import Action, FieldFaultError
from admin.service.answers import in_words
from admin.texts import say
from checkout.client import CallRefusedError, OperatorClient

if TYPE_CHECKING:
    from admin.members.currencies import Worth
    from admin.members.place import MemberPlace


async def unmerge(client: OperatorClient, member: MemberPlace, form: Any, worth: Worth) -> str:
    """Make two members of one again."""
    del member, worth
    await client.unmerge_members(form.request_id.data, form.merge_id.data, form.reason.data)
    return "unmerge"


async def leave_household(
    client: OperatorClient, member: MemberPlace, form: Any, worth: Worth
) -> str:
    """Take the member out of its household; what was pooled stays there."""
    del worth
    await client.remove_from_household(
        form.request_id.data, str(member.member_id), form.reason.data
    )
    return "leave-household"


async def leave_program(
    client: OperatorClient, member: MemberPlace, form: Any, worth: Worth
) -> str:
    """The member takes no part in a program any more."""
    del worth
    await client.leave_program(
        form.request_id.data, str(member.member_id), form.program.data, form.reason.data
    )
    return "leave-program"


async def join_program(client: OperatorClient, member: MemberPlace, form: Any, worth: Worth) -> str:
    """The member takes part in a program, for the first time or again."""
    del worth
    await client.join_program(
        form.request_id.data, str(member.member_id), form.program.data, form.reason.data
    )
    return "join-program"


async def link_person(client: OperatorClient, member: MemberPlace, form: Any, worth: Worth) -> str:
    """The member is a new person, or the one whose id another partner has told."""
    del worth
    person_id = form.person_id.data or ""
    if person_id and not _is_id(person_id):
        raise FieldFaultError("person_id", say("form.person_id"))
    try:
        await client.link_person(
            form.request_id.data, str(member.member_id), form.reason.data, person_id=person_id
        )
    except CallRefusedError as refused:
        if refused.reason not in {"PERSON_UNKNOWN", "PERSON_LINKED"}:
            raise
        raise FieldFaultError("person_id", in_words(refused)) from None
    return "link-person"


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


async def unlink_person(
    client: OperatorClient, member: MemberPlace, form: Any, worth: Worth
) -> str:
    """The member is that person no longer."""
    del worth
    await client.unlink_person(form.request_id.data, str(member.member_id), form.reason.data)
    return "unlink-person"


KIN_ACTIONS: Final = (
    Action(
        "unmerge",
        "member.merge",
        forms.UnmergeForm,
        unmerge,
        is_of_row=True,
        foretell=foretold.unmerging,
    ),
    Action(
        "leave-household",
        "member.household",
        forms.ReasonForm,
        leave_household,
        is_of_row=True,
        foretell=foretold.leaving_household,
    ),
    Action(
        "leave-program",
        "member.program",
        forms.ProgramForm,
        leave_program,
        is_of_row=True,
        foretell=foretold.leaving_program,
    ),
    Action(
        "join-program",
        "member.program",
        forms.ProgramForm,
        join_program,
        is_of_row=True,
        foretell=foretold.joining_program,
    ),
    Action("link-person", "member.person", forms.PersonForm, link_person, is_of_row=True),
    Action("unlink-person", "member.person", forms.ReasonForm, unlink_person, is_of_row=True),
)
