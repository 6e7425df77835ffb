"""What the service refused, in words for the person who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from admin.texts import has_text, say
from checkout.client import messages

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


def row_fault(result: messages.CorrectionResult) -> str:
    """Why a row of a file was not done, in words; numbers of people have sentences of their own."""
    name = messages.ErrorReason.Name(result.reason).removeprefix("ERROR_REASON_")
    for family in ("fill", "service"):
        if has_text(f"{family}.{name}"):
            return say(f"{family}.{name}")
    return result.message or name


def fault_in(result: messages.CorrectionResult) -> str:
    """Why a correction was not done, in words; empty if it was."""
    reason = messages.ErrorReason.Name(result.reason).removeprefix("ERROR_REASON_")
    if reason == "UNSPECIFIED":
        return ""
    if has_text(f"service.{reason}"):
        return say(f"service.{reason}")
    return say("service.other", reason=reason, faults="-")
