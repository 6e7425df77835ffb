"""Two members who are one: what every call means by the other name, and what comes back of it."""

from __future__ import annotations

from uuid import uuid4

import pytest

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import error_reason_pb2
from checkout.v1 import operator_service_pb2 as op
from tests.integration.test_what_rules_look_at import put_in_force, put_words, towel
from tests.races.ledger_state import violations
from tests.service import world
from tests.service.bulks import bulk_adjust, decide, row, set_four_eyes, undo
from tests.service.coupons import OFF_MINOR, check, coupons_of, issue, publish_coupon_rules
from tests.service.running import Service, wait_until
from tests.service.till import fresh, line, receipt, refusal_of

MERGED = error_reason_pb2.ERROR_REASON_MEMBER_MERGED
OLD, NEW = world.GOLD_CARD, world.CARD
BOTH_MINOR = world.ANN_POINTS_MINOR + 10_00


async def member_of(service: Service, card: str) -> str:
    return (await service.till().identify(card=card)).member_id


async def merged(service: Service) -> tuple[str, str, str]:
    """The member of the gold card is Ann from now on: both ids, and that of the merge."""
    old, new = await member_of(service, OLD), await member_of(service, NEW)
    merge_id = (await service.operator().merge(old, new)).merge_id
    return old, new, merge_id


# ---- who is meant


async def test_whatever_identified_the_absorbed_identifies_the_survivor(service: Service) -> None:
    """Card, phone and the partner's own id; at the same moment, and again apart afterwards."""
    till, operator = service.till(), service.operator()
    shown = {"card": "2900000000550", "phone": "+79001230055", "external_id": "crm-55"}
    old = (await till.enrol(**shown)).member.member_id
    new = await member_of(service, NEW)
    merge_id = (await operator.merge(old, new)).merge_id
    for kind, value in shown.items():
        assert (await till.identify(**{kind: value})).member_id == new
    again = await refusal_of(till.enrol(card=shown["card"]))
    assert again.reason == "IDENTIFIER_TAKEN"
    await operator.unmerge(merge_id)
    for kind, value in shown.items():
        assert (await till.identify(**{kind: value})).member_id == old
    assert await violations(service) == []


async def test_points_are_together_and_the_statement_says_where_they_came_from(
    service: Service,
) -> None:
    """One entry for what was moved, with the lots and their ends; the sum is the balance."""
    till = service.till()
    before = (await till.identify(card=OLD)).balances[0]
    await merged(service)
    for card in (OLD, NEW):
        assert await till.balance_minor(card) == BOTH_MINOR
    page = await till.statement(OLD)
    assert page.balance_minor == page.entries[0].balance_after_minor == BOTH_MINOR
    assert page.entries[0].kind == pb.ENTRY_KIND_TRANSFER
    assert page.entries[0].amount_minor == 10_00
    assert [lot.expires_at for lot in page.entries[0].lots] == [before.expiring_at]
    assert await violations(service) == []


async def test_quotes_know_it_within_two_seconds(service: Service) -> None:
    """Also where both states were cached; and that the two are two again."""
    till, operator = service.till(), service.operator()
    for card in (OLD, NEW):
        await till.quote("q", receipt(card=card))
    old, new, merge_id = await merged(service)

    async def is_one() -> bool:
        member = (await till.quote("q", receipt(card=OLD))).member
        return (member.member_id, member.balances[0].active_minor) == (new, BOTH_MINOR)

    await wait_until(is_one, within_s=2, what="the merge")
    await operator.unmerge(merge_id)

    async def are_two() -> bool:
        members = [(await till.quote("q", receipt(card=card))).member for card in (OLD, NEW)]
        balances = [member.balances[0].active_minor for member in members]
        return [m.member_id for m in members] == [old, new] and sum(balances) == BOTH_MINOR

    await wait_until(are_two, within_s=2, what="the unmerge")


async def test_a_quote_for_the_absorbed_is_honoured_or_the_price_has_changed(
    service: Service,
) -> None:
    """The same sum: sold to the survivor. Another sum: a fresh quote, and nothing has happened."""
    till = service.till()
    fixed = receipt(line("towel", 100_00), card=OLD, points_minor=5_00)
    most = receipt(line("towel", 100_00), card=OLD, points_max=True)
    quoted, quoted_most = await till.quote("fixed", fixed), await till.quote("most", most)
    assert quoted_most.outcome.redemption.points_minor == 10_00
    _, new, _ = await merged(service)
    changed = await till.confirm("most", most, quote_token=quoted_most.quote_token)
    assert changed.status == pb.STATUS_PRICE_CHANGED
    assert await till.balance_minor(NEW) == BOTH_MINOR
    sold = await till.confirm("fixed", fixed, quote_token=quoted.quote_token)
    assert (sold.status, sold.member.member_id) == (pb.STATUS_OK, new)
    fresh_token = changed.quote.quote_token
    sold = await till.confirm("most", most, quote_token=fresh_token)
    assert sold.status == pb.STATUS_OK
    assert await violations(service) == []


async def test_late_sales_belong_to_the_survivor(service: Service) -> None:
    """What a till sold by itself, and a guest's receipt that is credited, twice asked."""
    till = service.till()
    await till.confirm("guest", receipt(line("apple", 100_00)))
    _, new, _ = await merged(service)
    told = await till.submit("offline", receipt(line("apple", 100_00), card=OLD))
    assert told.confirmed.member.member_id == new
    credited = await till.credit("guest", OLD)
    assert credited.member.member_id == new
    assert (await till.credit("guest", NEW)).credited_at == credited.credited_at
    assert await till.balance_minor(NEW) > BOTH_MINOR
    assert await violations(service) == []


async def test_a_code_that_was_shown_for_the_absorbed_brings_the_survivor(
    service: Service,
) -> None:
    """A QR code of before, and one that is asked for by the old id."""
    till, operator = service.till(), service.operator()
    before = await operator.qr(await member_of(service, OLD), spends=True)
    old, new, _ = await merged(service)
    for number, code in enumerate((before, await operator.qr(old, spends=True))):
        sale = receipt(line("towel"), qr=code, points_minor=20_00)
        sold = await till.confirm(f"qr-{number}", sale)
        assert (sold.status, sold.member.member_id) == (pb.STATUS_OK, new)
    assert await violations(service) == []


async def test_coupons_of_the_absorbed_are_the_survivors(service: Service) -> None:
    """Listed, good and used by whichever card; afterwards what is left is the other's again."""
    await publish_coupon_rules(service)
    till, operator = service.till(), service.operator()
    old = await member_of(service, OLD)
    one, two = await issue(operator, 2, member_id=old)
    assert [each.coupon_id for each in (await coupons_of(till, NEW)).coupons] == []
    _, _, merge_id = await merged(service)
    listed = {each.coupon_id for each in (await coupons_of(till, NEW)).coupons}
    assert listed == {one.coupon_id, two.coupon_id}
    assert (await check(till, one.code, NEW)).coupon.coupon_id == one.coupon_id
    sale = receipt(line("towel", 50_00), card=NEW, coupons=[one.code])
    sold = await till.confirm("towel", sale)
    assert (sold.outcome.coupons[0].used_up, sold.outcome.payable_minor) == (
        True,
        50_00 - OFF_MINOR,
    )
    await operator.unmerge(merge_id)
    others = receipt(line("towel", 50_00), card=NEW, coupons=[two.code])
    assert (await till.confirm("not hers", others)).outcome.payable_minor == 50_00
    assert await violations(service) == []


async def test_operators_who_name_the_absorbed_mean_the_survivor(service: Service) -> None:
    """Corrections, single and from a file, freezes, blocks, and the list of receipts."""
    till, operator = service.till(), service.operator()
    await till.confirm("before", receipt(line("apple"), card=OLD))
    old, new, _ = await merged(service)
    await till.confirm("after", receipt(line("apple"), card=OLD))
    before = await till.balance_minor(NEW)
    adjusted = await operator.adjust(old, 1_00)
    assert adjusted.balance.active_minor == before + 1_00
    rows = (row(2, "2", member_id=old), row(3, "3", card=OLD))
    booked = [(await bulk_adjust(operator, each.points, [each]))[0] for each in rows]
    assert {each.member_id for each in booked} == {new}
    assert booked[-1].balance.active_minor == before + 6_00
    assert (await operator.freeze(old, 5_00)).balance.frozen_minor == 5_00
    for named in (old, new):
        page: op.ListReceiptsResponse = await operator.call(
            "ListReceipts", op.ListReceiptsRequest(member_id=named)
        )
        assert [each.purchase_id for each in page.receipts] == ["after", "before"]
    await operator.block_member(old)
    sold = await till.confirm("blocked", receipt(card=NEW))
    assert sold.identifier_reason == error_reason_pb2.ERROR_REASON_MEMBER_BLOCKED
    assert await violations(service) == []


async def test_a_card_that_is_bound_meanwhile_stays_with_the_survivor(service: Service) -> None:
    """The old cards go back, the new one does not; a card of the other name is no other's."""
    till, operator = service.till(), service.operator()
    _, new, merge_id = await merged(service)
    await till.bind("2900000000567", shown=OLD)
    again = await till.bind(OLD, shown=NEW)
    assert again.member.member_id == new
    await operator.unmerge(merge_id)
    assert await member_of(service, "2900000000567") == new
    assert await member_of(service, OLD) != new
    assert await violations(service) == []


# ---- what is seen of both


async def test_the_better_tier_counts_as_long_as_they_are_one(service: Service) -> None:
    """The gold card's member earns double; so does Ann, until they are two again."""
    till, operator = service.till(), service.operator()
    _, _, merge_id = await merged(service)
    assert (await till.identify(card=NEW)).tier == "gold"
    sold = await till.confirm("gold", receipt(line("apple", 100_00), card=NEW))
    await operator.unmerge(merge_id)
    assert (await till.identify(card=NEW)).tier == "base"
    later = await till.confirm("base", receipt(line("apple", 100_00), card=NEW))
    assert sold.outcome.points_earned_minor == 2 * later.outcome.points_earned_minor > 0
    assert await violations(service) == []


async def test_what_is_known_of_the_absorbed_reaches_the_survivors_quotes(
    service: Service,
) -> None:
    """Its lists and segments count, also those that change later, at a cache that knew others."""
    await put_words(service, '{"segments": ["young"]}')
    await put_in_force(service, towel(when={"kind": "segment", "segments": ["young"]}))
    till = service.till()
    old, _, _ = await merged(service)
    sale = receipt(line("towel", 50_00), card=NEW)
    assert (await till.quote("q", sale)).outcome.payable_minor == 50_00
    await service.database.execute(
        "update member_profile set traits = $2 where member_id = $1", old, '{"segments": ["young"]}'
    )

    async def is_known() -> bool:
        return (await till.quote("q", sale)).outcome.payable_minor == 40_00

    await wait_until(is_known, within_s=2, what="the segment")
    assert (await till.confirm("young", sale)).outcome.payable_minor == 40_00


async def test_the_survivor_leaves_and_joins_for_both(service: Service) -> None:
    """Whoever leaves under one name has left under the other."""
    till, operator = service.till(), service.operator()
    old, _, _ = await merged(service)
    await operator.leave(old)
    for card in (OLD, NEW):
        assert (await refusal_of(till.identify(card=card))).reason == "PROGRAM_LEFT"
    await operator.join(old)
    assert (await till.identify(card=NEW)).balances[0].active_minor == BOTH_MINOR
    assert await violations(service) == []


async def test_uses_of_limits_count_together(service: Service) -> None:
    """Twice a week for both of them, and for each again afterwards as far as they have not."""
    till, operator = service.till(), service.operator()

    async def paid(card: str) -> int:
        sale = receipt(line("soap", 20_00), card=card)
        return (await till.confirm(fresh("soap"), sale)).outcome.payable_minor

    assert await paid(OLD) == 15_00
    _, _, merge_id = await merged(service)
    assert [await paid(NEW), await paid(OLD)] == [15_00, 20_00]
    await operator.unmerge(merge_id)
    assert [await paid(OLD), await paid(NEW), await paid(OLD)] == [15_00, 15_00, 20_00]
    assert await violations(service) == []


# ---- what was bought before


async def test_corrections_of_the_absorbed_are_undone_with_the_survivor(service: Service) -> None:
    """Given and taken ones, of before; what was proposed for the old name is proposed anew."""
    till, operator = service.till(), service.operator()
    old = await member_of(service, OLD)
    given = (await operator.adjust(old, 7_00)).correction_id
    taken = (await operator.adjust(old, -2_00)).correction_id
    await set_four_eyes(service, 50_00)
    proposed = (await operator.adjust(old, 60_00)).correction_id
    await merged(service)
    assert await till.balance_minor(NEW) == BOTH_MINOR + 5_00
    one, two = await undo(operator, given, taken)
    assert (one.changed, one.owed_minor, two.changed) == (True, 0, True)
    assert two.balance.active_minor == BOTH_MINOR
    (refused,) = await decide(service.operator(author="boss"), proposed)
    assert (refused.state, refused.reason) == (op.CORRECTION_STATE_REFUSED, MERGED)
    (rejected,) = await decide(service.operator(author="boss"), proposed, reject=True)
    assert rejected.state == op.CORRECTION_STATE_REJECTED
    assert await violations(service) == []


async def test_points_that_are_spent_are_owed_by_the_survivor(service: Service) -> None:
    """Goods of the old card come back when all is spent; the debt goes back with the rest."""
    till, operator = service.till(), service.operator()
    sold = await till.confirm("one", receipt(line("apple", 500_00), card=OLD))
    earned = sold.outcome.points_earned_minor
    _, new, merge_id = await merged(service)
    await operator.adjust(new, -(BOTH_MINOR + earned))
    back = await till.take_back("one")
    (taken,) = back.returned.points_taken
    assert (taken.points_minor, taken.owed_minor) == (earned, earned)
    assert back.member.balances[0].active_minor == -earned
    assert await till.balance_minor(NEW) == -earned
    went = await operator.unmerge(merge_id)
    assert dict(went.debts_minor) == {world.CURRENCY: earned}
    assert [await till.balance_minor(card) for card in (OLD, NEW)] == [-earned, 0]
    assert await violations(service) == []


# ---- what is refused


async def test_whom_no_merge_takes(service: Service) -> None:
    """Nobody, another partner's, a member of a household; each with the field and the reason."""
    till, operator = service.till(), service.operator()
    old, new = await member_of(service, OLD), await member_of(service, NEW)
    zoe = (await service.till("south-s1-t1").identify(card=world.CARD)).member_id
    for absorbed, survivor in ((str(uuid4()), new), (old, str(uuid4())), (zoe, new), (old, zoe)):
        said = await refusal_of(operator.merge(absorbed, survivor))
        assert said.reason == "MEMBER_UNKNOWN"
    household_id = await operator.household()
    said = await refusal_of(operator.merge(old, household_id))
    assert said.reason == "MEMBER_UNKNOWN"
    await operator.join_household(household_id, new)
    for pair in ((old, new), (new, old)):
        said = await refusal_of(operator.merge(*pair))
        assert (said.reason, said.numbers["household_id"]) == ("MEMBER_IN_HOUSEHOLD", household_id)
    itself = await refusal_of(operator.merge(old, old))
    assert (itself.reason, itself.fields) == ("FIELD_INVALID", ("surviving_member_id",))
    assert await till.balance_minor(OLD) == 10_00
    assert await violations(service) == []


async def test_a_frozen_account_takes_and_gives_nothing(service: Service) -> None:
    """Neither side's; when it is lifted, the points move."""
    operator = service.operator()
    old, new = await member_of(service, OLD), await member_of(service, NEW)
    for named in (old, new):
        await operator.freeze_account(named)
        said = await refusal_of(operator.merge(old, new))
        assert said.reason == "POINTS_NOT_FREE"
        await operator.freeze_account(named, lift=True)
    merge_id = (await operator.merge(old, new)).merge_id
    await operator.freeze_account(new)
    said = await refusal_of(operator.unmerge(merge_id))
    assert (said.reason, said.numbers["bound_minor"]) == ("POINTS_NOT_FREE", "1000")
    await operator.freeze_account(new, lift=True)
    # What is frozen twice is no freer.
    points = await operator.freeze(new)
    await operator.freeze_account(new)
    said = await refusal_of(operator.unmerge(merge_id))
    assert (said.reason, said.numbers["bound_minor"]) == ("POINTS_NOT_FREE", "1000")
    await operator.freeze_account(new, lift=True)
    await operator.restore(points.freeze_id)
    assert (await operator.unmerge(merge_id)).changed
    assert await violations(service) == []


async def test_points_that_have_ended_keep_no_merge_from_being_taken_back(service: Service) -> None:
    """They stay where they are: a frozen account keeps nothing, booked as expired or not yet."""
    _, new, merge_id = await merged(service)
    operator = service.operator()
    await operator.freeze_account(new)
    await service.database.execute("update lot set expires_at = now() - interval '1 second'")
    undone = await operator.unmerge(merge_id)
    assert (undone.changed, dict(undone.moved_minor)) == (True, {})
    assert await violations(service) == []


async def test_a_hold_keeps_its_member_from_being_absorbed(service: Service) -> None:
    """Also one that keeps no points; the survivor's holds are in nobody's way."""
    till, operator = service.till(), service.operator()
    old, new = await member_of(service, OLD), await member_of(service, NEW)
    await till.quote("held", receipt(line("towel"), card=OLD), hold=True)
    assert (await refusal_of(operator.merge(old, new))).reason == "MEMBER_HAS_HOLD"
    await till.cancel("held")
    kept = receipt(line("towel"), card=NEW, points_minor=5_00)
    held = await till.quote("kept", kept, hold=True)
    assert (await operator.merge(old, new)).changed
    sold = await till.confirm("kept", kept, quote_token=held.quote_token)
    assert (sold.status, sold.outcome.redemption.points_minor) == (pb.STATUS_OK, 5_00)
    assert await violations(service) == []


async def test_merging_is_repeated_by_its_request_id(service: Service) -> None:
    """The first answer again, also after it was taken back; other content is refused."""
    operator = service.operator()
    old, new = await member_of(service, OLD), await member_of(service, NEW)
    first = await operator.merge(old, new, "merge-1")
    assert (first.changed, dict(first.moved_minor)) == (True, {world.CURRENCY: 10_00})
    assert await operator.merge(old, new, "merge-1") == first
    assert (await refusal_of(operator.merge(new, old, "merge-1"))).reason == "REQUEST_ID_REUSED"
    known = await operator.merge(old, new)
    assert (known.merge_id, known.changed) == (first.merge_id, False)
    undone = await operator.unmerge(first.merge_id, "unmerge-1")
    assert await operator.unmerge(first.merge_id, "unmerge-1") == undone
    assert not (await operator.unmerge(first.merge_id)).changed
    assert await operator.merge(old, new, "merge-1") == first
    again = await operator.merge(old, new)
    assert again.changed
    assert again.merge_id != first.merge_id
    assert await violations(service) == []


async def test_a_merge_is_the_partners_own(service: Service) -> None:
    """Nobody knows an invented one, and another partner not even a real one."""
    _, _, merge_id = await merged(service)
    south = service.operator(partner="south")
    for call in (service.operator().unmerge(str(uuid4())), south.unmerge(merge_id)):
        said = await refusal_of(call)
        assert (said.reason, said.message) == ("MERGE_UNKNOWN", "there is no such merge")


async def test_others_are_told(service: Service) -> None:
    """The merge and its taking back are events of the absorbed member, with the merge."""
    old, _, merge_id = await merged(service)
    await service.operator().unmerge(merge_id)
    found = await service.database.fetch(
        "select kind, member_id::text, body ->> 'merge_id' as merge_id from outbox"
        " where kind in ('members_merged', 'members_unmerged') order by at"
    )
    assert [tuple(event) for event in found] == [
        ("members_merged", old, merge_id),
        ("members_unmerged", old, merge_id),
    ]


@pytest.mark.parametrize("shown", ["old", "new"])
async def test_cards_stay_blocked_as_they_were(service: Service, shown: str) -> None:
    """A card that was blocked brings nobody, whoever its member is now; the other one does."""
    till, operator = service.till(), service.operator()
    card = {"old": OLD, "new": NEW}[shown]
    old, new = await member_of(service, OLD), await member_of(service, NEW)
    await operator.block_card(card)
    await operator.merge(old, new)
    sold = await till.confirm("blocked", receipt(card=card))
    assert sold.identifier_reason == error_reason_pb2.ERROR_REASON_CARD_BLOCKED
    sold = await till.confirm("other", receipt(card=NEW if card == OLD else OLD))
    assert sold.member.member_id == new
