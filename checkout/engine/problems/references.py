"""Codes that stand twice, or nowhere, and zones that are none."""

from __future__ import annotations

import zoneinfo
from collections import Counter
from typing import TYPE_CHECKING

from checkout.engine.problems.known import DECLARED_IN
from checkout.engine.problems.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from checkout.engine.problems.known import Ground


def repeated(path: str, codes: Iterable[str]) -> Iterator[Problem]:
    """Codes of a list of definitions that stand more than once."""
    for code, count in Counter(codes).items():
        if count > 1:
            yield Problem(f"{path}[{code}]", f"the code stands {count} times; it must be unique")


def unknown(path: str, noun: str, codes: Iterable[str], ground: Ground) -> Iterator[Problem]:
    """Codes of a rule that nothing declares."""
    known = ground.codes[noun]
    for code in codes:
        if code not in known:
            place = DECLARED_IN.get(noun)
            hint = f"; {place} lists those that there are" if place else ""
            yield Problem(path, f"there is no {noun} {code!r}{hint}")


def check_zone(path: str, name: str) -> Iterator[Problem]:
    """A time zone that the database of zones does not know."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        yield Problem(path, f"{name!r} is not an IANA time zone such as Europe/Moscow")
