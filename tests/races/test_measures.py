"""All that is counted, at once: limits of each measure, two of one card, a budget in money."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from checkout.v1 import checkout_service_pb2 as pb
from tests.races.journal import insist
from tests.races.ledger_state import make_members, violations
from tests.races.sabotage import take_lock_away
from tests.service import world
from tests.service.till import fresh, line, receipt

if TYPE_CHECKING:
    import pytest

    from checkout.v1.receipt_pb2 import Receipt
    from tests.service.running import Service

OFF_MINOR: Final = 7_00
PRICE_MINOR: Final = 20_00
#: Sales of each kind: with all kinds some two hundred at once.
SALES: Final = 25
_DAY: Final[dict[str, Any]] = {"code": "day", "name": "In a day", "bound": 10, "period": "day"}
_MONTH: Final[dict[str, Any]] = {"code": "month", "name": "In a month", "period": "month"}


def _day(**changes: Any) -> dict[str, Any]:
    return {"limits": [_DAY | changes]}


#: By article: what bounds its campaign, and how much all its sales together may get.
KINDS: Final[dict[str, tuple[dict[str, Any], int]]] = {
    "interval": (_day(measure="interval", bound=60, period="lifetime"), OFF_MINOR),
    "units": (_day(measure="units"), 10 * OFF_MINOR),
    "quantity": (_day(measure="quantity", bound=10_000), 10 * OFF_MINOR),
    "amount": (_day(measure="amount", bound=10 * PRICE_MINOR), 10 * OFF_MINOR),
    "discount": (_day(measure="discount", bound=73_00), 73_00),
    "rolling": (_day(period="rolling", rolling_hours=24), 10 * OFF_MINOR),
    "money": ({"budget": {"discount_minor": 73_00}}, 73_00),
    "day-first": (
        {"limits": [_DAY | {"subject": "card"}, _MONTH | {"bound": 20, "subject": "card"}]},
        10 * OFF_MINOR,
    ),
    "month-first": (
        {"limits": [_DAY | {"subject": "card"}, _MONTH | {"bound": 6, "subject": "card"}]},
        6 * OFF_MINOR,
    ),
}
#: The article of which a program sells ten a day.
SCARCE: Final = "scarce"
_SCARCE_LIMIT: Final = _DAY | {
    "code": SCARCE,
    "measure": "units",
    "above": "refuse_sale",
    "goods": {"skus": [SCARCE]},
}


async def publish_kinds(service: Service) -> None:
    """A campaign for each article, and the program's own limit."""
    await service.database.executemany(
        "insert into product (partner_id, sku, category_code, name) values ($1, $2, 'home', $2)",
        [(world.NORTH, sku) for sku in (*KINDS, SCARCE)],
    )
    for sku, (bounds, _) in KINDS.items():
        off = {"kind": "amount", "lane": "goods", "amount_minor": OFF_MINOR}
        document = world.campaign(sku, off | {"goods": {"skus": [sku]}}, **bounds)
        await world.put_campaign(service.database, world.NORTH, document)
    program = world.program(limits=[_SCARCE_LIMIT])
    await world.put_program(service.database, world.NORTH, program)
    await service.operator().publish()
    for worker in service.workers:
        await worker.follower.step()


def of(sku: str, card: str, moment: str) -> Receipt:
    """One piece of an article: all sales are of one moment, so that no midnight comes between."""
    return receipt(line(sku, PRICE_MINOR), card=card, local_time=moment)


async def sell(service: Service, number: int, sale: Receipt, purchase_id: str = "") -> Any:
    """A sale by one of two workers; who hears that nothing was written sends it again."""
    till, request_id = service.till(worker=number % 2), fresh("confirm")
    purchase_id = purchase_id or fresh("sale")
    return await insist(lambda: till.confirm(purchase_id, sale, request_id=request_id))


async def sell_all(service: Service) -> tuple[dict[str, int], Counter[int]]:
    """What sales of all kinds to one card, at once, got together; the ends of the scarce ones.

    Both workers sell each kind, and first what may be had once: so they meet over the same rows.
    """
    (card,) = await make_members(service, 1, 0)
    moment = world.local_now()
    sales = [(turn, sku) for turn in range(SALES) for sku in (*KINDS, SCARCE)]
    answers = await asyncio.gather(
        *(sell(service, turn, of(sku, card, moment)) for turn, sku in sales)
    )
    got: Counter[str] = Counter()
    ends: Counter[int] = Counter()
    for (_, sku), answer in zip(sales, answers, strict=True):
        if sku == SCARCE:
            ends[answer.status] += 1
        else:
            got[sku] += answer.outcome.discount_minor
    return dict(got), ends


async def test_every_measure_is_exact_at_once(two_workers: Service) -> None:
    """Two hundred and fifty sales to one card by two workers: each kind gets its bound, no more."""
    await publish_kinds(two_workers)
    got, ends = await sell_all(two_workers)
    assert got == {sku: most for sku, (_, most) in KINDS.items()}
    assert ends == {pb.STATUS_OK: 10, pb.STATUS_REJECTED: SALES - 10}
    assert await violations(two_workers) == []


async def test_without_the_members_lock_measures_are_exceeded(
    two_workers: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race can fail: workers that read the same counts both give what is left."""
    await publish_kinds(two_workers)
    take_lock_away(two_workers, monkeypatch, "members")
    got, _ = await sell_all(two_workers)
    assert [sku for sku, (_, most) in KINDS.items() if got[sku] > most]
    assert await violations(two_workers)


async def test_a_return_frees_its_slot_for_one_sale(two_workers: Service) -> None:
    """One comes back while twenty want it: at most one gets it, and no more than ten ever have."""
    await publish_kinds(two_workers)
    moment = world.local_now()
    sale = of("day-first", world.CARD, moment)
    for number in range(10):
        await sell(two_workers, number, sale, f"sold-{number}")
    till = two_workers.till()
    back, *answers = await asyncio.gather(
        insist(lambda: till.take_back("sold-0", return_id="back", request_id="back")),
        *(sell(two_workers, number, sale) for number in range(20)),
    )
    assert back.returned.is_all
    had = sum(answer.outcome.discount_minor == OFF_MINOR for answer in answers)
    assert had <= 1
    last = await sell(two_workers, 0, sale)
    assert last.outcome.discount_minor == (0 if had else OFF_MINOR)
    used = "select used from limit_slot where campaign_code = 'day-first'"
    assert [row["used"] for row in await two_workers.database.fetch(used)] == [10, 10]
    assert await violations(two_workers) == []
