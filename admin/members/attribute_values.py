"""Values of members' attributes as people type them: numbers, texts, dates, yes and no."""

from __future__ import annotations

import datetime as dt
from typing import Final

from admin.texts import say
from checkout.primitives import AMOUNT_MAX_MINOR

KINDS: Final = ("text", "number", "date", "yes_no")
TEXT_CHARACTERS_MAX: Final = 500


def read_value(kind: str, typed: str) -> tuple[bool | int | str | None, str]:
    """The value, None if nothing was typed; and what is wrong with it, in words."""
    text = typed.strip()
    if not text:
        return None, ""
    match kind:
        case "number":
            digits = text.removeprefix("-")
            if (
                digits.isascii()
                and digits.isdecimal()
                and len(digits) <= len(str(AMOUNT_MAX_MINOR))
            ):
                number = int(text)
                if abs(number) <= AMOUNT_MAX_MINOR:
                    return number, ""
            return None, say("form.attribute_number", most=AMOUNT_MAX_MINOR)
        case "date":
            try:
                return dt.date.fromisoformat(text).isoformat(), ""
            except ValueError:
                return None, say("form.attribute_date")
        case "yes_no":
            if text in {"yes", "no"}:
                return text == "yes", ""
            return None, say("form.attribute_yes_no")
        case _:
            if len(text) > TEXT_CHARACTERS_MAX or not text.isprintable():
                return None, say("form.attribute_text", most=TEXT_CHARACTERS_MAX)
            return text, ""


def typed(value: bool | int | str | None) -> str:  # noqa: FBT001 - yes and no are values
    """What one would type to say the value."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
