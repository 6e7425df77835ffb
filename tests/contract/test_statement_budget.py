"""The statements that flows cost, as their heads promise, whatever the size of a batch."""

from __future__ import annotations

import asyncio

import pytest
import redis

from checkout.cache import connection
from checkout.v1 import gift_pb2
from tests.contract.statements import BATCH, counted, open_all
from tests.service import gifts, world
from tests.service.batching import batched
from tests.service.bulks import bulk_adjust, row, undo
from tests.service.cards import add_card_type, issue_cards, replace_card
from tests.service.coupons import ISSUING, issue, publish_coupon_rules
from tests.service.gifts import publish_gift_rules
from tests.service.purchases import add_purchase
from tests.service.returns import bring_back
from tests.service.running import Service
from tests.service.till import fresh, line, receipt, shown


def told(*names: str) -> list[str]:
    """A batch of which the history is told at its end: what operators change."""
    *before, commit = names
    return [*before, "note_changes", commit]


@pytest.mark.parametrize("size", [1, 64])
async def test_a_batch_costs_the_same_whatever_its_size(service: Service, size: int) -> None:
    """One confirm and sixty-four cost eight statements: the head of the batch says so."""
    await open_all(service)
    till = service.till()
    sale = receipt(line("bread"), line("apple", position=2), card=world.CARD, points_minor=1)
    with counted(service) as statements:
        await batched(
            service.workers[0], [till.confirm(fresh("budget"), sale) for _ in range(size)]
        )
    assert statements.batches() == [BATCH]


async def test_a_batch_without_budgets_does_not_lock_any(service: Service) -> None:
    """Goods that no campaign with a budget means cost seven statements; a guest's five."""
    await open_all(service)
    till = service.till()
    for card, skipped in (
        (world.CARD, {"lock_budgets"}),
        ("", {"lock_budgets", "lock_members", "read_members"}),
    ):
        with counted(service) as statements:
            await till.confirm(fresh("budget"), receipt(line("apple"), card=card))
        assert statements.batches() == [[name for name in BATCH if name not in skipped]]


async def test_a_mixed_batch_costs_the_same(service: Service) -> None:
    """Confirms, holds and cancels of many in one batch are eight statements."""
    await open_all(service)
    till = service.till()
    sale = receipt(line("bread"), card=world.CARD, points_minor=1)
    with counted(service) as statements:
        await batched(
            service.workers[0],
            [
                *(till.confirm(fresh("mixed"), sale) for _ in range(10)),
                *(till.quote(fresh("mixed"), sale, hold=True) for _ in range(10)),
                *(till.cancel(fresh("mixed")) for _ in range(10)),
            ],
        )
    assert statements.batches() == [BATCH]


async def test_returns_cost_two_statements_more(service: Service) -> None:
    """Whatever their number: one reads the sales, one what a return may give back of them."""
    await open_all(service)
    till = service.till()
    sale = receipt(line("bread"), card=world.CARD)
    bought = [fresh("sold") for _ in range(8)]
    for purchase_id in bought:
        await till.confirm(purchase_id, sale)
    with counted(service) as statements:
        await batched(service.workers[0], [till.take_back(each) for each in bought])
    (batch,) = statements.batches()
    assert set(batch) - set(BATCH) == {"read_sales", "read_sale_state"}
    assert len(batch) == len(BATCH) + 2


async def test_receipts_from_off_line_cost_one_statement_more(service: Service) -> None:
    """Whatever their number: it reads what was in force when they were made."""
    await open_all(service)
    till = service.till()
    sale = receipt(line("bread"), card=world.CARD)
    with counted(service) as statements:
        await batched(service.workers[0], [till.submit(fresh("sold"), sale) for _ in range(8)])
    (batch,) = statements.batches()
    assert set(batch) - set(BATCH) == {"read_publications_then"}
    assert len(batch) == len(BATCH) + 1


async def test_credits_cost_two_statements_more(service: Service) -> None:
    """Whatever their number: the same as returns."""
    await open_all(service)
    till = service.till()
    bought = [fresh("sold") for _ in range(8)]
    for purchase_id in bought:
        await till.confirm(purchase_id, receipt(line("bread")))
    with counted(service) as statements:
        await batched(service.workers[0], [till.credit(each) for each in bought])
    (batch,) = statements.batches()
    assert set(batch) - set(BATCH) == {"read_sales", "read_sale_state"}
    assert len(batch) == len(BATCH) + 2


async def test_certificates_cost_two_statements_more(service: Service) -> None:
    """Whatever their number: one locks and reads, one writes; a quote reads once."""
    await open_all(service)
    till = service.till()
    codes = await service.operator().issue_certificates("gift", 8, activate=True)
    sales = [receipt(line("bread"), card=world.CARD, certificates=shown(code)) for code in codes]
    with counted(service) as statements:
        await batched(
            service.workers[0], [till.confirm(fresh("certified"), sale) for sale in sales]
        )
    (batch,) = statements.batches()
    assert set(batch) - set(BATCH) == {"lock_certificates", "write_certificates"}
    assert len(batch) == len(BATCH) + 2
    with counted(service) as statements:
        await till.quote(fresh("certified"), receipt(certificates=shown(*codes)))
    assert statements.reads() == ["read_certificates"]


async def test_what_people_change_costs_three_statements_more(service: Service) -> None:
    """A stop beside a sale: eleven; by itself eight. What is stopped is read with the keys."""
    await open_all(service)
    till, operator = service.till(), service.operator()
    sale = receipt(line("bread"), card=world.CARD)
    with counted(service) as statements:
        await batched(
            service.workers[0], [operator.stop("soap"), till.confirm(fresh("stop"), sale)]
        )
    written = BATCH.index("write_book")
    read = BATCH.index("lock_members")
    assert statements.batches() == [
        [
            *BATCH[:read],
            "read_named",
            *BATCH[read:written],
            "write_interventions",
            *told(*BATCH[written:]),
        ]
    ]
    with counted(service) as statements:
        await operator.stop("soap", lift=True)
    assert statements.batches() == [
        [
            *("begin", "lock_keys", "read_keys", "read_named"),
            *told("write_interventions", "write_book", "commit"),
        ]
    ]


@pytest.mark.usefixtures("only_by_hand")
async def test_counting_purchases_costs_two_statements_more(service: Service) -> None:
    """One reads receipts and what counts of them, one writes what follows: for all of a batch."""
    till, counter = service.till(), service.workers[0].visit_counter
    sales = [receipt(line("bread"), card=card) for card in (world.CARD, world.GOLD_CARD)]
    await asyncio.gather(*(till.confirm(fresh("warm"), sale) for sale in sales))
    await counter.step()
    await asyncio.gather(*(till.confirm(fresh("count"), sale) for sale in sales))
    with counted(service, background=True) as statements:
        await counter.step()
    read, written = BATCH.index("lock_budgets"), BATCH.index("write_book")
    for batch in statements.batches():
        assert batch == [*BATCH[:read], "read_visits", "write_visits", *BATCH[written:]]
    assert statements.batches()
    tier = {"tier": "gold", "program": "main"}
    with counted(service) as statements:
        await service.operator().set_tier(await service.ann(), **tier)
    (batch,) = statements.batches()
    assert batch == told(*BATCH[:read], "write_visits", *BATCH[written:])


async def test_coupons_cost_two_statements_more(service: Service) -> None:
    """One locks and reads them, one writes what is used and issued, however many there are."""
    await publish_coupon_rules(service)
    codes = [each.code for each in await issue(service.operator(), 8)]
    await open_all(service)
    till = service.till()
    sales = [receipt(line("towel", 20_00), coupons=[code, ISSUING]) for code in codes]
    with counted(service) as statements:
        await batched(service.workers[0], [till.confirm(fresh("coupon"), each) for each in sales])
    (batch,) = statements.batches()
    guest = [name for name in BATCH if "member" not in name and name != "lock_budgets"]
    place = guest.index("write_book")
    assert batch == [*guest[:place], "lock_coupons", "write_coupons", *guest[place:]]
    with counted(service) as statements:
        await till.quote(fresh("coupon"), sales[0])
        await till.quote(fresh("coupon"), receipt(line("towel"), coupons=[ISSUING]))
    assert statements.reads() == ["read_coupons"]
    with counted(service) as statements:
        await till.confirm(fresh("shared"), receipt(line("towel"), coupons=[world.COUPON]))
    assert statements.batches() == [guest]


async def test_gifts_cost_two_statements_more(service: Service) -> None:
    """One locks stocks that may be drawn on, one writes what was given; the same for operators.

    What is taken back is read with one more, its lots with another, and how its member was merged.
    """
    await publish_gift_rules(service)
    await gifts.set_stock(service.operator(), 20)
    member_id = (await service.till().identify(card=world.CARD)).member_id
    await open_all(service)
    till, operator = service.till(), service.operator()
    sale = receipt(line(gifts.MUG_FOR, 5_00), card=world.CARD)
    with counted(service) as statements:
        given, *_ = await batched(
            service.workers[0],
            [
                *(gifts.give(operator, member_id) for _ in range(3)),
                *(till.confirm(fresh("mug"), sale) for _ in range(3)),
            ],
        )
    (batch,) = statements.batches()
    locks = [name for name in BATCH if name != "lock_budgets"]
    assert batch == told(*locks[:5], "lock_gifts", "write_gifts", *locks[5:])
    assert isinstance(given, gift_pb2.GiveGiftResponse)
    with counted(service) as statements:
        await gifts.take_back(operator, given.gift_given_id)
    (batch,) = statements.batches()
    reads = [*locks[:3], "read_gifts_given", *locks[3:5], "read_merged", "read_sale_state"]
    assert batch == told(*reads, "lock_gifts", "write_gifts", *locks[5:])
    await gifts.publish_gift_rules(service, per_member={"bound": 9})
    with counted(service) as statements:
        await gifts.give(operator, member_id)
    (batch,) = statements.batches()
    assert batch == told(*locks[:5], "lock_gifts", "read_gifts_had", "write_gifts", *locks[5:])
    with counted(service) as statements:
        await gifts.set_stock(operator, 5)
    (batch,) = statements.batches()
    assert batch == told(*locks[:3], "lock_gifts", "write_gifts", *locks[5:])


async def test_a_purchase_by_hand_costs_two_statements_more_than_one_from_off_line(
    service: Service,
) -> None:
    """The author's allowance is locked and read; who added it is kept. A number costs one more."""
    await add_purchase(service.operator(), 1_00)
    with counted(service) as statements:
        await add_purchase(service.operator(), 1_00, receipt_number="4711")
    (batch,) = statements.batches()
    assert not [n for n in statements.reads() if n not in batch]
    assert batch == [
        *BATCH[:3],
        "read_publications_then",
        "read_store_numbers",
        *BATCH[3:5],
        "lock_limits",
        "read_limit_slots",
        "write_interventions",
        *told(*BATCH[6:]),
    ]


async def test_goods_without_a_receipt_cost_one_statement_more(service: Service) -> None:
    """Beside the allowance, which is a shared limit: lock, read, and once a row that is made."""
    till = service.till()
    await bring_back(till, 1_00)
    await open_all(service)
    with counted(service) as statements:
        await batched(service.workers[0], [bring_back(till, 1_00) for _ in range(5)])
    (batch,) = statements.batches()
    allowance = ["lock_limits", "read_limit_slots", "write_without_receipt"]
    assert batch == [*BATCH[:3], *allowance, *BATCH[-2:]]


async def test_a_cached_quote_asks_the_database_nothing(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the cache knows the member, quotes send no statement, also after his next purchase."""
    # On a busy machine the cache may be late, and quotes would rightly ask PostgreSQL.
    monkeypatch.setattr(connection, "TIMEOUT_S", 10)
    await open_all(service)
    till = service.till()
    sale = receipt(line("bread"), card=world.CARD, points_max=True)
    await till.quote("p", sale)
    await till.confirm("p", receipt(line("bread"), card=world.CARD))
    # The confirm's own invalidation does not throw out the state that the confirm has cached.
    await service.workers[0].group_commit.drain()
    await service.workers[0].invalidator.step()
    with counted(service) as statements:
        quoted = await asyncio.gather(*(till.quote(fresh("cached"), sale) for _ in range(20)))
        await till.quote("guest", receipt())
    assert statements.reads() == []
    assert {q.member.balances[0].active_minor for q in quoted} == {await till.balance_minor()}


async def test_cards_are_issued_in_one_statement_more(service: Service) -> None:
    """However many; giving one to a member is what any card costs."""
    await open_all(service)
    await add_card_type(service)
    with counted(service) as statements:
        number, *_ = await issue_cards(service.operator(), 100)
    before, after = BATCH[: BATCH.index("lock_members")], BATCH[BATCH.index("write_book") :]
    assert statements.batches() == [told(*before, "write_cards", *after)]
    with counted(service) as statements:
        await replace_card(service.operator(), world.CARD, new_card=number)
    made = ["lock_members", "read_members", "write_enrolment", "write_interventions"]
    assert statements.batches() == [told(*before, *made, *after)]


async def test_a_household_costs_a_batch_nothing_and_a_quote_one_read(service: Service) -> None:
    """It is locked and read with its members; a quote that misses the cache reads it, too."""
    await open_all(service)
    till, operator = service.till(), service.operator()
    members = [(await till.identify(card=c)).member_id for c in (world.CARD, world.GOLD_CARD)]
    with counted(service) as statements:
        household_id = await operator.household()
    before, after = BATCH[: BATCH.index("lock_members")], BATCH[BATCH.index("write_book") :]
    made = ["write_enrolment", "write_interventions"]
    assert statements.batches() == [told(*before, *made, *after)]
    with counted(service) as statements:
        await operator.join_household(household_id, members[0])
    locked = ["lock_members", "read_members", "write_interventions"]
    assert statements.batches() == [told(*before, *locked, *after)]
    await operator.join_household(household_id, members[1])
    sale = receipt(line("bread"), card=world.CARD)
    with counted(service) as statements:
        await batched(service.workers[0], [till.confirm(fresh("pool"), sale) for _ in range(8)])
    assert statements.batches() == [BATCH]
    await service.workers[0].group_commit.drain()
    await service.workers[0].invalidator.step()
    with redis.Redis.from_url(service.redis_url, protocol=3) as client:
        client.flushdb()
    with counted(service) as statements:
        await till.quote("p", sale)
    assert sorted(statements.reads()) == ["find_identifier", "read_members", "read_members"]


async def test_a_quote_that_misses_the_cache_reads_twice(service: Service) -> None:
    """Whose the card is, and the member: two reads, however many ask at once for the member."""
    await open_all(service)
    till = service.till()
    with counted(service) as statements:
        await till.quote("p", receipt(card=world.GOLD_CARD))
    assert sorted(statements.reads()) == ["find_identifier", "read_members"]


async def test_a_page_of_a_statement_is_one_statement(service: Service) -> None:
    """On the first page another one for what is owed, beside the two reads that find a member."""
    await open_all(service)
    till = service.till()
    with counted(service) as statements:
        await till.statement(world.GOLD_CARD)
    reads = ["find_identifier", "read_debts", "read_members", "read_statement"]
    assert sorted(statements.reads()) == reads
    with counted(service) as statements:
        await till.statement(world.GOLD_CARD, page_token="9")
    assert statements.reads() == ["read_statement"]


@pytest.mark.parametrize("size", [1, 100])
async def test_a_page_of_a_bulk_costs_the_same_whatever_its_size(
    service: Service, size: int
) -> None:
    """One row and a hundred are ten statements; taking them back one more."""
    await open_all(service)
    operator = service.operator()
    rows = [row(2 + number, "1") for number in range(size)]
    written = ["write_corrections", "write_book", "commit"]
    members = ["lock_members", "read_members"]
    keys = ["begin", "lock_keys", "read_keys", "read_corrections"]
    with counted(service) as statements:
        made = await bulk_adjust(operator, fresh("bulk"), rows)
    assert statements.batches() == [told(*keys, *members, *written)]
    with counted(service) as statements:
        await undo(operator, *(each.correction_id for each in made))
    assert statements.batches() == [told(*keys, *members, "read_sale_state", *written)]


async def test_erasing_costs_two_more_than_an_intervention(service: Service) -> None:
    """One reads whether a hold is open, one writes all that goes; what is written off is free."""
    await open_all(service)
    operator, ann = service.operator(), await service.ann()
    with counted(service) as statements:
        await operator.erase(ann, write_off=True)
    before, after = BATCH[: BATCH.index("lock_budgets")], BATCH[BATCH.index("write_book") :]
    written = ["read_merged", "write_interventions", "write_erasures"]
    assert statements.batches() == [told(*before, *written, *after)]


async def test_a_merged_member_costs_a_sale_one_read_and_what_came_before_two(
    service: Service,
) -> None:
    """Its names are looked for; a return of before reads how they were merged, and writes it."""
    await open_all(service)
    till, operator = service.till(), service.operator()
    await till.confirm("before", receipt(line("apple"), card=world.GOLD_CARD))
    old, new = [(await till.identify(card=c)).member_id for c in (world.GOLD_CARD, world.CARD)]
    before, after = BATCH[: BATCH.index("lock_budgets")], BATCH[BATCH.index("write_book") :]
    with counted(service) as statements:
        merged = await operator.merge(old, new)
    written = ["write_interventions", "write_identities"]
    assert statements.batches() == [told(*before, "read_merged", "read_visits", *written, *after)]
    with counted(service) as statements:
        await till.confirm("p", receipt(line("bread"), card=world.GOLD_CARD, points_minor=1))
    at = BATCH.index("read_members")
    assert statements.batches() == [[*BATCH[:at], "read_names", *BATCH[at:]]]
    with counted(service) as statements:
        await till.take_back("before")
    reads = ["lock_keys", "read_keys", "read_sales", "lock_members", "read_names"]
    reads += ["read_members", "read_merged"]
    assert statements.batches() == [
        ["begin", *reads, "read_sale_state", "write_identities", *after]
    ]
    with counted(service) as statements:
        await operator.unmerge(merged.merge_id)
    before.insert(before.index("read_members"), "read_names")
    named = before.index("lock_members")
    assert statements.batches() == [
        told(*before[:named], "read_identities", *before[named:], "read_merged", *written, *after)
    ]
    await service.workers[0].group_commit.drain()
    await service.workers[0].invalidator.step()
    with redis.Redis.from_url(service.redis_url, protocol=3) as client:
        client.flushdb()
    await operator.merge(old, new)
    with counted(service) as statements:
        await till.quote("q", receipt(line("bread"), card=world.GOLD_CARD))
    assert sorted(statements.reads()) == ["find_identifier"]
