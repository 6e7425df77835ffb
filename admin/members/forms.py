"""Forms of what is done for a member: a request key, so that a repeated press does it once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    Field,
    Form,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    Optional,
    StopValidation,
)
from wtforms.widgets import TextArea

from admin.members.attribute_values import TEXT_CHARACTERS_MAX
from admin.members.identifiers import CONTACTS, KINDS
from admin.records.forms import (
    CODE_CHARACTERS_MAX,
    REASON_CHARACTERS_MAX,
    NameField,
    NumberRange,
    RecordForm,
    ReferenceField,
    plain_text,
)
from admin.texts import say, say_first
from admin.texts.numbers import as_typed, plain_decimal

if TYPE_CHECKING:
    from admin.members.currencies import Worth

#: As the contract has request ids.
REQUEST_ID_CHARACTERS_MAX: Final = 64
AMOUNT_CHARACTERS_MAX: Final = 20
DAYS_MAX: Final = 36_500
#: What may have happened to a card.
REPLACEMENTS: Final = ("lost", "damaged", "stolen")
#: Of one gift in one call.
GIFTS_MAX: Final = 100
#: Of one coupon, as the contract has it.
USES_MAX: Final = 1_000_000
#: As the contract has names at enrolment.
NAME_CHARACTERS_MAX: Final = 100


class DeskForm(Form):
    """What all have: the key under which the service does it once, and why."""

    request_id = HiddenField(
        validators=[InputRequired(), Length(max=REQUEST_ID_CHARACTERS_MAX), plain_text]
    )

    class Meta(RecordForm.Meta):
        """Messages in the language that is spoken, as forms of records have them."""

    def offer(self, worth: Worth) -> None:
        """Fill the choices that depend on the partner's programs."""


class ReasonField(StringField):
    """Why: it stands in the ledger, and so is required."""

    def __init__(self, **kwargs: Any) -> None:
        """Make the field."""
        super().__init__(
            validators=[DataRequired(), Length(max=REASON_CHARACTERS_MAX), plain_text],
            filters=[lambda text: (text or "").strip()],
            **kwargs,
        )


class AmountField(StringField):
    """A decimal number as the reader types it; how many decimals the currency says."""

    def __init__(self, *, required: bool = True, **kwargs: Any) -> None:
        """Make the field."""
        super().__init__(
            validators=[
                InputRequired() if required else Optional(),
                Length(max=AMOUNT_CHARACTERS_MAX),
            ],
            filters=[lambda text: plain_decimal(text or "")],
            render_kw={"inputmode": "decimal"},
            **kwargs,
        )

    def _value(self) -> str:
        return as_typed(self.data or "")


class _CurrencyForm(DeskForm):
    currency = SelectField(validators=[InputRequired()])

    def offer(self, worth: Worth) -> None:
        """The point currencies of the partner."""
        self.currency.choices = [(one.code, one.name) for one in worth.points.values()]


class CorrectForm(_CurrencyForm):
    points = AmountField()
    days = IntegerField(validators=[Optional(), NumberRange(1, DAYS_MAX)])
    reason = ReasonField()


class FreezeForm(_CurrencyForm):
    points = AmountField(required=False)
    reason = ReasonField()


class AccountForm(_CurrencyForm):
    lift = BooleanField()
    reason = ReasonField()


class ReasonForm(DeskForm):
    reason = ReasonField()


class UndoForm(DeskForm):
    correction_id = HiddenField(validators=[InputRequired(), Length(max=36)])
    reason = ReasonField()


class RestoreForm(DeskForm):
    freeze_id = HiddenField(validators=[InputRequired(), Length(max=36)])
    reason = ReasonField()


class CardForm(DeskForm):
    kind = SelectField(
        validators=[InputRequired()],
        choices=lambda: [(kind, say(f"value.kind.{kind}")) for kind in KINDS],
    )
    number = NameField(longest=64)
    lift = BooleanField()
    reason = ReasonField()


class CardRowForm(DeskForm):
    """About one of the member's cards, whose number nobody need have."""

    card_id = HiddenField(validators=[InputRequired(), Length(max=36)])
    reason = ReasonField()


class ReplaceCardForm(DeskForm):
    card_id = HiddenField(validators=[InputRequired(), Length(max=36)])
    replacement = SelectField(
        validators=[InputRequired()],
        choices=lambda: [(one, say(f"value.replacement.{one}")) for one in REPLACEMENTS],
    )
    new_card = NameField(required=False, longest=32)
    new_type = SelectField()
    reason = ReasonField()

    def offer(self, worth: Worth) -> None:
        """Types of which a number can be made."""
        none = ("", say("value.none"))
        self.new_type.choices = [none, *((one.code, one.name) for one in worth.card_types)]


class TierForm(DeskForm):
    #: "program/tier": neither code holds a slash.
    tier = SelectField(validators=[InputRequired()])
    until = DateField(validators=[Optional()])
    reason = ReasonField()

    def offer(self, worth: Worth) -> None:
        """Every tier of every program."""
        self.tier.choices = [
            (f"{program}/{code}", f"{program} · {name}")
            for program, tiers in worth.tiers.items()
            for code, name in tiers
        ]


class GiftForm(DeskForm):
    gift = SelectField(validators=[InputRequired()])
    count = IntegerField(validators=[InputRequired(), NumberRange(1, GIFTS_MAX)], default=1)
    store = ReferenceField("store", required=False)
    reason = ReasonField()

    def offer(self, worth: Worth) -> None:
        """Every gift of every program."""
        self.gift.choices = worth.gifts


class CouponForm(DeskForm):
    series = SelectField(validators=[InputRequired()])
    uses_max = IntegerField(validators=[InputRequired(), NumberRange(1, USES_MAX)], default=1)
    valid_until = DateField(validators=[Optional()])
    reason = ReasonField()

    def offer(self, worth: Worth) -> None:
        """Every series of coupons that is not archived."""
        self.series.choices = [
            (one.code, one.title) for one in worth.coupon_series if not one.is_archived
        ]


class GiftBackForm(DeskForm):
    gift_given_id = HiddenField(validators=[InputRequired(), Length(max=36)])
    reason = ReasonField()


class EraseForm(DeskForm):
    """Who is meant is typed: nothing takes it back."""

    ending = NameField(longest=12)
    write_off = BooleanField()
    reason = ReasonField()


class MergeForm(DeskForm):
    #: The member that becomes another name.
    other = HiddenField(validators=[InputRequired(), Length(max=36)])
    reason = ReasonField()


class UnmergeForm(DeskForm):
    merge_id = HiddenField(validators=[InputRequired(), Length(max=36)])
    reason = ReasonField()


class HouseholdForm(DeskForm):
    #: Its id, or the word for a new one.
    household = HiddenField(validators=[InputRequired(), Length(max=36)])
    reason = ReasonField()


class ProgramForm(DeskForm):
    program = HiddenField(validators=[InputRequired(), Length(max=CODE_CHARACTERS_MAX)])
    reason = ReasonField()


class PersonForm(DeskForm):
    person_id = NameField(required=False, longest=36)
    reason = ReasonField()


class TagForm(DeskForm):
    tag = SelectField(validators=[InputRequired()])
    reason = ReasonField()

    def offer(self, worth: Worth) -> None:
        """What the dictionary has: nobody types a tag."""
        self.tag.choices = [(one.code, one.title) for one in worth.tags if not one.is_archived]


class UntagForm(DeskForm):
    tag = HiddenField(validators=[InputRequired(), Length(max=CODE_CHARACTERS_MAX)])
    reason = ReasonField()


class AttributeForm(DeskForm):
    attribute = SelectField(validators=[InputRequired()])
    value = NameField(required=False, longest=TEXT_CHARACTERS_MAX)
    reason = ReasonField()

    def offer(self, worth: Worth) -> None:
        """What the dictionary has."""
        self.attribute.choices = [
            (one.code, f"{one.title} ({say(f'value.kind.{one.kind}')})")
            for one in worth.attributes
            if not one.is_archived
        ]


class ConsentForm(DeskForm):
    channel = SelectField(validators=[InputRequired()])
    consents = SelectField(
        validators=[InputRequired()],
        choices=lambda: [(one, say(f"value.{one}")) for one in ("yes", "no")],
    )
    reason = ReasonField()

    def offer(self, worth: Worth) -> None:
        """Channels of the partner."""
        self.channel.choices = [
            (one, say_first(f"value.channel.{one}", one)) for one in worth.channels
        ]


class ContactForm(DeskForm):
    kind = SelectField(
        validators=[InputRequired()],
        choices=lambda: [(kind, say(f"value.kind.{kind}")) for kind in CONTACTS],
    )
    number = NameField(longest=64)
    instead_of = NameField(required=False, longest=64)
    reason = ReasonField()


class NewMemberForm(DeskForm):
    store = ReferenceField("store")
    phone = NameField(required=False, longest=32)
    card = NameField(required=False, longest=64)
    external_id = NameField(required=False, longest=64)
    first_name = NameField(required=False, longest=NAME_CHARACTERS_MAX)
    last_name = NameField(required=False, longest=NAME_CHARACTERS_MAX)
    patronymic = NameField(required=False, longest=NAME_CHARACTERS_MAX)
    email = NameField(required=False, longest=254)
    gender = SelectField(
        choices=lambda: [(one, say(f"value.gender.{one}")) for one in ("", "female", "male")]
    )
    birth_date = DateField(validators=[Optional()])
    reason = ReasonField()


class PurchaseForm(DeskForm):
    store = ReferenceField("store")
    made_at = DateTimeLocalField(validators=[InputRequired()])
    amount = AmountField()
    receipt_number = NameField(required=False, longest=32)
    composition = TextAreaField(validators=[Length(max=60_000), plain_text])
    reason = ReasonField()


class LinksField(Field):
    """Addresses of profiles elsewhere, one a line: pages make links of them, so http(s) only."""

    widget: Any = TextArea()
    LINKS_MAX: Final = 20
    CHARACTERS_MAX: Final = 300

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the lines, each once."""
        lines = [line.strip() for line in str(valuelist[0] if valuelist else "").splitlines()]
        self.data = list(dict.fromkeys(line for line in lines if line))

    def _value(self) -> str:
        return "\n".join(self.data or ())

    def pre_validate(self, form: Any) -> None:
        """Bounds, and that each is an address of the web."""
        del form
        links: list[str] = self.data or []
        if len(links) > self.LINKS_MAX or any(len(one) > self.CHARACTERS_MAX for one in links):
            raise StopValidation(say("form.links", most=self.LINKS_MAX))
        for one in links:
            parts = urlsplit(one)
            if parts.scheme not in {"http", "https"} or not parts.hostname or not one.isprintable():
                raise StopValidation(say("form.links", most=self.LINKS_MAX))


class ProfileForm(DeskForm):
    seen = HiddenField()
    first_name = NameField(required=False)
    last_name = NameField(required=False)
    patronymic = NameField(required=False)
    email = NameField(required=False, longest=254)
    gender = SelectField(
        choices=lambda: [(one, say(f"value.gender.{one}")) for one in ("", "female", "male")]
    )
    birth_date = DateField(validators=[Optional()])
    social_links = LinksField()
    reason = ReasonField()
