"""How a file that is taken from a page is called, in the language of whoever takes it."""

from __future__ import annotations

import datetime as dt
from urllib.parse import quote

from admin.texts import DEFAULT, say, spoken


def attachment(name: str, in_words: str) -> dict[str, str]:
    """The header of a file; `name` is English and ASCII, for those who read no other (RFC 6266)."""
    plain = "".join(sign for sign in name if sign.isascii() and sign.isprintable())
    found = 'attachment; filename="{}"'.format(plain.replace('"', "").replace("\\", ""))
    if spoken() != DEFAULT or plain != name:
        told = name if spoken() == DEFAULT else in_words
        found += f"; filename*=UTF-8''{quote(told, safe='')}"
    return {"content-disposition": found}


def dated_attachment(name: str, record: str, ending: str = "csv") -> dict[str, str]:
    """The same of a list as it is today, under a plain name, or that of its record in words."""
    today = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d")
    return attachment(f"{name}-{today}.{ending}", f"{say(f'page.{record}')} {today}.{ending}")
