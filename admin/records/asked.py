"""What an address asks of a list, held against bounds: what it cannot mean is said at its field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from admin.texts import say

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from starlette.datastructures import QueryParams


def asked_faults(
    query: QueryParams, longest: Mapping[str, int], *, but: Container[str] = ()
) -> dict[str, str]:
    """Of these parameters, those that are too long or stand there twice, and why they say nothing.

    A list would show other rows than were asked for if it took a part of them.
    """
    faults = {}
    for name, most in longest.items():
        if name in but:
            continue
        values = [value.strip() for value in query.getlist(name) if value.strip()]
        if len(values) > 1:
            faults[name] = say("list.one_value")
        elif values and len(values[0]) > most:
            faults[name] = say("list.too_long", most=most)
    return faults
