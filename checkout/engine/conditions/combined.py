"""Conditions made of others: `all`, `any` and `not`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from checkout.engine.conditions.base import CompiledCondition

if TYPE_CHECKING:
    from checkout.engine.case import Case
    from checkout.engine.conditions.words import Words


class Combining(CompiledCondition):
    """What is made of others: what it needs and what it saw is told in the words of its parts."""

    __slots__ = ()

    def told_seen(self, words: Words, case: Case) -> str:
        """What its parts saw, which name themselves."""
        return self.seen_in(words, case)


class Combined(Combining):
    """`all` or `any` of several; late if one of them is."""

    __slots__ = ("is_late", "of")
    #: What stands between the parts.
    between: ClassVar[str]
    #: The parts that decided: failing ones of `all`, holding ones of `any`.
    decides: ClassVar[bool]

    def __init__(self, of: tuple[CompiledCondition, ...]) -> None:
        """Keep the parts."""
        self.of = of
        self.is_late = any(part.is_late for part in of)

    def needed_in(self, words: Words) -> str:
        """The parts' needs."""
        return f" {words.code(self.between)} ".join(part.told(words) for part in self.of)

    def seen_in(self, words: Words, case: Case) -> str:
        """What the parts saw that decided; what all saw if none did."""
        told = [part for part in self.of if part.holds(case) is self.decides] or self.of
        return "; ".join(part.told_seen(words, case) for part in told)

    def told(self, words: Words) -> str:
        """In brackets: it has words of its own between its parts."""
        return f"({self.needed_in(words)})"


class AllHold(Combined):
    """`all`."""

    __slots__ = ()
    kind = "all"
    between = "and"
    decides = False

    def holds(self, case: Case) -> bool:
        """Every part holds."""
        return all(part.holds(case) for part in self.of)


class AnyHolds(Combined):
    """`any`."""

    __slots__ = ()
    kind = "any"
    between = "or"
    decides = True

    def holds(self, case: Case) -> bool:
        """At least one part holds."""
        return any(part.holds(case) for part in self.of)


class DoesNotHold(Combining):
    """`not`."""

    __slots__ = ("is_late", "of")
    kind = "not"

    def __init__(self, of: CompiledCondition) -> None:
        """Keep what must not hold."""
        self.of = of
        self.is_late = of.is_late

    def holds(self, case: Case) -> bool:
        """The inner condition fails."""
        return not self.of.holds(case)

    def needed_in(self, words: Words) -> str:
        """The contrary of the inner need."""
        inner = self.of.told(words)
        inner = inner if isinstance(self.of, Combined) else f"({inner})"
        return words.say("not {what}", what=inner)

    def seen_in(self, words: Words, case: Case) -> str:
        """What made the inner condition hold, or fail."""
        return self.of.told_seen(words, case)

    def told(self, words: Words) -> str:
        """Its need says that it is a `not`."""
        return self.needed_in(words)
