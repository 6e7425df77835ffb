"""Sizes of pages that tills ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from checkout.api.violations import Violations

PAGE_SIZE_MAX: Final = 100
PAGE_SIZE_DEFAULT: Final = 20
PAGE_TOKEN_CHARACTERS_MAX: Final = 100


def decode_page_size(size: int, found: Violations) -> int:
    """How many a page holds; 0: the usual number."""
    found.between("page_size", size, 0, PAGE_SIZE_MAX)
    return size or PAGE_SIZE_DEFAULT
