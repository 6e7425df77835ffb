"""What the service refused, in words for the person who asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from admin.texts import has_text, say, say_first, spoken
from checkout.client import messages
from checkout.wording.speech import ENGLISH

if TYPE_CHECKING:
    from checkout.client import CallRefusedError

#: The service did not say whether it was done.
_AWAY: Final = frozenset({"UNAVAILABLE", "DEADLINE_EXCEEDED", "CANCELLED", "RESOURCE_EXHAUSTED"})
#: Of rules the service is asked in the language of the reader; all else it words in English.
_TOLD: Final = "SNAPSHOT_INVALID"


def is_away(error: CallRefusedError) -> bool:
    """Whether nobody answered: what was asked may have been done, or not."""
    return error.status in _AWAY


def in_words(error: CallRefusedError) -> str:
    """Why not; of fields what is wrong with them, where the service says it in this language."""
    if is_away(error):
        return say("error.service")
    if has_text(f"service.{error.reason}"):
        return say(f"service.{error.reason}")
    is_told = spoken() == ENGLISH or error.reason == _TOLD
    faults = [f"{one.field}: {one.message}" if is_told else one.field for one in error.faults]
    known = error.reason or error.status
    reason = say_first(f"refusal.{known}", known)
    return say("service.other", reason=reason, faults="; ".join(faults) or "-")


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
    return say("service.other", reason=say_first(f"refusal.{reason}", reason), faults="-")
