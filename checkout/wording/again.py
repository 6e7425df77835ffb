"""Sentences that the engine told in English, said in the language that is spoken."""

from __future__ import annotations

from checkout.engine.told import Told, ToldCount, ToldDay, ToldList, ToldNumber
from checkout.wording.numbers import day_text, decimal, shortened
from checkout.wording.speech import counted, said, say


def again(sentence: str) -> str:
    """A sentence of the engine; one that has no values may be a plain text."""
    return str(_value(sentence)) if isinstance(sentence, Told) else said(sentence)


def _value(value: object) -> object:
    """What stands in a sentence: texts that are not told are codes and names."""
    match value:
        case Told():
            if not value.values:
                return said(value.text)
            return say(value.text, **{name: _value(each) for name, each in value.values.items()})
        case ToldNumber():
            write = shortened if value.is_short else decimal
            return f"{write(value.value, value.exponent)}{value.unit}"
        case ToldCount():
            return counted(value.number, value.noun)
        case ToldList():
            *most, last = [str(_value(each)) for each in value.words]
            return f"{', '.join(most)} {said(value.last)} {last}" if most else last
        case ToldDay():
            return day_text(value.day)
        case _:
            return value
