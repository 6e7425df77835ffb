"""The check of a whole snapshot, in the order of the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.problems.campaigns import check_campaign
from checkout.engine.problems.catalogue import check_catalogue, check_places, check_words
from checkout.engine.problems.certificates import check_kinds_of_series
from checkout.engine.problems.currencies import check_currencies_of_programs
from checkout.engine.problems.gifts import check_gifts_of_programs
from checkout.engine.problems.known import grounds_of
from checkout.engine.problems.problem import Problem
from checkout.engine.problems.programs import check_program
from checkout.engine.problems.references import repeated
from checkout.engine.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.campaign import Campaign
    from checkout.engine.schema.snapshot import Snapshot


def check_snapshot(snapshot: Snapshot) -> list[Problem]:
    """Every problem of a snapshot, in the order of the document."""
    grounds = grounds_of(snapshot)
    problems = list(repeated("programs", (program.code for program in snapshot.programs)))
    for program in snapshot.programs:
        problems += check_program(program, grounds[program.code])
    problems += check_currencies_of_programs(snapshot)
    problems += check_kinds_of_series(snapshot)
    problems += check_gifts_of_programs(snapshot)
    problems += check_places(snapshot)
    problems += check_catalogue(snapshot)
    problems += check_words(snapshot.words)
    problems += repeated("campaigns", (campaign.code for campaign in snapshot.campaigns))
    for campaign in snapshot.campaigns:
        problems += check_campaign_of(campaign, grounds)
    return problems


def check_campaign_of(campaign: Campaign, grounds: Mapping[str, Ground]) -> Iterator[Problem]:
    """Whatever is wrong with a campaign, which belongs to one of the programs or to none."""
    ground = grounds.get(campaign.program)
    if ground is None:
        path = f"campaigns[{campaign.code}].program"
        yield Problem(path, told("there is no program {program!r}", program=campaign.program))
    else:
        yield from check_campaign(campaign, ground)
