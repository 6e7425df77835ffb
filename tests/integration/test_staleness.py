"""How far quotes may lag behind: two seconds, on every worker."""

from __future__ import annotations

import pytest

from tests.service import world
from tests.service.running import Service, wait_until
from tests.service.till import line, receipt

#: GU9 and the contract's word for what tills see of changes made elsewhere.
PROMISED_S = 2.0


async def test_a_purchase_on_one_worker_is_seen_on_the_other(two_workers: Service) -> None:
    """The other worker's quote knows the new balance, though it has cached the old one."""
    here, there = two_workers.till(worker=0), two_workers.till(worker=1)
    assert await there.balance_minor() == world.ANN_POINTS_MINOR
    await here.confirm("p", receipt(line("towel", 100_00), card=world.CARD, points_minor=30_00))

    async def is_known() -> bool:
        return await there.balance_minor() == world.ANN_POINTS_MINOR - 30_00

    await wait_until(is_known, within_s=PROMISED_S, what="the balance")


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("update identifier set blocked_at = now() where kind = 'card'", "CARD_BLOCKED"),
        ("update member set blocked_at = now()", "MEMBER_BLOCKED"),
        ("delete from identifier where kind = 'card'", "MEMBER_UNKNOWN"),
    ],
)
async def test_a_block_by_hand_is_known_everywhere(
    two_workers: Service, statement: str, reason: str
) -> None:
    """Whoever changes members with SQL need not tell anybody: triggers queue the invalidation."""
    tills = [two_workers.till(worker=worker) for worker in (0, 1)]
    sale = receipt(card=world.CARD)
    for till in tills:
        assert (await till.quote("p", sale)).HasField("member")
    await two_workers.database.execute(statement)
    for till in tills:

        async def is_known(till: object = till) -> bool:
            quoted = await till.quote("p", sale)  # type: ignore[attr-defined]
            return not quoted.HasField("member")

        await wait_until(is_known, within_s=PROMISED_S, what=reason)


async def test_a_tier_given_by_hand_is_known_everywhere(two_workers: Service) -> None:
    """A manager's change of the tier counts in the next quotes."""
    there = two_workers.till(worker=1)
    assert (await there.identify(card=world.CARD)).tier == "base"
    await two_workers.database.execute("update participation set tier_code = 'gold'")

    async def is_known() -> bool:
        return (await there.identify(card=world.CARD)).tier == "gold"

    await wait_until(is_known, within_s=PROMISED_S, what="the tier")


async def test_a_budget_used_up_elsewhere_is_seen(two_workers: Service) -> None:
    """What a campaign has given on one worker is gone in the other's quotes."""
    await two_workers.database.execute("update budget set uses_used = 49")
    sale = receipt(line("bread", 50_00))
    await two_workers.till(worker=0).confirm("p", sale)

    async def is_known() -> bool:
        quoted = await two_workers.till(worker=1).quote("q", sale)
        return quoted.outcome.discount_minor == 0

    await wait_until(is_known, within_s=PROMISED_S, what="the budget")


async def test_a_confirm_never_lags(two_workers: Service) -> None:
    """A block counts in the very next confirm, whatever quotes still say."""
    till = two_workers.till(worker=1)
    sale = receipt(card=world.CARD)
    await till.quote("p", sale)
    await two_workers.database.execute("update member set blocked_at = now()")
    confirmed = await till.confirm("p", sale)
    assert not confirmed.HasField("member")
    assert confirmed.outcome.points_earned_minor == 0
