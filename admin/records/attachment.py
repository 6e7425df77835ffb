"""How a file that is taken from a page is called, in the language of whoever takes it."""

from __future__ import annotations

from urllib.parse import quote

from admin.texts import DEFAULT, spoken


def attachment(name: str, in_words: str) -> dict[str, str]:
    """The header of a file; `name` is English and ASCII, for those who read no other (RFC 6266)."""
    plain = "".join(sign for sign in name if sign.isascii() and sign.isprintable())
    found = 'attachment; filename="{}"'.format(plain.replace('"', "").replace("\\", ""))
    if spoken() != DEFAULT or plain != name:
        told = name if spoken() == DEFAULT else in_words
        found += f"; filename*=UTF-8''{quote(told, safe='')}"
    return {"content-disposition": found}
