"""What the form of a program asks while somebody types: faults at their lines, or it in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.datastructures import FormData
from starlette.routing import Route

from admin.campaigns.check_answer import check_answer
from admin.campaigns.rulebook import Rulebook
from admin.pages.secrets_shown_once import require
from admin.records.programs import ProgramForm

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from admin.database import Sessions

#: As what a program is checked whose code has not been typed yet.
_NAMELESS: Final = "-"


class ProgramEditor:
    """Checks programs; the record's own pages show the form and save it."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def routes(self) -> list[Route]:
        """Their addresses."""
        return [Route("/program/check", self.check, methods=["POST"])]

    async def check(self, request: Request) -> Response:
        """What is wrong with what is typed, by line; or what it says, in words. Changes nothing."""
        require(request, "program.edit")
        typed = dict(await request.form())
        form = ProgramForm(FormData({**typed, "code": typed.get("code") or _NAMELESS}))
        if not form.validate():
            return check_answer(form)
        rule = form.document.document
        async with self._sessions() as database:
            rulebook = await Rulebook.read(database, [rule])
        checked = await rulebook.check_program({"code": form.code.data, **rule})
        form.document.blame(checked.faults)
        return check_answer(form, checked.sections)
