"""RC10: a campaign is edited, or stopped, between the quotes and the confirms of many sales."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from checkout.store.queries import QUERIES
from checkout.v1 import checkout_service_pb2 as pb
from tests.races.ledger_state import make_members, violations
from tests.service import world
from tests.service.till import line, receipt

if TYPE_CHECKING:
    import pytest

    from tests.service.running import Service

#: 20.00 off an apple of 100.00; two of it beside a towel, so that old and new differ on each line.
PRICE_MINOR, OFF_MINOR = 220_00, 40_00
SALES = 60


async def sell_while_it_stops(service: Service, cards: list[str]) -> list[pb.ConfirmResponse]:
    """Quotes of both workers, then all confirms at once, and in their midst the stop.

    The sales of the second half are sent when the stop has been answered.
    """
    tills = [service.till(worker=worker) for worker in (0, 1)]
    sales = [
        receipt(line("apple"), line("apple", position=2), line("towel", 20_00, 3), card=card)
        for card in cards
    ]
    quotes = await asyncio.gather(
        *(tills[i % 2].quote(f"stop-{i}", sale) for i, sale in enumerate(sales))
    )
    assert {quoted.outcome.discount_minor for quoted in quotes} == {OFF_MINOR}

    def confirm(i: int) -> asyncio.Task[pb.ConfirmResponse]:
        return asyncio.ensure_future(
            tills[i % 2].confirm(f"stop-{i}", sales[i], quote_token=quotes[i].quote_token)
        )

    half = len(cards) // 2
    before = [confirm(i) for i in range(half)]
    await service.operator(worker=1).stop("fruit")
    after = [confirm(i) for i in range(half, len(cards))]
    return list(await asyncio.gather(*before, *after))


async def test_no_sale_is_made_with_a_campaign_after_its_stop(two_workers: Service) -> None:
    """Before the answer either way, whole; after it never, on neither worker."""
    cards = await make_members(two_workers, SALES, 0)
    answers = await sell_while_it_stops(two_workers, cards)
    for answer in answers[: SALES // 2]:
        if answer.status == pb.STATUS_OK:
            assert answer.outcome.payable_minor == PRICE_MINOR - OFF_MINOR
            assert [each.discount_minor for each in answer.outcome.lines] == [20_00, 20_00, 0]
        else:
            assert answer.status == pb.STATUS_PRICE_CHANGED
            assert answer.quote.outcome.payable_minor == PRICE_MINOR
    for answer in answers[SALES // 2 :]:
        assert answer.status == pb.STATUS_PRICE_CHANGED
        assert answer.quote.outcome.payable_minor == PRICE_MINOR
    assert await violations(two_workers) == []


async def test_without_the_list_a_stopped_campaign_still_sells(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: a transaction that does not read the list goes by the quote."""
    unread = QUERIES["read_keys"].replace("and s.is_stopped", "and false")
    assert unread != QUERIES["read_keys"]
    monkeypatch.setitem(QUERIES, "read_keys", unread)
    answers = await sell_while_it_stops(two_workers, await make_members(two_workers, SALES, 0))
    assert {answer.status for answer in answers[SALES // 2 :]} == {pb.STATUS_OK}


async def test_an_edited_campaign_is_honoured_as_it_was_quoted(two_workers: Service) -> None:
    """New rules while sixty quotes are open: each is sold whole at the price that was shown."""
    cards = await make_members(two_workers, SALES, 0)
    tills = [two_workers.till(worker=worker) for worker in (0, 1)]
    sale = [receipt(line(), line("towel", 20_00, 2), card=card) for card in cards]
    quotes = await asyncio.gather(*(tills[i % 2].quote(f"e-{i}", s) for i, s in enumerate(sale)))
    reward = {"kind": "percent", "lane": "goods", "goods": {"categories": ["fruit"]}}
    await world.put_campaign(
        two_workers.database, world.NORTH, world.campaign("fruit", reward | {"rate_bp": 100})
    )
    confirms = [
        asyncio.ensure_future(tills[i % 2].confirm(f"e-{i}", s, quote_token=quotes[i].quote_token))
        for i, s in enumerate(sale[:30])
    ]
    await two_workers.operator().publish()
    for worker in two_workers.workers:
        await worker.follower.step()
    confirms += [
        asyncio.ensure_future(tills[i % 2].confirm(f"e-{i}", sale[i], quote_token=q.quote_token))
        for i, q in enumerate(quotes)
        if i >= 30
    ]
    answers = await asyncio.gather(*confirms)
    assert {(a.status, a.outcome.payable_minor) for a in answers} == {(pb.STATUS_OK, 100_00)}
    fresh = await tills[1].quote("fresh", receipt(line(), line("towel", 20_00, 2)))
    assert fresh.outcome.payable_minor == 119_00
    assert await violations(two_workers) == []
