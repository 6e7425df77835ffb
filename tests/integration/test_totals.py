"""Sums that only many calls together make too large: refused with the numbers, never a fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest

from checkout.primitives import TOTAL_MAX
from tests.races.ledger_state import make_members
from tests.service import world
from tests.service.batching import batched_in_order
from tests.service.till import fresh, line, receipt, refusal_of, said_by

if TYPE_CHECKING:
    from tests.service.running import Service


async def fill(service: Service, member_id: str) -> None:
    """Let a member have as many points as can be counted, less ten: nobody can earn so many."""
    has = "balance + pending"
    more = f"select {TOTAL_MAX - 10} - ({has}) from account where member_id = $1"
    points = await service.database.fetchval(more, member_id)
    await service.database.execute(
        "update lot set issued = issued + $2, remaining = remaining + $2 where lot_id ="
        " (select lot_id from lot where member_id = $1 order by lot_id limit 1)",
        member_id,
        points,
    )
    await service.database.execute(
        "update account set balance = balance + $2 where member_id = $1", member_id, points
    )


async def test_points_that_nobody_can_count_are_refused_alone(service: Service) -> None:
    """Whoever adds too many is told so; others in the same batch get what they came for."""
    till, operator, ann = service.till(), service.operator(), await service.ann()
    (card,) = await make_members(service, 1, points_minor=5_00)
    ben = (await till.identify(card=card)).member_id
    await fill(service, ann)
    before = await service.rows()
    gold = receipt(line("apple", 10_000_000_00), card=world.CARD)
    answers: list[Any] = await batched_in_order(
        service.workers[0],
        [operator.adjust(ben, 7), operator.adjust(ann, 11), till.confirm("p", gold)],
    )
    assert answers[0].balance.active_minor == 5_07
    for refused in answers[1:]:
        said = said_by(refused)
        assert (said.code, said.reason) == (
            grpc.StatusCode.FAILED_PRECONDITION,
            "TOTAL_TOO_LARGE",
        )
        assert int(said.numbers["total"]) > TOTAL_MAX == int(said.numbers["total_max"])
    assert (await operator.adjust(ann, 10)).balance.active_minor == TOTAL_MAX
    merged = await refusal_of(operator.merge(ben, ann))
    assert merged.reason == "TOTAL_TOO_LARGE"
    after = await service.rows()
    assert after["posting"] == before["posting"] + 2
    assert after["receipt"] == before["receipt"]
    assert after["member_merge"] == before["member_merge"]


@pytest.mark.parametrize("is_held", [True, False])
async def test_a_budget_gives_no_more_than_can_be_counted(service: Service, is_held: bool) -> None:
    """Its money is counted, though only its uses are bounded; a hold counts as well as a sale."""
    till = service.till()
    sale = receipt(line("bread", 100_00))
    await till.confirm(fresh("first"), sale)
    await service.database.execute("update budget set discount_used = $1", TOTAL_MAX - 1)
    said = await refusal_of(
        till.quote("p", sale, hold=True) if is_held else till.confirm("p", sale)
    )
    assert said.reason == "TOTAL_TOO_LARGE"
    assert await service.database.fetchval("select discount_used from budget") == TOTAL_MAX - 1
    assert await service.database.fetchval("select count(*) from hold") == 0
