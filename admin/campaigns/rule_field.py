"""Rules as JSON in a form: shown again as typed, with each fault at its line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from wtforms import TextAreaField
from wtforms.validators import ValidationError

from admin.campaigns.positions import by_number, line_of, lines_of
from admin.records.forms import document_in, has_zero_sign
from admin.texts import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checkout.engine.problems import Problem


class RuleField(TextAreaField):
    """A text that is a JSON object."""

    document: dict[str, Any]

    def pre_validate(self, form: Any) -> None:
        """Read it."""
        del form
        try:
            document = document_in(self.data or "")
        except orjson.JSONDecodeError as error:
            raise ValidationError(say("form.json_at", line=error.lineno, fault=error.msg)) from None
        if not isinstance(document, dict):
            raise ValidationError(say("form.json", fault="{…}"))
        if has_zero_sign(document):
            raise ValidationError(say("form.unseen_sign"))
        self.document = document

    def blame(self, faults: Iterable[Problem]) -> None:
        """Add faults of the document, by the paths of its fields."""
        lines = lines_of(self.data or "")
        self.errors = [
            *self.errors,
            *(
                say(
                    "form.fault_at",
                    line=line_of(lines, by_number(self.document, fault.field)),
                    field=fault.field,
                    fault=fault.message,
                )
                for fault in faults
            ),
        ]


def as_text(document: object) -> str:
    """JSON as people edit it."""
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()
