"""The table of a form's fields: what may stand there, what stands there if it is left out."""

from __future__ import annotations

import datetime as dt
import enum
import types
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Union, get_args, get_origin

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from checkout.engine.schema.campaign import Language
from checkout.engine.schema.document import Code, CouponCode
from checkout.primitives import AMOUNT_MAX_MINOR
from checkout.stories.reference.chapters import (
    CONDITIONS,
    FORMS,
    ISSUES,
    REWARDS,
    anchor_of,
    chapter_heading,
    form_of,
    heading_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PLAIN: Final[dict[object, str]] = {
    bool: "yes or no",
    str: "text",
    int: "whole number",
    dt.datetime: "moment",
    dt.date: "date",
    dt.time: "time of day",
}
#: Kinds of text, by the pattern that they must match.
_WORDS: Final = {
    each.pattern: noun
    for kind, noun in ((Code, "code"), (CouponCode, "coupon code"), (Language, "language"))
    for each in get_args(kind)[1].metadata
    if hasattr(each, "pattern")
}
#: What a reader looks for first in a reward: of what, how much, once for what, or from where.
_REWARD_FIRST: Final = (
    "goods",
    "rate_bp",
    "amount_minor",
    "price_minor",
    "points_minor",
    "factor_bp",
    "per",
    "each_minor",
    "each_units",
    "scale",
    "by_member",
    "personal",
    "get_units",
    "units",
    "effect",
)
#: Unions of forms, and what one member of them is called.
_UNIONS: Final = (
    (CONDITIONS, "condition"),
    (REWARDS, "reward"),
    (ISSUES, "issue"),
)


def fields_of(form: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a form that are not those of another form which it extends; `kind` is known.

    What must be given stands first, then what a reward is about. The order of declaration is that
    of the parts by whose hashes snapshots are known: it does not follow what is read best.
    """
    base = form_of(form.__bases__[0])
    inherited = set(base.model_fields) if base is not None else set()
    first = _REWARD_FIRST if form in REWARDS else ()

    def place(named: tuple[str, FieldInfo]) -> tuple[bool, int]:
        name, about = named
        return not about.is_required(), first.index(name) if name in first else len(first)

    return {
        name: about
        for name, about in sorted(form.model_fields.items(), key=place)
        if name != "kind" and name not in inherited
    }


def field_table(form: type[BaseModel]) -> Iterator[str]:
    """Lines of the table of a form's fields; none if it has none."""
    base = form_of(form.__bases__[0])
    if base is not None:
        yield f"All that a {link_to(base)} has, and:"
        yield ""
    fields = fields_of(form)
    if not fields:
        yield "It has no fields."
        return
    yield "| field | may be | if left out | means |"
    yield "| --- | --- | --- | --- |"
    for name, about in fields.items():
        cells = (
            f"`{about.alias or name}`",
            type_text(about.annotation, about.metadata),
            _default_text(about),
            _meaning(about),
        )
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def link_to(form: type[BaseModel]) -> str:
    """A link to where a form stands on the page."""
    heading = heading_of(form)
    return f"[{heading.replace('`', '')}](#{anchor_of(heading)})"


def answers_of(annotation: object) -> tuple[str, ...]:
    """The answers to a question with a closed list of them; none for other fields."""
    if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
        return tuple(str(each.value) for each in annotation)
    if annotation is bool:
        return ("false", "true")
    if get_origin(annotation) is Literal:
        return tuple(
            str(each.value) for each in get_args(annotation) if isinstance(each, enum.Enum)
        )
    found = (answers_of(inner) for inner in get_args(annotation) if get_origin(annotation))
    return next((each for each in found if each), ()) if _is_listed(annotation) else ()


def default_answer(about: FieldInfo) -> str:
    """The answer that counts if the field is left out; empty if it must be given, or none does."""
    value = about.get_default(call_default_factory=True)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value.value) if isinstance(value, enum.Enum) else ""


def _is_listed(annotation: object) -> bool:
    """Whether it is a list, or something that may be left out: its answers are those inside."""
    origin = get_origin(annotation)
    return origin in (tuple, dict, Annotated) or _without_none(annotation) is not None


def _without_none(annotation: object) -> object | None:
    """What stands beside None in a union of two; None for anything else."""
    if get_origin(annotation) not in (Union, types.UnionType):
        return None
    rest = [each for each in get_args(annotation) if each is not types.NoneType]
    return rest[0] if len(rest) == 1 else None


def type_text(annotation: object, metadata: Iterable[object] = ()) -> str:
    """What may stand in a field, in words."""
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return type_text(inner, [*more, *metadata])
    optional = _without_none(annotation)
    if optional is not None:
        return type_text(optional, metadata)
    for union, noun in _UNIONS:
        if set(get_args(annotation)) == set(union):
            return f"one {noun}: {_chapters(union)}"
    return _container_text(annotation) or _single_text(annotation, list(_constraints(metadata)))


def _container_text(annotation: object) -> str:
    """What a list, a mapping or a choice of several types may hold."""
    args = get_args(annotation)
    origin = get_origin(annotation)
    if origin is tuple:
        return f"list of: {type_text(args[0])}"
    if origin is dict:
        return f"{type_text(args[1])}, by {type_text(args[0])}"
    if origin is Literal:
        return _quoted(str(getattr(each, "value", each)) for each in args)
    if origin in (Union, types.UnionType):
        return " or ".join(type_text(each) for each in args)
    return ""


def _single_text(annotation: object, constraints: list[object]) -> str:
    if isinstance(annotation, type):
        if issubclass(annotation, enum.Enum):
            return _quoted(str(each.value) for each in annotation)
        if issubclass(annotation, BaseModel):
            return link_to(annotation) if annotation in FORMS else annotation.__name__
    if annotation is str:
        pattern = next(_bounds(constraints, "pattern"), None)
        return _WORDS.get(str(pattern), _PLAIN[str])
    plain = _PLAIN.get(annotation, str(annotation))
    return plain + _bounds_text(constraints) if annotation is int else plain


def _bounds_text(constraints: list[object]) -> str:
    """Between what a number must lie; that no amount may be absurd goes without saying."""
    lowest = [*_bounds(constraints, "ge"), *(bound + 1 for bound in _bounds(constraints, "gt"))]
    highest = [bound for bound in _bounds(constraints, "le") if bound != AMOUNT_MAX_MINOR]
    if lowest and lowest == highest:
        return f": {lowest[0]}"
    if lowest and highest:
        return f", {lowest[0]:,} to {highest[0]:,}"
    return f", from {lowest[0]:,}" if lowest else ""


def _bounds(constraints: list[object], name: str) -> Iterator[Any]:
    found = (getattr(each, name, None) for each in constraints)
    return (bound for bound in found if bound is not None)


def _constraints(metadata: Iterable[object]) -> Iterator[object]:
    """Single constraints, out of the descriptions of fields that hold them, too."""
    for each in metadata:
        if isinstance(each, FieldInfo):
            yield from each.metadata
        else:
            yield each


def _quoted(values: Iterable[str]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _chapters(union: tuple[type[BaseModel], ...]) -> str:
    """Links to the chapters in which the members of a union stand."""
    chapters = dict.fromkeys(FORMS[each] for each in union)
    return ", ".join(
        f"[{each.title.lower()}](#{anchor_of(chapter_heading(each))})" for each in chapters
    )


def _default_text(about: FieldInfo) -> str:
    if about.is_required():
        return "must be given"
    value = about.get_default(call_default_factory=True)
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case enum.Enum():
            return f"`{value.value}`"
        case int():
            return f"{value:,}"
        case BaseModel():
            stated = value.model_dump(mode="json", exclude_defaults=True, by_alias=True)
            return f"`{compact(stated)}`" if stated else "its defaults"
    return "none" if not value else f"`{value}`"


def compact(value: object) -> str:
    """A value as YAML on one line."""
    text: str = yaml.safe_dump(
        value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=100_000
    )
    return text.removesuffix("\n").removesuffix("\n...")


def _meaning(about: FieldInfo) -> str:
    """The field's description, or else what its type says of itself."""
    if about.description:
        return about.description
    inner: object = about.annotation
    while get_args(inner) and (get_origin(inner) in (tuple, Annotated) or _without_none(inner)):
        inner = _without_none(inner) or get_args(inner)[0]
    if isinstance(inner, type) and issubclass(inner, BaseModel | enum.Enum):
        return (inner.__doc__ or "").split("\n")[0].removesuffix(".")
    return ""
