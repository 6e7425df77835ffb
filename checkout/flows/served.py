"""What the engine can evaluate and the service does not keep yet: it is not published.

A limit must be counted exactly to be a promise, and what a campaign issues must be handed out. So
rules that need what the ledger cannot do yet are refused with the field to blame, while
``python -m checkout evaluate`` runs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.problems import Problem
from checkout.engine.schema.certificates import CertificateKind
from checkout.engine.schema.issues import GiveGift, IssueCertificate
from checkout.engine.schema.limits import Limit, Measure
from checkout.engine.told import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from checkout.engine.schema.campaign import Campaign
    from checkout.engine.schema.program import Program
    from checkout.engine.schema.snapshot import Snapshot

#: The longest time between two uses that is remembered: as long as the longest rolling window.
INTERVAL_MAX_MINUTES: Final = 62 * 24 * 60


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
                        told(
                            "the program {program!r} has a limit of this code, too, and the "
                            "service would count them as one: choose another",
                            program=counted[limit.code],
                        ),
                    )
                )
    for campaign in snapshot.campaigns:
        problems += unserved_campaign(campaign, snapshot.programs)
    return problems


def unserved_campaign(campaign: Campaign, programs: Iterable[Program]) -> Iterator[Problem]:
    """What the service cannot keep of one campaign."""
    path = f"campaigns[{campaign.code}]"
    yield from _unserved_issues(path, campaign, programs)
    yield from _unserved_limits(path, campaign.limits)


def _unserved_issues(
    path: str, campaign: Campaign, programs: Iterable[Program]
) -> Iterator[Problem]:
    taken = {
        series.code
        for program in programs
        if program.code == campaign.program
        for series in program.certificates
        if series.kind is CertificateKind.MONEY
    }
    listed = {
        gift.code
        for program in programs
        if program.code == campaign.program
        for gift in program.gifts
    }
    for i, issue in enumerate(campaign.issues):
        here = f"{path}.issues[{i}]"
        if isinstance(issue, GiveGift) and issue.gift not in listed:
            yield Problem(
                f"{here}.gift",
                told(
                    "the program does not list the gift {gift!r}: nobody could hand it out",
                    gift=issue.gift,
                ),
            )
        elif isinstance(issue, IssueCertificate) and issue.series not in taken:
            yield Problem(
                f"{here}.series",
                told(
                    "the program takes no certificates of money of the series {series!r}: "
                    "nobody could spend it",
                    series=issue.series,
                ),
            )


def _unserved_limits(path: str, limits: Iterable[Limit]) -> Iterator[Problem]:
    for limit in limits:
        here = f"{path}.limits[{limit.code}]"
        if limit.measure is Measure.INTERVAL and limit.bound > INTERVAL_MAX_MINUTES:
            yield Problem(
                f"{here}.bound",
                told(
                    "{bound} minutes: the service remembers the last use for "
                    "{most} minutes (62 days)",
                    bound=limit.bound,
                    most=INTERVAL_MAX_MINUTES,
                ),
            )
