"""What the service refused, in words for the person who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from admin.texts import has_text, say

if TYPE_CHECKING:
    from checkout.client import CallRefusedError

#: The service did not say whether it was done.
_AWAY: Final = frozenset({"UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED", "RESOURCE_EXHAUSTED"})


def is_away(error: CallRefusedError) -> bool:
    """Whether nobody answered: what was asked may have been done, or not."""
    return error.status in _AWAY


def in_words(error: CallRefusedError) -> str:
    """Why not; fields by their own sentences, which the service words in English."""
    if is_away(error):
        return say("error.service")
    if has_text(f"service.{error.reason}"):
        return say(f"service.{error.reason}")
    faults = "; ".join(f"{fault.field}: {fault.message}" for fault in error.faults)
    return say("service.other", reason=error.reason or error.status, faults=faults or "-")


def reason_in_words(reason: str) -> str:
    """The same of a reason that stands in an answer."""
    if has_text(f"service.{reason}"):
        return say(f"service.{reason}")
    return say("service.other", reason=reason, faults="-")
