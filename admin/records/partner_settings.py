"""A partner's form with its settings as fields, and those that another person has to agree to.

What weakens a rule that two people watch over - corrections of one author a day, who approves
campaigns and programs - takes effect when somebody else confirms it. Until then it lies beside the
settings, under `AWAITING`, with whoever asked; the service knows no such setting.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Optional, Regexp

from admin.members.forms import AmountField
from admin.records.forms import CodeField, NameField, NumberRange, RecordForm, WordsField
from admin.records.refused_change import RefusedChangeError
from admin.texts import say, spoken
from admin.texts.numbers import decimal
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
    from collections.abc import Callable, Mapping, Sequence

    from admin.members.currencies import Currency

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
#: Fields of points, of each currency that the partner's programs have.
_POINTS: Final = frozenset({"four_eyes_above_minor"})


@dataclass(frozen=True, slots=True)
class Units:
    """What amounts of settings are counted in: the partner's money, and its points."""

    money: Currency
    points: Sequence[Currency] = ()

    def exponent(self, name: str) -> int | None:
        """Decimals of a field; None: it is no amount.

        A setting counts the least part of each currency of points: one types it as in that which
        has most decimals, so that all can be typed.
        """
        if name in _POINTS:
            return max((one.exponent for one in self.points), default=self.money.exponent)
        return self.money.exponent if name in _MONEY else None

    def sign(self, name: str) -> str:
        """What an amount is of; empty: it is none, or of points that no program has yet."""
        if name in _POINTS:
            return ", ".join(dict.fromkeys(one.name for one in self.points))
        return self.money.name if name in _MONEY else ""

    def one_is(self, name: str) -> str:
        """What a typed 1 is in each currency; empty: in all the same."""
        exponents = {one.exponent for one in self.points}
        if name not in _POINTS or exponents <= {self.exponent(name)}:
            return ""
        one_minor: int = 10 ** max(exponents)
        return ", ".join(dict.fromkeys(one.shown(one_minor) for one in self.points))

    def written(self, name: str, value: Any) -> Any:
        """A value as its field holds it, an amount as a plain number."""
        exponent = self.exponent(name)
        if exponent is None or not isinstance(value, int):
            return value
        return format_minor(value, exponent)

    def shown(self, name: str, value: Any) -> Any:
        """A value for people, an amount with its sign; of points in each currency."""
        exponent = self.exponent(name)
        if exponent is None or not isinstance(value, int):
            return value
        if name in _POINTS:
            amounts = dict.fromkeys(one.shown(value) for one in self.points)
            return ", ".join(amounts) or decimal(value, exponent)
        return self.money.shown(value)


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
    four_eyes_above_minor = AmountField(required=False)
    campaign_approval = SelectField(
        choices=lambda: [(one.value, say(f"value.campaign_approval.{one}")) for one in Approval]
    )


def in_fields(
    document: object, written: Callable[[str, Any], Any] = lambda _, value: value
) -> dict[str, Any]:
    """What fields hold of settings; those at fault are empty, or what the service does instead.

    Each is `written` as a form holds it, or as people read it.
    """
    settings = read_settings(document).model_dump(mode="json")
    held = {}
    for name, place in PLACES.items():
        value: Any = settings
        for step in place:
            value = value[step]
        held[name] = written(name, value)
    return held


def out_of_fields(fields: dict[str, Any], units: Units, was: object) -> dict[str, Any]:
    """Settings of what fields hold, taken out of them; what else lay beside settings stays.

    Raises:
        RefusedChangeError: something is no value of its field.
    """
    document: dict[str, Any] = {}
    for name, place in PLACES.items():
        value = fields.pop(name)
        exponent = units.exponent(name)
        if exponent is not None:
            value = _amount(name, value, exponent)
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


def _amount(name: str, text: str | None, exponent: int) -> int | None:
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
