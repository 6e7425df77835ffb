"""Why a change was not made, in words for the person; the driver's words stay inside."""

from __future__ import annotations

from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError

from admin.texts import has_text, say

_log = structlog.get_logger(__name__)

_SQLSTATES: Final = {
    "23505": "refused.taken",
    "23503": "refused.unknown_reference",
    "23502": "refused.not_allowed_value",
    "23514": "refused.not_allowed_value",
    "42501": "refused.no_right",
    "55P03": "refused.busy",
    "57014": "refused.too_long",
    "40P01": "refused.busy",
}
_DATA: Final = "22"


class RefusedChangeError(Exception):
    """A change that was not made; its text is for the person."""

    def __init__(self, text: str, /, **values: object) -> None:
        """Carry the name of a text, and what it holds."""
        self.text = text
        super().__init__(say(text, **values))


def refused(error: Exception) -> RefusedChangeError:
    """Any failure of a change, as something that may be shown."""
    if isinstance(error, RefusedChangeError):
        return error
    if isinstance(error, DBAPIError):
        driver = getattr(error.orig, "__cause__", None)
        constraint = getattr(driver, "constraint_name", None)
        if constraint and has_text(f"constraint.{constraint}"):
            return RefusedChangeError(f"constraint.{constraint}")
        state = str(getattr(driver, "sqlstate", "") or "")
        if state in _SQLSTATES:
            return RefusedChangeError(_SQLSTATES[state])
        if state.startswith(_DATA):
            return RefusedChangeError("refused.not_allowed_value")
    _log.error("admin.change_failed", kind=type(error).__name__, exc_info=error)
    return RefusedChangeError("refused.failed")
