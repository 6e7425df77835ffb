"""What the engine can evaluate and the service does not keep yet: it is not published.

A limit must be counted exactly to be a promise, and what a campaign issues must be handed out. So
rules that need what the ledger cannot do yet are refused with the field to blame, while
``python -m checkout evaluate`` runs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.problems import Problem
from checkout.engine.schema.conditions import All, Any, CouponSeries, Not
from checkout.engine.schema.limits import Limit, Measure, Period, Subject
from checkout.engine.schema.member_conditions import CardType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from checkout.engine.schema.conditions import Condition
    from checkout.engine.schema.snapshot import Snapshot

#: Periods whose slots are days, which is what the ledger counts by.
_SLOTTED: Final = frozenset((Period.DAY, Period.WEEK, Period.MONTH, Period.LIFETIME))


def unserved(snapshot: Snapshot) -> list[Problem]:
    """Everything in a sound snapshot that the service cannot keep, in the order of the document."""
    problems: list[Problem] = []
    counted: dict[str, str] = {}
    for program in snapshot.programs:
        path = f"programs[{program.code}]"
        problems += _unserved_limits(path, program.limits)
        for limit in program.limits:
            if counted.setdefault(limit.code, program.code) != program.code:
                problems.append(
                    Problem(
                        f"{path}.limits[{limit.code}].code",
                        f"the program {counted[limit.code]!r} has a limit of this code, too, and"
                        " the service would count them as one: choose another",
                    )
                )
    for campaign in snapshot.campaigns:
        path = f"campaigns[{campaign.code}]"
        if campaign.when is not None:
            problems += _unserved_conditions(f"{path}.when", campaign.when)
        problems += [
            Problem(f"{path}.issues[{i}]", f"{issue.kind} is not served yet: nobody hands it out")
            for i, issue in enumerate(campaign.issues)
        ]
        problems += _unserved_limits(path, campaign.limits)
    return problems


def _unserved_limits(path: str, limits: Iterable[Limit]) -> Iterator[Problem]:
    for limit in limits:
        here = f"{path}.limits[{limit.code}]"
        if limit.measure is Measure.INTERVAL:
            yield _not_counted(f"{here}.measure", "by the minutes between two uses")
        elif limit.period is Period.RECEIPT:
            continue  # nothing is left to count afterwards
        elif limit.period not in _SLOTTED:
            yield _not_counted(f"{here}.period", "in rolling windows")
        elif limit.subject is not Subject.MEMBER:
            yield _not_counted(f"{here}.subject", f"per {limit.subject.value}")
        elif limit.each_sku:
            yield _not_counted(f"{here}.each_sku", "per article")


def _not_counted(field: str, how: str) -> Problem:
    return Problem(field, f"the service does not count limits {how} yet")


def _unserved_conditions(path: str, condition: Condition) -> Iterator[Problem]:
    match condition:
        case All() | Any():
            for i, part in enumerate(condition.of):
                yield from _unserved_conditions(f"{path}.of[{i}]", part)
        case Not():
            yield from _unserved_conditions(f"{path}.of", condition.of)
        case CouponSeries():
            yield Problem(path, "coupon_series is not served yet: no code belongs to a series")
        case CardType():
            yield Problem(path, "card_type is not served yet: no card has a type")
        case _:
            pass
