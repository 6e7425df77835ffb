"""What a receipt may take of what many draw on: a confirming transaction locks that first."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from checkout.engine.candidates import candidates
from checkout.engine.case import open_case

if TYPE_CHECKING:
    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.facts import Facts
    from checkout.engine.limits import CompiledLimit
    from checkout.engine.receipt import Receipt


class Contested(NamedTuple):
    """Campaigns with a budget; limits of stores, partners and campaigns; counted gifts."""

    budgets: list[str]
    limits: list[CompiledLimit]
    gifts: list[str]


def contested(snapshot: CompiledSnapshot, facts: Facts, receipt: Receipt) -> Contested:
    """Those of the campaigns that an index reaches, and of the program, used up or not.

    Raises:
        KeyError: the snapshot has no such store; callers have checked.
    """
    of_store = snapshot.programs[snapshot.stores[receipt.store].program]
    if not of_store.is_contested:
        return Contested([], [], [])
    case, program = open_case(snapshot, facts, receipt)
    reached = candidates(program, case)
    budgets = sorted(campaign.code for campaign in reached if campaign.budget is not None)
    limits = [limit for limit in program.limits if limit.is_shared]
    limits += [limit for campaign in reached for limit in campaign.limits if limit.is_shared]
    gifts = {gift for campaign in reached for gift in program.counted_gifts(campaign)}
    return Contested(budgets, limits, sorted(gifts))
