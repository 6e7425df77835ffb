"""What pages show of a value: its word in the language, or itself; never markup."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest

from admin.records.cells import called_so, shown_value
from admin.texts import language

_MOMENT = dt.datetime(2026, 11, 28, 9, 5, tzinfo=dt.UTC)
_NONE = '<span class="text-secondary">—</span>'


@pytest.mark.parametrize(
    ("name", "held", "english", "russian"),
    [
        ("name", None, _NONE, _NONE),
        ("name", "", _NONE, _NONE),
        ("tags", [], _NONE, _NONE),
        ("is_active", True, "Yes", "Да"),
        ("is_active", False, "No", "Нет"),
        ("purchases", 0, "0", "0"),
        ("name", "<b>&", "&lt;b&gt;&amp;", "&lt;b&gt;&amp;"),
        ("kind", "card", "Card", "Карта"),
        ("flags", ["alcohol"], "Alcohol", "Алкоголь"),
        ("tags", ["<i>"], "&lt;i&gt;", "&lt;i&gt;"),
        ("document", {"a": "<"}, "&#34;a&#34;: &#34;&lt;&#34;", "&#34;a&#34;: &#34;&lt;&#34;"),
        ("last_purchase_on", _MOMENT.date(), "2026-11-28", "28.11.2026"),
        ("created_at", _MOMENT, ">2026-11-28 09:05</time>", ">28.11.2026 09:05</time>"),
        ("valid_until", _MOMENT, ">2026-11-28 09:05</time>", ">28.11.2026 09:05</time>"),
        ("member_id", UUID(int=7), str(UUID(int=7)), str(UUID(int=7))),
    ],
)
def test_a_value_is_shown(name: str, held: Any, english: str, russian: str) -> None:
    """By its kind; a word that has a text by that text; whatever was typed as it was typed."""
    for code, told in (("en", english), ("ru", russian)):
        with language(code):
            shown = shown_value(name, held)
        assert told in shown
        assert "<b>" not in shown
        assert "<i>" not in shown


def test_a_name_is_no_markup() -> None:
    """Nor is the id below it."""
    assert called_so("<b>", "<i>").startswith("&lt;b&gt;<small")
    assert "&lt;i&gt;" in called_so("<b>", "<i>")
