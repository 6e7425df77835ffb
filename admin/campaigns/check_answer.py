"""What an editor of rules is told of what is typed: faults at their fields, or it in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wtforms import Form

    from checkout.wording.sections import Section, Sentence


def check_answer(form: Form, sections: Sequence[Section] = ()) -> JSONResponse:
    """The faults that the fields of a form have been blamed for, and what the rule says."""
    faults = [
        {"field": field.name, "message": str(message)} for field in form for message in field.errors
    ]
    return JSONResponse({"faults": faults, "sections": list(map(_section, sections)) or None})


def _section(section: Section) -> dict[str, Any]:
    return {"heading": section.heading, "sentences": list(map(_sentence, section.sentences))}


def _sentence(sentence: Sentence) -> dict[str, Any]:
    return {"text": sentence.text, "inside": list(map(_sentence, sentence.inside))}
