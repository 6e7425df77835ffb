"""Forms of pages as a browser finds them: where they are sent, and what they would send."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

_FIRST_BREAK: Final = re.compile(r"\A\r?\n")


@dataclass
class PageForm:
    """A form, whose page it is sent to."""

    path: str
    is_posted: bool = True
    #: What each field holds as the page was opened; nothing: a box that is not ticked.
    fields: dict[str, list[str]] = field(default_factory=dict)


class PageForms(HTMLParser):
    """Reads them out of a page."""

    def __init__(self, address: str, page: str) -> None:
        super().__init__()
        self.found: list[PageForm] = []
        self._address = address
        self._form: PageForm | None = None
        #: The choice or the long text that is being read.
        self._field = ""
        self._is_chosen = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a form, or read a field of it."""
        held = dict(attrs)
        name, value = held.get("name") or "", held.get("value") or ""
        if tag == "form":
            action = urljoin(self._address, held.get("action") or self._address)
            self._form = PageForm(urlsplit(action).path, held.get("method") == "post")
            return
        if self._form is None:
            return
        fields = self._form.fields
        if tag == "option" and self._field:
            if "selected" in held or not fields[self._field]:
                fields[self._field] = [value]
        elif name and tag in {"select", "textarea"}:
            self._field = name
            fields[name] = []
        elif name and tag == "input" and held.get("type") in {"checkbox", "radio"}:
            fields.setdefault(name, []).extend([value or "on"] if "checked" in held else [])
        elif name and tag in {"input", "button"}:
            fields.setdefault(name, [value])

    def handle_data(self, data: str) -> None:
        """What a long text holds."""
        if self._form is not None and self._field and self.lasttag == "textarea":
            self._form.fields[self._field].append(data)

    def handle_endtag(self, tag: str) -> None:
        """End what was begun; of a long text a first line break is of the page, not of the text."""
        if tag in {"select", "textarea"}:
            if tag == "textarea" and self._form is not None and self._field:
                text = "".join(self._form.fields[self._field])
                self._form.fields[self._field] = [_FIRST_BREAK.sub("", text)]
            self._field = ""
        elif tag == "form" and self._form is not None:
            self.found.append(self._form)
            self._form = None


def by_route(forms: Iterable[PageForm], routes: Iterable[str]) -> dict[str, PageForm]:
    """Of each route the form with the most fields that is posted to it."""
    patterns = {
        route: re.compile(re.sub(r"{\w+:path}", ".+", re.sub(r"{\w+}", "[^/]+", route)))
        # Addresses without a key come first.
        for route in sorted(routes, key=lambda one: ("{" in one, one))
    }
    found: dict[str, PageForm] = {}
    for form in forms:
        if not form.is_posted:
            continue
        route = next((r for r, pattern in patterns.items() if pattern.fullmatch(form.path)), "")
        if route and len(form.fields) > len(found.get(route, PageForm("")).fields):
            found[route] = form
    return found
