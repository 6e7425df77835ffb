"""What is wrong with a message, field by field, and how a refusal ends its call.

Violations are collected while it is decoded, given all at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from checkout.primitives import composed
from checkout.refusals import Reason, Refusal

Got = TypeVar("Got")

#: Violations that an answer names; a message with a thousand bad lines need not say so a thousand
#: times.
VIOLATIONS_MAX = 20
_ORDER = {reason: place for place, reason in enumerate(Reason)}


@dataclass(frozen=True, slots=True)
class Violation:
    """One field, why it is refused, and the numbers."""

    reason: Reason
    field: str
    message: str
    numbers: dict[str, int | str]


class RefusedCall(Exception):  # noqa: N818 - an answer, not an error of ours
    """Leaves a handler with a refusal.

    The gate catches it: a unary call ends with a status, a frame of a stream has it in its answer.
    """

    def __init__(self, refusal: Refusal, violations: tuple[Violation, ...] = ()) -> None:
        self.refusal = refusal
        self.violations = violations or _named(refusal)
        super().__init__(refusal.message)


def _named(refusal: Refusal) -> tuple[Violation, ...]:
    """What a flow refuses for one field names it as decoding does."""
    if not refusal.field:
        return ()
    return (Violation(refusal.reason, refusal.field, refusal.message, refusal.numbers),)


def unless_refused(answer: Got | Refusal) -> Got:
    """A flow's answer; its refusal ends the call."""
    if isinstance(answer, Refusal):
        raise RefusedCall(answer)
    return answer


def expect(answer: object, expected: type[Got]) -> Got:
    """The answer of a flow that has several kinds, of the right one; its refusal ends the call."""
    got = unless_refused(answer)
    assert isinstance(got, expected), f"{type(got).__name__} is not {expected.__name__}"
    return got


def present(value: Got | None) -> Got:
    """What decoding made, after `raise_if_any`."""
    assert value is not None, "a missing value left a violation"
    return value


class Violations:
    """Collects violations."""

    def __init__(self) -> None:
        self._found: list[Violation] = []

    def add(
        self, reason: Reason, field: str, message: str, numbers: dict[str, int | str] | None = None
    ) -> None:
        """Note one."""
        if len(self._found) < VIOLATIONS_MAX:
            self._found.append(Violation(reason, field, message, numbers or {}))

    def add_refusal(self, refusal: Refusal, path: str) -> None:
        """Note a refusal of a part."""
        self.add(refusal.reason, path, refusal.message, refusal.numbers)

    def require(self, field: str, value: str) -> None:
        """A text that must not be empty."""
        if not value:
            self.add(Reason.FIELD_REQUIRED, field, f"{field} is required")

    def text(self, field: str, value: str, characters_max: int) -> None:
        """A text within its length, without control characters."""
        if len(value) > characters_max:
            self.add(
                Reason.FIELD_OUT_OF_RANGE,
                field,
                f"{field} has at most {characters_max} characters",
                {"characters": len(value), "characters_max": characters_max},
            )
        if not value.isprintable():
            self.add(Reason.FIELD_INVALID, field, f"{field} holds characters that are not text")

    def same_form(self, field: str, value: str) -> None:
        """A text that is compared and told again: its twin of the same look is another one."""
        if composed(value) != value:
            self.add(
                Reason.FIELD_INVALID, field, f"{field} is not in Unicode's form C (NFC); send it so"
            )

    def between(self, field: str, value: int, low: int, high: int) -> None:
        """A number within its limits."""
        if not low <= value <= high:
            self.add(
                Reason.FIELD_OUT_OF_RANGE,
                field,
                f"{field} lies between {low} and {high}",
                {"value": value, "min": low, "max": high},
            )

    def first(self) -> Refusal | None:
        """What stands first in the contract of what was noted, or nothing."""
        if not self._found:
            return None
        first = min(self._found, key=lambda violation: _ORDER[violation.reason])
        return Refusal(first.reason, first.message, first.field, first.numbers)

    def raise_if_any(self) -> None:
        """End the call if anything was noted.

        The reason that stands first in the contract is the call's.
        """
        first = self.first()
        if first is not None:
            raise RefusedCall(first, tuple(self._found))
