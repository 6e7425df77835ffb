"""Documents that do not follow their schema: paths and sentences for the managers who wrote them.

The library that validates speaks of strings, tuples and union tags; here each field at fault is
named once, as the other checks name it, with a sentence that says what belongs there.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from checkout.engine.problems.problem import Problem
from checkout.engine.problems.shown import counted, listed
from checkout.engine.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

#: Longer paths, which only documents that nest too deep have, are cut.
PATH_MAX: Final = 120
#: Characters of a value that a sentence repeats.
_REPEATED_MAX: Final = 40
#: Lists whose entries paths name by a code, not by their number.
_BY_CODE: Final = {
    "programs": "code",
    "campaigns": "code",
    "chains": "code",
    "stores": "code",
    "categories": "code",
    "products": "sku",
    "tiers": "code",
    "currencies": "code",
    "lanes": "code",
    "limits": "code",
    "certificates": "code",
    "permissions": "code",
}
#: What belongs into a field, by the type of the fault.
_WANTED: Final = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a smaller number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "a text",
    "date_type": "a date such as 2026-11-21",
    "date_parsing": "a date such as 2026-11-21",
    "date_from_datetime_parsing": "a date such as 2026-11-21",
    "date_from_datetime_inexact": "a date without a time, such as 2026-11-21",
    "datetime_type": "a moment such as 2026-11-21T18:30:00",
    "datetime_parsing": "a moment such as 2026-11-21T18:30:00",
    "datetime_from_date_parsing": "a moment such as 2026-11-21T18:30:00",
    "time_type": "a time such as 18:30",
    "time_parsing": "a time such as 18:30",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "an object with fields",
    "model_type": "an object with fields",
    "model_attributes_type": "an object with fields",
    "dataclass_type": "an object with fields",
}
_PLAIN: Final = {
    "missing": "it is missing: the field is needed",
    "union_tag_not_found": "say of which kind it is: the field kind is missing",
    "recursion_loop": "it nests too deep",
    "extra_forbidden": "there is no such field",
    "unexpected_keyword_argument": "there is no such field",
    "string_unicode": "it has signs that are not allowed here",
    "string_pattern_mismatch": "it has signs that are not allowed here",
}
#: What is said of faults that the library may tell and no field of ours has so far.
_OTHERWISE: Final = "it is not written as this field needs it"


def schema_faults(error: ValidationError, document: object, root: str) -> list[Problem]:
    """One problem for each field at fault, and none for what only follows from those inside it."""
    found: dict[str, list[ErrorDetails]] = {}
    for fault in error.errors(include_url=False):
        found.setdefault(_path(fault["loc"], document, root), []).append(fault)
    return [
        Problem(_shortened(path) or "snapshot", _sentence(faults))
        for path, faults in found.items()
        if not any(other.startswith((f"{path}.", f"{path}[")) for other in found if path)
    ]


def _path(loc: Sequence[int | str], document: object, root: str) -> str:
    path, at, name, is_tagged = root, document, "", False
    for step in loc:
        if isinstance(at, dict) and step == at.get("kind") and not is_tagged and step in loc[:-1]:
            is_tagged = True
            continue
        is_tagged = False
        if isinstance(step, int) and isinstance(at, list | tuple):
            at = at[step] if step < len(at) else None
            path += f"[{_code(at, name) or step}]"
        elif isinstance(at, dict):
            at = at.get(step)
            name = str(step)
            path += f".{name}" if path else name
        # What else stands in a place names a type of the schema, and no part of the document.
    return path


def _code(entry: object, name: str) -> str:
    """The code of an entry of a list that paths name by it; empty if it has none to be shown."""
    code = entry.get(_BY_CODE.get(name)) if isinstance(entry, dict) else None
    return code if isinstance(code, str) and len(code) <= _REPEATED_MAX else ""


def _shortened(path: str) -> str:
    if len(path) <= PATH_MAX:
        return path
    return f"{path[: PATH_MAX // 2]}…{path[-PATH_MAX // 2 :]}"


def _sentence(faults: Sequence[ErrorDetails]) -> str:
    """What is wrong with a field; of one that may be of several types, all that belong there."""
    fault = faults[0]
    kind, context = fault["type"], fault.get("ctx", {})
    if kind in _PLAIN:
        return _PLAIN[kind]
    wanted = [_WANTED[each["type"]] for each in faults if each["type"] in _WANTED]
    if wanted:
        return told(
            "{wanted} belongs here, not {written}",
            wanted=listed([told(each) for each in wanted], "or"),
            written=_repeated(fault["input"]),
        )
    if kind == "value_error":
        # Our own validators say what is wrong; the library would put its word before it.
        return told(*fault["ctx"]["error"].args)
    return next(_bounds(kind, context, fault["input"]), _OTHERWISE)


def _known(expected: object) -> str:
    """The words that a field may hold, as the library lists them: `'a', 'b' or 'c'`."""
    return str(expected).replace(" or ", ", ")


def _bounds(kind: str, context: Mapping[str, object], value: object) -> Iterator[str]:
    """Faults of which the schema tells the bound."""
    match kind:
        case "greater_than_equal":
            yield told(
                "{written} is too little: at least {bound}",
                written=_repeated(value),
                bound=_repeated(context["ge"]),
            )
        case "greater_than":
            yield told(
                "{written} is too little: it must be more than {bound}",
                written=_repeated(value),
                bound=context["gt"],
            )
        case "less_than_equal":
            yield told(
                "{written} is too much: at most {bound}",
                written=_repeated(value),
                bound=_repeated(context["le"]),
            )
        case "less_than":
            yield told(
                "{written} is too much: it must be less than {bound}",
                written=_repeated(value),
                bound=context["lt"],
            )
        case "string_too_short":
            yield "it is empty: write something here"
        case "string_too_long":
            most = counted(_whole(context["max_length"]), "character")
            yield told("it is too long: at most {most}", most=most)
        case "too_short":
            yield "the list is empty: at least one entry is needed"
        case "too_long":
            most = counted(_whole(context["max_length"]), "entry", "entries")
            yield told(
                "the list is too long: at most {most}",
                most=most,
            )
        case "enum" | "literal_error":
            yield told(
                "{written} is not known here; known: {known}",
                written=_repeated(value),
                known=_known(context["expected"]),
            )
        case "union_tag_invalid":
            yield told(
                "there is no kind {written}; known: {known}",
                written=_repeated(context["tag"]),
                known=_known(context["expected_tags"]),
            )


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value


def _repeated(value: object) -> str:
    """A value as the document has it, shortened."""
    match value:
        case None:
            return told("nothing")
        case bool():
            return "true" if value else "false"
        case dict():
            return told("an object")
        case list() | tuple():
            return told("a list")
        case str():
            text = f"'{value}'"
        case dt.date():
            text = value.isoformat()
        case _:
            text = str(value)
    return text if len(text) <= _REPEATED_MAX else f"{text[:_REPEATED_MAX]}…"
