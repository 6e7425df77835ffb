"""Conditions made of others: `all`, `any` and `not`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.conditions.base import CompiledCondition

if TYPE_CHECKING:
    from checkout.engine.case import Case


class Combined(CompiledCondition):
    """`all` or `any` of several; late if one of them is."""

    __slots__ = ("is_late", "of")

    def __init__(self, of: tuple[CompiledCondition, ...]) -> None:
        """Keep the parts."""
        self.of = of
        self.is_late = any(part.is_late for part in of)

    def told(self) -> str:
        """In brackets: it has words of its own between its parts."""
        return f"({self.needed()})"

    def told_seen(self, case: Case) -> str:
        """What its parts saw, which name themselves."""
        return self.seen(case)

    def _seen_by(self, case: Case, *, holding: bool) -> str:
        """What the parts saw that stand as said; what all saw if none does."""
        told = [part for part in self.of if part.holds(case) is holding] or self.of
        return "; ".join(part.told_seen(case) for part in told)


class AllHold(Combined):
    """`all`."""

    __slots__ = ()
    kind = "all"

    def holds(self, case: Case) -> bool:
        """Every part holds."""
        return all(part.holds(case) for part in self.of)

    def needed(self) -> str:
        """All parts' needs."""
        return " and ".join(part.told() for part in self.of)

    def seen(self, case: Case) -> str:
        """What the failing parts saw; if it holds, what all saw."""
        return self._seen_by(case, holding=False)


class AnyHolds(Combined):
    """`any`."""

    __slots__ = ()
    kind = "any"

    def holds(self, case: Case) -> bool:
        """At least one part holds."""
        return any(part.holds(case) for part in self.of)

    def needed(self) -> str:
        """One of the parts' needs."""
        return " or ".join(part.told() for part in self.of)

    def seen(self, case: Case) -> str:
        """What the holding parts saw; if it fails, what all saw."""
        return self._seen_by(case, holding=True)


class DoesNotHold(CompiledCondition):
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

    def needed(self) -> str:
        """The contrary of the inner need."""
        inner = self.of.told()
        return f"not {inner}" if isinstance(self.of, Combined) else f"not ({inner})"

    def seen(self, case: Case) -> str:
        """What made the inner condition hold, or fail."""
        return self.of.told_seen(case)

    def told(self) -> str:
        """Its need says that it is a `not`."""
        return self.needed()

    def told_seen(self, case: Case) -> str:
        """What the inner condition saw."""
        return self.seen(case)
