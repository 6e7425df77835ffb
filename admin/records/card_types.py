"""Types of cards: what the partner's own numbers look like, and which of them may be issued."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import quote

from wtforms import BooleanField, IntegerField
from wtforms.validators import InputRequired, ValidationError

from admin.records.filters import YesFilter
from admin.records.forms import CodeField, NameField, NumberRange, RecordForm
from admin.records.record_view import RecordView
from admin.records.refused_change import RefusedChangeError
from admin.records.tables import CardType
from admin.texts import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.ext.asyncio import AsyncSession
    from starlette.requests import Request
    from wtforms import Field
    from wtforms.form import BaseForm

#: As the database bounds them.
DIGITS_MIN: Final = 8
DIGITS_MAX: Final = 19
PREFIX_DIGITS_MAX: Final = 12
#: Beside the prefix, check digit included: ten thousand cards at least.
OWN_DIGITS_MIN: Final = 5
#: Of all numbers of a type, one in so many may be issued: whoever guesses hits none, as a rule.
ISSUED_ONE_IN: Final = 5


def cards_max(card_type: CardType) -> int:
    """How many cards of a type can be issued in all."""
    return int(10 ** (card_type.digits - len(card_type.prefix) - 1)) // ISSUED_ONE_IN


def only_digits(form: BaseForm, field: Field) -> None:
    """Refuse what is no beginning of a number."""
    del form
    text = field.data or ""
    if not (text.isascii() and text.isdecimal()):
        raise ValidationError(say("form.digits"))


class PrefixField(NameField):
    """The first digits of a number."""

    def __init__(self, **kwargs: Any) -> None:
        """Make the field."""
        super().__init__(longest=PREFIX_DIGITS_MAX, **kwargs)
        self.validators = [*self.validators, only_digits]


class CardTypeForm(RecordForm):
    code = CodeField()
    name = NameField()
    prefix = PrefixField()
    digits = IntegerField(
        validators=[InputRequired(), NumberRange(DIGITS_MIN, DIGITS_MAX)], default=13
    )
    issued_at_enrolment = BooleanField()


class CardTypeView(RecordView, model=CardType):
    group = "cards"
    icon = "ti ti-cards"
    column_list = ("code", "name", "prefix", "digits", "issued_at_enrolment")
    column_details_list = column_list
    column_searchable_list = ("code", "name")
    column_sortable_list = ("code", "name", "prefix")
    column_default_sort: ClassVar[Any] = [("code", False)]
    column_filters: ClassVar[Any] = [YesFilter(CardType.issued_at_enrolment)]
    form = CardTypeForm
    form_columns = ("code", "name", "prefix", "digits", "issued_at_enrolment")
    # What is printed on plastic does not change any more.
    fixed_columns = ("code", "prefix", "digits")

    def related(self, row: CardType) -> Sequence[tuple[str, str]]:
        """Its cards."""
        return (("page.identifier", f"/identifier/list?type_code={quote(row.code)}"),)

    async def check_change(
        self, database: AsyncSession, row: Any, data: dict[str, Any], request: Request
    ) -> None:
        """Beside its prefix a number has room for cards."""
        del database, row, request
        if data["digits"] - len(data["prefix"]) < OWN_DIGITS_MIN:
            raise RefusedChangeError("refused.card_digits", least=OWN_DIGITS_MIN)
