"""The check of a few campaigns that change in rules that were checked and compiled.

What the change cannot have broken is not looked at again: beside the campaigns that change only
those that name one of them, and what programs say of all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.problems.check import check_campaign_of
from checkout.engine.problems.known import ArticleWords, grounds_of_compiled
from checkout.engine.problems.programs import check_program

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Mapping

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.problems.problem import Problem
    from checkout.engine.schema.campaign import Campaign

_CAMPAIGNS_PER_STEP: Final = 2_000


def check_changes(
    snapshot: CompiledSnapshot, changed: Mapping[str, Campaign], removed: Collection[str]
) -> Generator[None, None, list[Problem]]:
    """Every problem that a sound snapshot would have with campaigns changed, added and removed.

    Yields between steps of less than a millisecond, so that tills are answered meanwhile; the
    problems, in the order of the document, are the final value.
    """
    articles = ArticleWords()
    for shard in snapshot.catalogue.shards:
        for sku, product in shard.items():
            articles.add(sku, product)
        yield
    touched = {*changed, *removed}
    campaigns: dict[str, dict[str, Campaign]] = {}
    judged = set(changed)
    for program in snapshot.programs.values():
        of_program = campaigns[program.document.code] = {}
        for number, (code, campaign) in enumerate(program.by_code.items()):
            if code not in touched:
                of_program[code] = campaign.document
                if not touched.isdisjoint(campaign.names_campaigns):
                    judged.add(code)
            if number % _CAMPAIGNS_PER_STEP == 0:
                yield
    for code, document in changed.items():
        campaigns.setdefault(document.program, {})[code] = document
    grounds = grounds_of_compiled(snapshot, articles, campaigns)
    yield
    problems: list[Problem] = []
    for ground in grounds.values():
        problems += check_program(ground.program, ground)
        yield
    by_code = {code: each for of in campaigns.values() for code, each in of.items()}
    yield
    for code in sorted(judged):
        problems += check_campaign_of(by_code[code], grounds)
        yield
    return problems
