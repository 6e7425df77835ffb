"""A partner's form with its settings as fields, and those that another person has to agree to.

What weakens a rule that two people watch over - corrections of one author a day, who approves
campaigns and programs - takes effect when somebody else confirms it. Until then it lies beside the
settings, under `AWAITING`, with whoever asked; the service knows no such setting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Optional, Regexp

from admin.members.forms import AmountField
from admin.records.forms import CodeField, NameField, NumberRange, RecordForm, WordsField
from admin.records.refused_change import RefusedChangeError
from admin.texts import say, spoken
from checkout.engine.schema.partner_settings import (
    LATE_DAYS,
    LATE_DAYS_MAX,
    Approval,
    NumberClash,
    PartnerSettings,
    known_settings,
    read_settings,
    settings_faults,
)
from checkout.primitives import AMOUNT_MAX_MINOR, format_minor, parse_minor
from checkout.wording.again import again
from checkout.wording.speech import speaking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: What lies beside the settings until somebody else confirms it: by setting, value and author.
AWAITING: Final = "awaiting"
#: Field of the form → where its value stands. Names that end with minor and lie in a part of the
#: settings are money of the partner's currency.
PLACES: Final[dict[str, tuple[str, ...]]] = {
    "phone_country": ("phone_country",),
    "card_prefixes": ("card_prefixes",),
    "receipt_number_clash": ("receipt_number_clash",),
    "offline_late_days": ("offline", "late_days"),
    "offline_terminal_minor": ("offline", "terminal_minor"),
    "offline_card_minor": ("offline", "card_minor"),
    "without_receipt_minor": ("returns_without_receipt", "terminal_minor"),
    "by_hand_late_days": ("manual_purchases", "late_days"),
    "by_hand_author_minor": ("manual_purchases", "author_minor"),
    "four_eyes_above_minor": ("four_eyes_above_minor",),
    "campaign_approval": ("campaign_approval",),
}
_MONEY: Final = frozenset(
    name for name, place in PLACES.items() if len(place) > 1 and place[-1].endswith("_minor")
)


class LateDaysField(IntegerField):
    """So many days after a sale."""

    def __init__(self, **kwargs: Any) -> None:
        """Make the field."""
        bounds = NumberRange(0, LATE_DAYS_MAX)
        super().__init__(validators=[InputRequired(), bounds], default=LATE_DAYS, **kwargs)


class PartnerForm(RecordForm):
    code = CodeField()
    name = NameField()
    currency_code = NameField(longest=3)
    currency_exponent = IntegerField(validators=[InputRequired(), NumberRange(0, 4)], default=2)
    phone_country = StringField(validators=[Optional(), Regexp(r"^[1-9][0-9]{0,2}$")])
    card_prefixes = WordsField()
    receipt_number_clash = SelectField(
        choices=lambda: [
            (one.value, say(f"value.receipt_number_clash.{one}")) for one in NumberClash
        ]
    )
    offline_late_days = LateDaysField()
    offline_terminal_minor = AmountField(required=False)
    offline_card_minor = AmountField(required=False)
    without_receipt_minor = AmountField(required=False)
    by_hand_late_days = LateDaysField()
    by_hand_author_minor = AmountField(required=False)
    four_eyes_above_minor = IntegerField(validators=[Optional(), NumberRange(0, AMOUNT_MAX_MINOR)])
    campaign_approval = SelectField(
        choices=lambda: [(one.value, say(f"value.campaign_approval.{one}")) for one in Approval]
    )


def in_fields(
    document: object, exponent: int, written: Callable[[int, int], str] = format_minor
) -> dict[str, Any]:
    """What fields hold of settings; those at fault are empty, or what the service does instead.

    Money is `written` plainly for the form, which shows it as its reader types it.
    """
    settings = read_settings(document).model_dump(mode="json")
    held = {}
    for name, place in PLACES.items():
        value: Any = settings
        for step in place:
            value = value[step]
        held[name] = written(value, exponent) if name in _MONEY and value is not None else value
    return held


def out_of_fields(fields: dict[str, Any], exponent: int, was: object) -> dict[str, Any]:
    """Settings of what fields hold, taken out of them; what else lay beside settings stays.

    Raises:
        RefusedChangeError: something is no value of its field.
    """
    document: dict[str, Any] = {}
    for name, place in PLACES.items():
        value = fields.pop(name)
        if name in _MONEY:
            value = _money(name, value, exponent)
        if value in (None, "", []):
            continue
        part = document
        for step in place[:-1]:
            part = part.setdefault(step, {})
        part[place[-1]] = value
    faults = fault_lines(document)
    if faults:
        raise RefusedChangeError("refused.document", faults="; ".join(faults))
    written = PartnerSettings.model_validate(document).model_dump(
        mode="json", exclude_defaults=True
    )
    return beside(was) | written


def _money(name: str, text: str | None, exponent: int) -> int | None:
    if not text:
        return None
    value = parse_minor(text, exponent)
    if value is None or not 0 <= value <= AMOUNT_MAX_MINOR:
        raise RefusedChangeError(
            "refused.setting_money", name=say(f"field.{name}"), decimals=exponent
        )
    return value


def beside(document: object) -> dict[str, Any]:
    """What lies beside settings: what loaders remember, and what waits."""
    if not isinstance(document, dict):
        return {}
    known = known_settings(document)
    return {name: value for name, value in document.items() if name not in known}


def fault_lines(document: object) -> list[str]:
    """What is wrong with settings, a line a field, in the language that is spoken."""
    with speaking(spoken()):
        return [f"{fault.field}: {again(fault.message)}" for fault in settings_faults(document)]


def _loosened(before: PartnerSettings, after: PartnerSettings) -> list[str]:
    """Settings that would let one person do alone what two had to."""
    names = []
    was, new = before.four_eyes_above_minor, after.four_eyes_above_minor
    if was is not None and (new is None or new > was):
        names.append("four_eyes_above_minor")
    if before.campaign_approval is Approval.ANOTHER and after.campaign_approval is Approval.ANYBODY:
        names.append("campaign_approval")
    return names


def put_aside(was: object, new: dict[str, Any], author: str) -> dict[str, Any]:
    """The new settings without what somebody else has to confirm, which waits beside them."""
    before = read_settings(was)
    in_force = before.model_dump(mode="json")
    document = dict(new)
    waiting = dict(awaiting(was))
    for name in _loosened(before, read_settings(new)):
        waiting[name] = {"value": new.get(name), "author": author}
        document[name] = in_force[name]
    if waiting:
        document[AWAITING] = waiting
    return document


def awaiting(document: object) -> Mapping[str, dict[str, Any]]:
    """What waits: by setting, its value and who wants it."""
    found = document.get(AWAITING) if isinstance(document, dict) else None
    return found if isinstance(found, dict) else {}


def decided(document: dict[str, Any], name: str, author: str, *, confirms: bool) -> dict[str, Any]:
    """Settings after somebody has confirmed what waits, or withdrawn it.

    Raises:
        RefusedChangeError: nothing waits, or it is their own wish.
    """
    waiting = dict(awaiting(document))
    wish = waiting.pop(name, None)
    if wish is None or name not in PartnerSettings.model_fields:
        raise RefusedChangeError("refused.changed_meanwhile")
    new = {key: value for key, value in document.items() if key != AWAITING}
    if waiting:
        new[AWAITING] = waiting
    if not confirms:
        return new
    if wish["author"] == author:
        raise RefusedChangeError("refused.setting_own")
    new.pop(name, None)
    if wish["value"] is not None:
        new[name] = wish["value"]
    return new
