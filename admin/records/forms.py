"""Forms of records: explicit fields with bounds, messages in the person's language."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final

import orjson
from wtforms import Field, Form, HiddenField, StringField, TextAreaField, validators
from wtforms.i18n import get_translations
from wtforms.validators import InputRequired, Length, StopValidation, ValidationError
from wtforms.widgets import TextInput

from admin.texts import say, spoken
from checkout.primitives import composed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wtforms.form import BaseForm

CODE_CHARACTERS_MAX: Final = 64
#: As the engine has names and catalogue words.
NAME_CHARACTERS_MAX: Final = 128
REASON_CHARACTERS_MAX: Final = 500
#: As the engine's schema has codes: no blanks, / or |. Nor what would need quoting in an address.
CODE_PATTERN: Final = re.compile(r"[^\s/|;\\?#%\x00-\x1f\x7f]+")
#: As JSON has it, after no backslash of its own.
_ZERO: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class RecordForm(Form):
    """What all forms have: a reason for the history, and the version that the person saw."""

    reason = StringField(validators=[Length(max=REASON_CHARACTERS_MAX)])
    seen = HiddenField()

    class Meta:
        locales = ("en",)

        def get_translations(self, form: Form) -> Any:
            """Messages of validators in the language that is spoken."""
            del form
            return get_translations([spoken()])


class NumberRange(validators.NumberRange):
    """Bounds of a number, also of one that has too many digits to be compared."""

    def __call__(self, form: BaseForm, field: Field) -> None:
        try:
            super().__call__(form, field)
        except OverflowError:
            field.data = None
            super().__call__(form, field)


def plain_text(form: BaseForm, field: Field) -> None:
    """Refuse signs that cannot be seen, line breaks of long texts apart."""
    del form
    allowed = {"\n", "\r", "\t"} if isinstance(field, TextAreaField) else set()
    for character in field.data or "":
        kind = unicodedata.category(character)
        if kind in {"Cc", "Cs"} and character not in allowed:
            raise ValidationError(say("form.unseen_sign"))


def document_in(text: str) -> Any:
    """What a JSON text says, in one form of Unicode, also of signs that it names by numbers.

    Raises:
        orjson.JSONDecodeError: it is none.
    """
    found = orjson.loads(text)
    try:
        written = orjson.dumps(found).decode()
    except orjson.JSONEncodeError as error:
        # What is read may lie deeper inside itself than what is written.
        raise orjson.JSONDecodeError(str(error), text, 0) from None
    return found if written.isascii() else orjson.loads(composed(written))


def has_zero_sign(document: object) -> bool:
    """Whether a text of a document has the sign that no text of the database can hold."""
    return _ZERO.search(orjson.dumps(document).decode()) is not None


def _stripped(value: str | None) -> str:
    return composed(value or "").strip()


class CodeField(StringField):
    """A code: required, short, without blanks."""

    def __init__(self, **kwargs: Any) -> None:
        """Make the field."""
        validators = [
            InputRequired(),
            Length(max=CODE_CHARACTERS_MAX),
            code,
        ]
        super().__init__(validators=validators, filters=[_stripped], **kwargs)


class ReferenceField(StringField):
    """The code of another record; the page offers what there is."""

    def __init__(self, record: str, *, required: bool = True, **kwargs: Any) -> None:
        """Refer to a record by its page's name."""
        self.record = record
        needed = [InputRequired()] if required else []
        super().__init__(
            validators=[*needed, Length(max=CODE_CHARACTERS_MAX), plain_text],
            filters=[_stripped],
            **kwargs,
        )


class NameField(StringField):
    """A name that people read."""

    def __init__(
        self, *, required: bool = True, longest: int = NAME_CHARACTERS_MAX, **kwargs: Any
    ) -> None:
        """Make the field."""
        needed = [InputRequired()] if required else []
        super().__init__(
            validators=[*needed, Length(max=longest), plain_text], filters=[_stripped], **kwargs
        )


class WordsField(Field):
    """Several short words, separated by commas."""

    WORDS_MAX: Final = 50
    widget = TextInput()

    def __init__(self, known: Sequence[str] = (), **kwargs: Any) -> None:
        """Take any words, or those that are known."""
        self.known = known
        super().__init__(**kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the words, each once, in order."""
        text = str(valuelist[0]) if valuelist else ""
        words = [composed(word).strip() for word in text.split(",")]
        self.data = list(dict.fromkeys(word for word in words if word))

    def _value(self) -> str:
        return ", ".join(self.data or ())

    def pre_validate(self, form: BaseForm) -> None:
        """Bounds, and that the words are known."""
        del form
        words: list[str] = self.data or []
        if any(unicodedata.category(sign) in {"Cc", "Cs"} for word in words for sign in word):
            raise StopValidation(say("form.unseen_sign"))
        if len(words) > self.WORDS_MAX or any(len(word) > CODE_CHARACTERS_MAX for word in words):
            raise StopValidation(say("form.words", most=self.WORDS_MAX))
        strange = [word for word in words if self.known and word not in self.known]
        if strange:
            raise StopValidation(
                say("form.unknown_words", words=", ".join(strange), known=", ".join(self.known))
            )


def reason_in(written: object) -> str:
    """A reason or a note that no form checks: what can be kept of it."""
    return str(written or "").strip().replace("\0", "")[:REASON_CHARACTERS_MAX]


def number_in(written: object, digits_max: int = 9) -> int:
    """A number that a page gave and gets back; -1, which is none of them: it is no number."""
    text = str(written or "")
    is_number = text.isascii() and text.isdecimal() and len(text) <= digits_max
    return int(text) if is_number else -1


def code(form: BaseForm, field: Field) -> None:
    """Refuse what is no code."""
    del form
    if not CODE_PATTERN.fullmatch(field.data or ""):
        raise ValidationError(say("form.code"))
