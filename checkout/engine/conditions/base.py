"""What all compiled conditions have, and how values are compared and told."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final, TypeVar, assert_never

from checkout.engine.conditions.words import AS_WRITTEN
from checkout.engine.schema.document import Comparison

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from checkout.engine.case import Case
    from checkout.engine.conditions.words import Words

#: Names that an explanation lists of one kind.
NAMED_MAX: Final = 5

#: The usual comparison is asked for first, and without a search for the member by its name.
_AT_LEAST: Final = Comparison.AT_LEAST

Ordered = TypeVar("Ordered", int, str)


class CompiledCondition(ABC):
    """A question about a case."""

    __slots__ = ()
    #: The `kind` of the schema.
    kind: str
    #: Whether it looks at what earlier lanes did, so that it is judged when a lane opens.
    is_late: bool = False

    @abstractmethod
    def holds(self, case: Case) -> bool:
        """Whether the case fulfils it."""

    @abstractmethod
    def needed_in(self, words: Words) -> str:
        """What it needs, for an explanation in such words."""

    @abstractmethod
    def seen_in(self, words: Words, case: Case) -> str:
        """What it saw, whether it holds or not."""

    def needed(self) -> str:
        """What it needs, as outcomes have it."""
        return self.needed_in(AS_WRITTEN)

    def seen(self, case: Case) -> str:
        """What it saw, as outcomes have it."""
        return self.seen_in(AS_WRITTEN, case)

    def told(self, words: Words) -> str:
        """What it needs, with its kind, as a part of a longer explanation."""
        return f"{words.kind(self.kind)} {self.needed_in(words)}"

    def told_seen(self, words: Words, case: Case) -> str:
        """What it saw, with its kind, as a part of a longer explanation."""
        return f"{words.kind(self.kind)} {self.seen_in(words, case)}"


def compares(value: Ordered, how: Comparison, bound: Ordered) -> bool:
    """Whether `value` stands to `bound` as the operator says; texts by their characters."""
    if how is _AT_LEAST:
        return value >= bound
    match how:
        case Comparison.LESS_THAN:
            return value < bound
        case Comparison.AT_MOST:
            return value <= bound
        case Comparison.EQUAL:
            return value == bound
        case Comparison.MORE_THAN:
            return value > bound
        case _:
            assert_never(how)


def listed(words: Words, names: Collection[str]) -> str:
    """The first few names, and how many more there are."""
    more = len(names) - NAMED_MAX
    shown = [name for name, _ in zip(names, range(NAMED_MAX), strict=False)]
    return ", ".join(shown) + (words.say(" and {more} more", more=more) if more > 0 else "")


def found(words: Words, names: Iterable[str]) -> str:
    """Names that were found, or that there were none."""
    return listed(words, sorted(names)) or words.say("none")
