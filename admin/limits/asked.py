"""What somebody asks of the list of limits: of which kind, where, how full, in which order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Self

from admin.limits.standing import is_counted
from admin.records.record_view import SEARCH_CHARACTERS_MAX
from checkout.engine.schema.limits import Period, Subject

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from admin.limits.reading import RuledLimit, Use

SHARED: Final = frozenset({Subject.STORE, Subject.PARTNER, Subject.CAMPAIGN})
#: Among subjects: the budget of a campaign, which is no limit and is asked for like one.
BUDGET: Final = "budget"
#: From so many percent on a limit is nearly used up.
NEARLY_PERCENT: Final = 80


class Fullness(StrEnum):
    """How far something must be used to be listed."""

    ANY = ""
    NEARLY = "nearly"
    EXHAUSTED = "exhausted"


class Order(StrEnum):
    """What comes first."""

    SHARED = ""
    CODE = "code"
    NAME = "name"
    #: Campaigns of whose budget most is used.
    BUDGET = "budget"
    LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Asked:
    """Empty: it does not matter."""

    search: str = ""
    subject: str = ""
    period: str = ""
    program: str = ""
    #: The code of one: then limits that count for each store, and what is used there.
    store: str = ""
    fullness: Fullness = Fullness.ANY
    order: Order = Order.SHARED

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """What an address asks; what nobody could mean asks nothing."""

        def word(name: str, among: Sequence[str]) -> str:
            asked = query.get(name, "")
            return asked if asked in among else ""

        def text(name: str) -> str:
            return query.get(name, "").replace("\0", "").strip()[:SEARCH_CHARACTERS_MAX]

        return cls(
            text("search"),
            word("subject", (*Subject, BUDGET)),
            word("period", tuple(Period)),
            text("program"),
            text("store"),
            Fullness(word("fullness", tuple(Fullness))),
            Order(word("order", tuple(Order))),
        )

    @property
    def is_anything(self) -> bool:
        """Whether rules are left out."""
        return any(
            (self.search, self.subject, self.period, self.program, self.store, self.fullness)
        )

    @property
    def of_budgets(self) -> bool:
        """Whether budgets are meant, too."""
        return self.subject in {"", BUDGET} and not self.period and not self.store

    @property
    def of_shared(self) -> bool:
        """Whether only limits are meant of which the list says what is used."""
        return bool(self.store or self.fullness)

    def means(self, limit: RuledLimit) -> bool:
        """Whether a limit is listed, as far as the rules say."""
        document = limit.document
        return (
            self.subject in {"", document.subject}
            and self.period in {"", document.period}
            and (not self.store or document.subject is Subject.STORE)
            and (not self.of_shared or is_shared(limit))
        )

    def is_met_by(self, uses: Sequence[Use]) -> bool:
        """Whether somewhere enough of a limit is used."""
        return not self.fullness or any(
            self.is_reached(one.standing.used, one.standing.used + one.standing.left)
            for one in uses
        )

    def budget_is_met_by(self, budget: Mapping[str, Any], used: Any) -> bool:
        """The same of a budget: of its money, or of its uses."""
        if not self.fullness:
            return True
        bounds = ((budget.get("discount_minor"), "discount_minor"), (budget.get("uses"), "uses"))
        return any(
            bound is not None and self.is_reached(getattr(used, name, 0) or 0, bound)
            for bound, name in bounds
        )

    def is_reached(self, used: int, bound: int) -> bool:
        """Whether so much of a bound is as full as it was asked for."""
        if self.fullness is Fullness.EXHAUSTED:
            return used >= bound
        return used * 100 >= bound * NEARLY_PERCENT


def is_shared(limit: RuledLimit) -> bool:
    """Whether sales to many draw on it, of more than one receipt."""
    return limit.document.subject in SHARED and is_counted(limit.document)
