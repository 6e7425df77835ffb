"""The form of a campaign: its name and dates as fields, its rule as JSON of the engine's schema.

What the fields hold stands in no rule, so nothing is said twice; together they are the document.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from starlette.datastructures import FormData
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from admin.campaigns.rule_field import RuleField, as_text
from admin.records.forms import NameField, NumberRange, RecordForm, ReferenceField, plain_text
from admin.texts import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checkout.engine.problems import Problem

RULE_CHARACTERS_MAX: Final = 200_000
DESCRIPTION_CHARACTERS_MAX: Final = 2_000
NAME_CHARACTERS_MAX: Final = 200
PRIORITY_MAX: Final = 1_000
#: Fields of the document that the form has fields of its own for.
FIELDS: Final = ("code", "name", "description", "program", "priority")
DATES: Final = ("starts_at", "ends_at")


class DateTimeField(StringField):
    """A moment of the till's local time, or none."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read it."""
        written = str(valuelist[0]).strip() if valuelist else ""
        self.data = written or None
        if written:
            try:
                moment = dt.datetime.fromisoformat(written)
            except ValueError:
                raise ValidationError(say("form.moment")) from None
            if moment.tzinfo is not None:
                raise ValidationError(say("form.moment"))
            self.data = moment.isoformat(timespec="seconds")


class CampaignRuleField(RuleField):
    """What a campaign does."""

    def pre_validate(self, form: Any) -> None:
        """An object that says nothing which a field of the form says."""
        super().pre_validate(form)
        said: list[str] = [name for name in FIELDS if name in self.document]
        schedule = self.document.get("schedule")
        if isinstance(schedule, dict):
            said += [f"schedule.{name}" for name in DATES if name in schedule]
        if said:
            raise ValidationError(say("form.said_above", names=", ".join(said)))


class CampaignForm(RecordForm):
    name = NameField(longest=NAME_CHARACTERS_MAX)
    description = TextAreaField(validators=[Length(max=DESCRIPTION_CHARACTERS_MAX), plain_text])
    program = ReferenceField("program")
    starts_at = DateTimeField()
    ends_at = DateTimeField()
    priority = IntegerField(
        default=0, validators=[Optional(), NumberRange(-PRIORITY_MAX, PRIORITY_MAX)]
    )
    rule = CampaignRuleField(validators=[InputRequired(), Length(max=RULE_CHARACTERS_MAX)])

    def document(self, code: str) -> dict[str, Any]:
        """The whole document of a form that was checked."""
        rule = dict(self.rule.document)
        schedule = {name: self[name].data for name in DATES if self[name].data}
        inner = rule.pop("schedule", {})
        if isinstance(inner, dict):
            schedule |= inner
        document: dict[str, Any] = {
            "code": code,
            "program": self.program.data,
            "name": self.name.data,
        }
        if self.description.data:
            document["description"] = self.description.data
        if self.priority.data:
            document["priority"] = self.priority.data
        if schedule or not isinstance(inner, dict):
            document["schedule"] = schedule if isinstance(inner, dict) else inner
        return document | rule

    def blame(self, faults: Iterable[Problem]) -> None:
        """Put each fault to its field; one of the rule to its line."""
        of_rule = []
        for fault in faults:
            name = fault.field.removeprefix("schedule.")
            if name in self._fields and name != "rule":
                self[name].errors = [*self[name].errors, fault.message]
            else:
                of_rule.append(fault)
        self.rule.blame(of_rule)


def fields_of(document: dict[str, Any]) -> dict[str, Any]:
    """What the form begins with."""
    schedule = dict(document.get("schedule") or {})
    dates = {name: schedule.pop(name, None) for name in DATES}
    rule = {
        name: value for name, value in document.items() if name not in {*FIELDS, "schedule"}
    } | ({"schedule": schedule} if schedule else {})
    return {
        "name": document.get("name", ""),
        "description": document.get("description", ""),
        "program": document.get("program", ""),
        "priority": document.get("priority", 0),
        **dates,
        "rule": as_text(rule),
    }


def filled_form(document: dict[str, Any], seen: int) -> CampaignForm:
    """The form of a document, as if it had been typed."""
    fields = fields_of(document) | {"seen": seen}
    typed = {name: "" if value is None else str(value) for name, value in fields.items()}
    return CampaignForm(FormData(typed))
