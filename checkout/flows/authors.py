"""Authors of what operators do: who is one, and whom four eyes and allowances take for the same."""

from __future__ import annotations

import re
from typing import Final

AUTHOR_CHARACTERS_MAX: Final = 100
#: Words of visible ASCII (headers carry no more) with single blanks between: two names that look
#: alike are one.
_NAME: Final = re.compile(r"[!-~]+(?: [!-~]+)*")


def is_name(author: str) -> bool:
    """Whether somebody can be responsible by this name."""
    return len(author) <= AUTHOR_CHARACTERS_MAX and _NAME.fullmatch(author) is not None


def known_as(author: str) -> str:
    """The same text for one author, however they are typed."""
    return author.strip().casefold()
