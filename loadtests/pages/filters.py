"""What a list can be asked: the fields of its own form, with values that find much, or nothing.

Read from the page as people see it, so that a filter which is new is timed by itself.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Of a filter that offers more: the first, the last, and some between them.
VALUES_MAX: Final = 4
#: What no row has: the whole of a table is looked through for it, unless an index knows better.
NOTHING: Final = "zzz"
#: Searches that find much, little and nothing, by record; and those of the others.
_TERMS: Final = {
    "member": ("Family1", "Given1", "given77 family77", "Given Family", "+79000000077", "nobody"),
    "identifier": ("0042", "42", NOTHING),
    "receipt": (NOTHING,),
    "history": ("a", "seldom heard", NOTHING),
}
_USUAL_TERMS: Final = ("a", NOTHING)
_NUMBERS: Final = ("1", "1000")
#: Days back: soon nothing is older than the one, and nothing at all is newer than the last.
_DAYS_BACK: Final = (30, 5_000, -5_000)


@dataclass(slots=True)
class Filter:
    """A field of a list's form."""

    name: str
    #: As browsers call it, "select" for a choice.
    kind: str
    #: What a choice offers.
    offered: list[str] = field(default_factory=list)
    #: Where a field asks what begins as it was typed.
    offered_at: str = ""

    def values(self, record: str, looked_up: Sequence[str] = ()) -> Sequence[str]:
        """What it is asked: of what it offers or is told when it looks up, some."""
        match self.kind:
            case "select":
                return some_of(self.offered)
            case "date":
                today = dt.datetime.now(dt.UTC).date()
                return [f"{today - dt.timedelta(days=back)}" for back in _DAYS_BACK]
            case "number":
                return _NUMBERS
            case "search":
                return _TERMS.get(record, _USUAL_TERMS)
            case _ if self.offered_at:
                return [*some_of(looked_up), NOTHING]
            case _:
                return _USUAL_TERMS


def some_of(values: Sequence[str]) -> list[str]:
    """At most `VALUES_MAX` of them, from the first to the last."""
    last = len(values) - 1
    if last < VALUES_MAX:
        return list(values)
    return [values[place * last // (VALUES_MAX - 1)] for place in range(VALUES_MAX)]


def filters_of(page: str) -> list[Filter]:
    """The fields of a page's form that finds rows, in their order; none: it has no such form."""
    forms = _SearchForms()
    forms.feed(page)
    return forms.found


class _SearchForms(HTMLParser):
    """Collects what stands in forms that search."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Filter] = []
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_inside = held.get("role") == "search"
        if not self._is_inside:
            return
        if tag in {"input", "select"} and held.get("name"):
            kind = "select" if tag == "select" else held.get("type", "text")
            if kind != "hidden":
                self.found.append(Filter(held["name"], kind, [], held.get("data-lookup", "")))
        if tag == "option" and held.get("value") and self.found:
            self.found[-1].offered.append(held["value"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False
