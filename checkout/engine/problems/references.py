"""Codes and names that stand twice, codes that stand nowhere, and zones that are none."""

from __future__ import annotations

import zoneinfo
from collections import Counter
from typing import TYPE_CHECKING

from checkout.engine.problems.known import DECLARED_IN
from checkout.engine.problems.problem import Problem
from checkout.engine.schema.conditions import Place
from checkout.engine.told import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.certificates import CertificateSeries
    from checkout.engine.schema.gifts import ProgramGift
    from checkout.engine.schema.limits import Limit


def repeated(path: str, codes: Iterable[str]) -> Iterator[Problem]:
    """Codes of a list of definitions that stand more than once."""
    for code, count in Counter(codes).items():
        if count > 1:
            yield Problem(
                f"{path}[{code}]",
                told("the code stands {count} times; it must be unique", count=count),
            )


def same_names(
    path: str, noun: str, definitions: Iterable[CertificateSeries | Limit | ProgramGift]
) -> Iterator[Problem]:
    """Two of a list of definitions that a cashier cannot tell from each other."""
    first: dict[str, str] = {}
    for each in definitions:
        other = first.setdefault(each.name, each.code)
        if other != each.code:
            yield Problem(
                f"{path}[{each.code}].name",
                told("{noun} {other!r} has the same name", noun=told(noun), other=other),
            )


def unknown(path: str, noun: str, codes: Iterable[str], ground: Ground) -> Iterator[Problem]:
    """Codes of a rule that nothing declares."""
    known = ground.codes[noun]
    for code in codes:
        if code not in known:
            place = DECLARED_IN.get(noun)
            hint = told("; {place} lists those that there are", place=told(place)) if place else ""
            yield Problem(
                path,
                told("there is no {noun} {code!r}{hint}", noun=told(noun), code=code, hint=hint),
            )


def check_stores(
    path: str, stores: tuple[str, ...], ground: Ground, in_vain: str
) -> Iterator[Problem]:
    """Stores that nobody knows, or that are all of other programs."""
    faults = list(unknown(path, "store", stores, ground))
    yield from faults
    if (
        stores
        and not faults
        and not ground.places.mean_something(Place(kind="place", stores=stores))
    ):
        yield Problem(
            path, told("no store of the program is among these: {in_vain}", in_vain=told(in_vain))
        )


def check_zone(path: str, name: str) -> Iterator[Problem]:
    """A time zone that the database of zones does not know."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        yield Problem(
            path, told("{name!r} is not an IANA time zone such as Europe/Moscow", name=name)
        )
