"""Conditions on custom attributes of members: declared, and of the declared type."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from checkout.engine.problems.problem import Problem
from checkout.engine.problems.references import unknown
from checkout.engine.schema.document import Comparison
from checkout.engine.schema.snapshot import AttributeType
from checkout.engine.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.member_conditions import MemberAttribute

_WRITTEN: Final = {
    AttributeType.TEXT: "a text",
    AttributeType.NUMBER: "a whole number",
    AttributeType.YES_NO: "true or false",
    AttributeType.DATE: "a date such as 2026-11-21",
}
_UNORDERED: Final = (AttributeType.TEXT, AttributeType.YES_NO)


def check_member_attribute(
    path: str, condition: MemberAttribute, ground: Ground
) -> Iterator[Problem]:
    """Name, type of the value, and whether its type has an order."""
    declared = ground.member_attributes.get(condition.name)
    if declared is None:
        yield from unknown(f"{path}.name", "member attribute", (condition.name,), ground)
        return
    if not is_of_type(condition.value, declared):
        yield Problem(
            f"{path}.value",
            told("{name} is {kind}", name=condition.name, kind=told(_WRITTEN[declared])),
        )
    if declared in _UNORDERED and condition.compare is not Comparison.EQUAL:
        yield Problem(
            f"{path}.compare",
            told(
                "{name} is {kind}: compare it with equal",
                name=condition.name,
                kind=told(_WRITTEN[declared]),
            ),
        )


def is_of_type(value: bool | int | str, declared: AttributeType) -> bool:  # noqa: FBT001
    """Whether a value is written as the declared type asks for."""
    if declared is AttributeType.YES_NO:
        return isinstance(value, bool)
    if declared is AttributeType.NUMBER:
        return isinstance(value, int) and not isinstance(value, bool)
    if not isinstance(value, str):
        return False
    return declared is AttributeType.TEXT or is_date(value)


def is_date(text: str) -> bool:
    """Whether a text is a date as facts write it: it must compare by its characters."""
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
