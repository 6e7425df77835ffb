"""A small real history: every operation once, so that every check has something to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import coupon_pb2 as cp
from checkout.v1 import operator_service_pb2 as op
from checkout.v1 import receipt_pb2
from tests.service import gifts, world
from tests.service.bulks import bulk_adjust, decide, row, set_four_eyes, undo
from tests.service.cards import add_card_type, issue_cards, replace_card
from tests.service.coupons import ISSUING, SERIES, issue
from tests.service.returns import bring_back
from tests.service.running import running_service
from tests.service.till import fresh, line, receipt, shown
from tests.verifier.history_asked import ask_in_every_way
from tests.verifier.history_erased import erase, erase_one_of_two
from tests.verifier.history_late import (
    add_by_hand,
    pay_with_what_is_gone,
    sell_without_the_service,
)
from tests.verifier.history_records import change_records
from tests.verifier.history_rules import program, publish_more_rules

if TYPE_CHECKING:
    from tests.service.running import Service
    from tests.service.till import Till


_POINTS = ("2", "1", "6", "7", "8")
RECOMPUTED = {"policy": "recomputed"}


async def play_history(dsn: str, redis_url: str) -> None:
    """Play it on the seeded world; the last hold stays pending."""
    await publish_more_rules(dsn)
    async with running_service(dsn, redis_url) as service:
        till = service.till()
        await _correct_points(service, till)
        await _sell_at_a_quoted_price(till)
        await _sell_with_a_hold(till)
        await _sell_to_a_guest(till)
        await _cancel(till)
        await _take_back(till)
        await sell_without_the_service(service, till)
        await add_by_hand(service)
        await ask_in_every_way(service, till)
        await _credit_later(till)
        await bring_back(till, 12_00, card=world.CARD, reason="a test")
        await bring_back(till, 3_00)
        await _compare_a_shift(till)
        await _intervene(service, till)
        await _correct_in_bulk(service, till)
        await _show_a_code(service, till)
        await _freeze_and_leave(service, till)
        await _use_coupons(service, till)
        await _pay_with_certificates(service, till)
        await _hand_out_gifts(service, till)
        await _let_time_pass(service, till)
        await _pool(service, till)
        await _count_and_judge(service, till)
        await _merge(service, till)
        await erase(service, till)
        await erase_one_of_two(service, till)
        await _take_back_what_the_rest_no_longer_costs(service, dsn)
        await service.workers[0].visit_counter.step()
        await change_records(service)
        held = await till.quote("pending", _sale(world.GOLD_CARD, 3_00), hold=True)
        assert held.hold.points_minor == 3_00


def _sale(card: str = world.CARD, points_minor: int = 20_03) -> receipt_pb2.Receipt:
    """Two equal lines among others; with limits, budgets, points, and a discount by hand."""
    return receipt(
        line("apple", 100_01, 1),
        line("apple", 100_01, 2),
        line("soap", 30_00, 3),
        line("bread", 50_00, 4, external_discount_minor=1_00),
        line("towel", 200_05, 5, manual_discount_minor=30_00),
        planned_tenders=[receipt_pb2.PlannedTender(kind="cash")],
        manual_permission="senior",
        card=card,
        points_minor=points_minor,
    )


async def _correct_points(service: Service, till: Till) -> None:
    member = await till.identify(card=world.CARD)
    await till.enrol(card="2900000000055", first_name="Eve")
    for amount_minor in (7_00, -3_00):
        await service.operator().call(
            "AdjustBalance",
            op.AdjustBalanceRequest(
                request_id=fresh("adjust"),
                member_id=member.member_id,
                currency=world.CURRENCY,
                amount_minor=amount_minor,
                reason="a correction",
            ),
        )


async def _sell_at_a_quoted_price(till: Till) -> None:
    sale = _sale()
    quoted = await till.quote("quoted", sale)
    confirmed = await till.confirm(
        "quoted",
        sale,
        quote_token=quoted.quote_token,
        settlement=receipt_pb2.Settlement(
            shift="1",
            receipt_number="17",
            cashier="Zoë",
            tenders=[receipt_pb2.Tender(kind="cash", amount_minor=quoted.outcome.payable_minor)],
            fiscal={"sign": '"1"', "drive": "2"},
        ),
    )
    assert confirmed.status == pb.STATUS_OK
    outcome = confirmed.outcome
    assert outcome.points_earned_minor > 0
    assert [points.currency for points in outcome.earned] == [world.CURRENCY, "stars"]
    assert outcome.manual_discount_minor == 20_00
    assert outcome.rounding_minor > 0


async def _sell_with_a_hold(till: Till) -> None:
    """The second hold replaces the first; the sale uses the member's limit."""
    sale = _sale()
    await till.quote("held", sale, hold=True)
    quoted = await till.quote("held", sale, hold=True)
    await till.extend("held", 1_200)
    confirmed = await till.confirm("held", sale, quote_token=quoted.quote_token)
    assert confirmed.status == pb.STATUS_OK


async def _sell_to_a_guest(till: Till) -> None:
    confirmed = await till.confirm("guest", receipt(line("bread", 50_00), line("soap", 9_99, 2)))
    assert confirmed.status == pb.STATUS_OK


async def _cancel(till: Till) -> None:
    """With a hold, and before anything else was heard of the purchase."""
    await till.quote("cancelled", _sale(), hold=True)
    released = await till.cancel("cancelled")
    assert released.released_points_minor == 20_03
    await till.cancel("never heard of")


async def _take_back(till: Till) -> None:
    """Half of a sale with points, limits and budgets in two returns; a guest's whole; a debt."""
    first = await till.take_back("quoted", {1: 1_000, 3: 500, 4: 1_000})
    assert first.returned.points_back_minor > 0
    assert first.returned.points_taken
    await till.take_back("quoted", {3: 500})
    assert (await till.take_back("guest")).returned.is_all
    earned = await till.confirm("earned", receipt(line("apple", 5_000_00), card=world.CARD))
    balance_minor = earned.member.balances[0].active_minor
    spent = receipt(line("bread", 90_000_00), card=world.CARD, points_minor=balance_minor)
    await till.confirm("spent", spent)
    owed = await till.take_back("earned")
    assert owed.member.balances[0].debt_minor > 0
    paid = await till.confirm("paid", receipt(line("apple", 9_000_00), card=world.CARD))
    assert paid.member.balances[0].debt_minor == 0


async def _take_back_what_the_rest_no_longer_costs(service: Service, dsn: str) -> None:
    """A step that is floored: the rest costs more than was paid; and all of a sale in two steps."""
    large = world.campaign(
        "large",
        {"kind": "percent", "lane": "goods", "rate_bp": 2_000},
        when={"kind": "receipt_amount", "compare": "at_least", "amount_minor": 505_00},
        budget={"uses": 100},
    )
    await world.put_program(service.database, world.NORTH, program(returns=RECOMPUTED))
    await world.put_campaign(service.database, world.NORTH, large)
    await world.publish(dsn, "north")
    await service.workers[0].follower.step()
    till = service.till()
    (gift,) = await service.operator().issue_certificates("gift", 1, activate=True)
    new = (await till.enrol(card="2900000000086")).member.member_id
    await service.operator().adjust(new, 5_00)
    goods = receipt(
        *(line("cup", 10_00, 1, quantity_milli=2_000), line("towel", 490_00, 2)),
        card="2900000000086",
        points_minor=2_00,
        certificates=shown(gift),
    )
    for purchase_id in ("recomputed", "recomputed whole"):
        sold = await till.confirm(purchase_id, goods)
        assert sold.status == pb.STATUS_OK
        first = await till.take_back(purchase_id, {1: 1_000})
        assert first.returned.policy == pb.RETURN_POLICY_RECOMPUTED
        assert first.returned.is_floored
    assert (await till.take_back("recomputed whole")).returned.is_all


async def _credit_later(till: Till) -> None:
    """A guest's purchase that earns for a member, and comes back in part."""
    sale = receipt(line("apple", 300_00), line("soap", 9_99, 2))
    await till.confirm("forgotten", sale)
    credited = await till.credit("forgotten")
    assert credited.outcome.points_earned_minor > 0
    await till.take_back("forgotten", {1: 500})


async def _compare_a_shift(till: Till) -> None:
    totals = pb.ShiftTotals(sales=1)
    request = pb.ReconcileShiftRequest(shift="1", business_day=world.business_day(), till=totals)
    await till.call("ReconcileShift", request)


async def _let_time_pass(service: Service, till: Till) -> None:
    """Of a new member some points have run out, and some that were pending have begun."""
    eve = (await till.enrol(card="2900000000079")).member.member_id
    await service.operator().adjust(eve, 4_00)
    sold = await till.confirm("begins", receipt(line("apple"), card="2900000000079"))
    assert "stars" in {points.currency for points in sold.outcome.earned}
    await service.database.execute(
        "update lot set active_from = now() - interval '2 days',"
        " expires_at = now() - interval '20 minutes'"
        " where member_id = $1 and origin = 'adjusted'",
        eve,
    )
    await service.database.execute(
        "update lot set active_from = now() where member_id = $1 and is_pending", eve
    )
    await service.workers[0].lot_keeper.step()
    entries = (await till.statement("2900000000079")).entries
    assert entries[0].kind == pb.ENTRY_KIND_EXPIRY


async def _count_and_judge(service: Service, till: Till) -> None:
    """A tier that was reached, and one that an operator set; one that goods coming back took."""
    counter = service.workers[0].visit_counter
    await counter.step()
    assert (await till.identify(card=world.CARD)).tier == "silver"
    tom = (await till.enrol(card="2900000000277")).member.member_id
    sale = receipt(line("apple", 2_000_00), line("bread", 10_00, 2), card="2900000000277")
    await till.confirm("climbs", sale)
    await counter.step()
    await till.take_back("climbs", {1: 1_000})
    await counter.step()
    changes = await service.database.fetch(
        "select cause from tier_change where member_id = $1 order by seq", tom
    )
    assert [row["cause"] for row in changes] == ["reached", "taken_back"]
    await service.operator().set_tier(tom, "gold")


async def _correct_in_bulk(service: Service, till: Till) -> None:
    """Rows of a file; one approved, one rejected, one undone, one that waits."""
    boss = service.operator(author="boss")
    await set_four_eyes(service, 5_00)
    rows = [row(2 + n, points, card=world.GOLD_CARD) for n, points in enumerate(_POINTS)]
    made = await bulk_adjust(service.operator(), "bulk", rows)
    ids = [result.correction_id for result in made]
    await decide(boss, ids[2])
    await decide(boss, ids[3], reject=True)
    await undo(boss, ids[0])
    # What the same author corrects later on the same day is not to wait.
    await set_four_eyes(service, None)
    assert (await till.identify(card=world.GOLD_CARD)).member_id == made[0].member_id


async def _show_a_code(service: Service, till: Till) -> None:
    """A sale with a hold and one without, to a member who shows QR codes; and to who copied one."""
    gold = (await till.identify(card=world.GOLD_CARD)).member_id
    code = ""
    for purchase_id, hold in (("by code", False), ("by held code", True)):
        code = await service.operator().qr(gold, spends=True)
        sale = receipt(line("apple"), qr=code, points_minor=1)
        quoted = await till.quote(purchase_id, sale, hold=hold)
        sold = await till.confirm(purchase_id, sale, quote_token=quoted.quote_token)
        assert sold.member.member_id == gold
    copied = await till.confirm("by copied code", receipt(line("apple"), qr=code))
    assert not copied.member.member_id


async def _freeze_and_leave(service: Service, till: Till) -> None:
    """One account stays frozen, one was; one member has left, one came back."""
    operator = service.operator()
    eve = (await till.identify(card="2900000000062")).member_id
    gold = (await till.identify(card=world.GOLD_CARD)).member_id
    await operator.freeze_account(eve)
    for lift in (False, True):
        await operator.freeze_account(gold, lift=lift)
    await operator.leave(gold)
    await operator.join(gold)
    await operator.leave(eve)


async def _intervene(service: Service, till: Till) -> None:
    """A stop that stays and one that was lifted; blocks; a card replaced; points frozen."""
    operator = service.operator()
    await operator.stop("soap")
    await operator.stop("fruit")
    await operator.stop("fruit", lift=True)
    gold = await till.identify(card=world.GOLD_CARD)
    for lift in (False, True):
        await operator.block_member(gold.member_id, lift=lift)
        await operator.block_card(world.GOLD_CARD, lift=lift)
    await till.bind("2900000000062", shown="2900000000055", replace=True)
    await add_card_type(service)
    mine, _ = await issue_cards(operator, 2)
    await till.enrol(card="2900000000918")
    await replace_card(operator, "2900000000918", new_card=mine)
    await operator.freeze(gold.member_id, 2_00)
    await operator.restore((await operator.freeze(gold.member_id, 1_00)).freeze_id)


async def _use_coupons(service: Service, till: Till) -> None:
    """One used, one held, one used and given back; coupons and tags given, and taken back."""
    operator = service.operator()
    first, second, third, fourth = [c.code for c in await issue(operator, 4, uses_max=2)]
    used = receipt(line("towel", 20_00), coupons=[first, second])
    assert (await till.confirm("coupon", used)).outcome.coupons[0].series == SERIES
    await till.quote("coupon held", receipt(line("towel", 20_00), coupons=[second]), hold=True)
    await till.confirm("coupon back", receipt(line("towel", 20_00), coupons=[third]))
    await till.take_back("coupon back")
    for call in ("BlockCoupon", "UnblockCoupon", "BlockCoupon"):
        request = getattr(cp, f"{call}Request")
        await operator.call(call, request(request_id=fresh("b"), code=fourth, reason="a test"))
    for purchase in ("giving", "giving back"):
        sale = receipt(line("soap", 5_00), card=world.GOLD_CARD, coupons=[ISSUING])
        assert len((await till.confirm(purchase, sale)).coupons_issued) == 2
    await till.take_back("giving back")


async def _pay_with_certificates(service: Service, till: Till) -> None:
    """Certificates sold, spent, held, brought back, moved and blocked; a pass that paid."""
    operator = service.operator()
    one, two, three = await operator.issue_certificates("gift", 3)
    (visits,) = await operator.issue_certificates("fruit-5", 1, activate=True)
    sold = receipt(line("gift", 100_00, quantity_milli=3_000))
    settlement = receipt_pb2.Settlement(
        certificates_sold=[
            receipt_pb2.SoldCertificate(position=1, code=code) for code in (one, two, three)
        ]
    )
    await till.confirm("gifts", sold, settlement=settlement)
    await till.take_back("gifts", {1: 1_000})
    sale = receipt(
        line("bread", 30_00), line("apple", 20_00, 2), certificates=shown(one, two, three, visits)
    )
    paid = await till.confirm("paid-so", sale)
    assert paid.outcome.certificates_minor > 0
    await till.take_back("paid-so", {1: 500})
    still = receipt(line("bread", 3_00), certificates=shown(one, two, three))
    quoted = await till.quote("keeps-gift", still)
    await till.hold("keeps-gift", still, quoted.quote_token, ttl_s=900)
    await pay_with_what_is_gone(service, till)
    (lost,) = await operator.issue_certificates("gift", 1, activate=True)
    await till.confirm("paid-by-lost", receipt(line("bread", 5_00), certificates=shown(lost)))
    await operator.call(
        "MoveCertificate",
        op.MoveCertificateRequest(request_id=fresh("move"), code=lost, reason="it was lost"),
    )
    await till.take_back("paid-by-lost")


async def _hand_out_gifts(service: Service, till: Till) -> None:
    """Counted, given and held by a campaign, brought back; given for points, and taken back."""
    operator = service.operator()
    assert (await gifts.set_stock(operator, 9)).stock == 9
    for purchase in ("with a mug", "without the mug"):
        sale = receipt(line(gifts.MUG_FOR, 5_00), card=world.GOLD_CARD)
        issued = (await till.confirm(purchase, sale)).outcome.issued
        assert [each.code for each in issued] == [gifts.MUG]
    assert (await till.take_back("without the mug")).returned.gifts_back
    await till.quote("keeps a mug", receipt(line(gifts.MUG_FOR, 5_00)), hold=True)
    member_id = (await till.identify(card=world.GOLD_CARD)).member_id
    await gifts.give(operator, member_id)
    two = await gifts.give(operator, member_id, count=2)
    back = await gifts.take_back(operator, two.gift_given_id)
    assert back.points_minor == 2 * gifts.MUG_MINOR


async def _pool(service: Service, till: Till) -> None:
    """Two pool their points, buy, hold, return what one bought before; one leaves.

    Corrections, gifts, forgotten cards and tags of a household have rows of their own shape.
    """
    operator = service.operator()
    cards = ("2900000000253", "2900000000260")
    members = [(await till.enrol(card=card)).member.member_id for card in cards]
    before = await till.confirm("alone", receipt(line("apple", 90_00), card=cards[0]))
    assert before.outcome.points_earned_minor > 0
    household_id = await operator.household(*members)
    for purchase_id, card in zip(("pooled", "pooled too"), cards, strict=True):
        await till.confirm(purchase_id, receipt(line("apple", 90_00), card=card, points_minor=1))
    await till.take_back("alone", {1: 500})
    await till.take_back("pooled")
    for purchase_id in ("pooled giving", "pooled giving back"):
        sale = receipt(line("soap", 5_00), card=cards[0], coupons=[ISSUING])
        assert len((await till.confirm(purchase_id, sale)).coupons_issued) == 2
    await till.take_back("pooled giving back")
    await till.confirm("pooled later", receipt(line("apple", 90_00)))
    await till.credit("pooled later", cards[1])
    given = await operator.adjust(members[0], 5_00)
    await operator.adjust(members[1], -2)
    await undo(operator, given.correction_id)
    await operator.adjust(members[0], 3 * gifts.MUG_MINOR)
    await gifts.give(operator, members[0])
    mug = await gifts.give(operator, members[0])
    await gifts.take_back(operator, mug.gift_given_id)
    for lift in (False, True):
        await operator.freeze_account(members[1], lift=lift)
    await operator.leave_household(members[1])
    assert (await till.identify(card=cards[0])).household_id == household_id
    held = await till.quote(
        "pending pooled", receipt(line("apple"), card=cards[0], points_minor=1), hold=True
    )
    assert held.hold.points_minor == 1


async def _merge(service: Service, till: Till) -> None:
    """Two are one, one of them with a debt, and stay so; another two are taken apart again."""
    operator = service.operator()
    cards = [f"29000000003{number}" for number in ("07", "14", "21")]
    debtor, survivor, other = [(await till.enrol(card=card)).member.member_id for card in cards]
    for card, purchase_id in zip(cards, ("merge-1", "merge-2", "merge-3"), strict=True):
        await till.confirm(purchase_id, receipt(line("apple", 90_00), card=card))
    spent = receipt(line("apple", 90_00), card=cards[0], points_max=True)
    assert (await till.confirm("merge-4", spent)).outcome.redemption.points_minor > 0
    await till.take_back("merge-1")
    for _ in range(2):
        await operator.merge(debtor, survivor)
    for lift in (False, True):
        await operator.freeze_account(debtor, lift=lift)
    (coupon,) = await issue(operator, 1, member_id=other)
    taken_apart = await operator.merge(other, survivor)
    bought = receipt(line("towel", 50_00), card=cards[1], points_minor=1, coupons=[coupon.code])
    assert (await till.confirm("merge-5", bought)).outcome.coupons[0].used_up
    await till.take_back("merge-3", {1: 500})
    await operator.unmerge(taken_apart.merge_id)
    await till.take_back("merge-4", {1: 500})
    person_id = (await operator.link(survivor)).person_id
    zoe = (await service.till("south-s1-t1").identify(card=world.CARD)).member_id
    await service.operator(partner="south").link(zoe, person_id)
    await operator.link(other)
    await operator.unlink(other)
