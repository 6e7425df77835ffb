"""Two cards of one person become one member, and somebody else is erased.

A purchase of which no till told is added by hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.client import CallRefusedError, identifier_message, messages
from loaders.completejourney.source import TIME_ZONE
from loaders.demo_clients import new_run, operator_of, shop_time, till_of

if TYPE_CHECKING:
    from checkout.client import CheckoutClient, OperatorClient
    from loaders.environment import Environment

_MERGED: Final = "demo: two cards of one person"
_ADDED: Final = "demo: the till was out of order"
_ERASED: Final = "demo: asked to be forgotten"
_GIVEN_MINOR: Final = 500
_SUM_MINOR: Final = 12_50


async def merge(environment: Environment, store: str) -> list[str]:
    """Merge two new members, each with points, and add a purchase to the one; what was odd."""
    run = new_run()
    odd = []
    async with (
        till_of(environment, store) as till,
        # Runs of one day are each within what one author gives alone.
        operator_of(environment, author=f"loaders-{run}") as operator,
    ):
        cards = [f"32{run}{number}" for number in range(2)]
        members = []
        for card in cards:
            request = messages.EnrolMemberRequest(request_id=f"{run}-{card}", card=card)
            member = (await till.enrol_member(request)).member
            (balance, *_) = member.balances
            await operator.adjust_balance(
                f"{run}-{card}-points", member.member_id, balance.currency, _GIVEN_MINOR, _MERGED
            )
            members.append(member.member_id)
        absorbed, survivor = members
        await operator.link_person(f"{run}-links", survivor, _MERGED)
        await operator.merge_members(f"{run}-merges", absorbed, survivor, _MERGED)
        for card in cards:
            view = await till.identify(identifier_message("card", card))
            if view.member_id != survivor:
                odd.append(f"the card {card} does not bring the member that survived")
            if view.balances[0].active_minor != 2 * _GIVEN_MINOR:
                odd.append(f"the card {card} brings {view.balances[0].active_minor} points")
        odd += await _add_by_hand(operator, run, survivor, store)
        odd += await _erase(till, operator, run)
    return odd


async def _erase(till: CheckoutClient, operator: OperatorClient, run: str) -> list[str]:
    card = f"32{run}2"
    request = messages.EnrolMemberRequest(request_id=f"{run}-{card}", card=card)
    member = (await till.enrol_member(request)).member
    await operator.erase_member(f"{run}-erases", member.member_id, _ERASED)
    try:
        await till.identify(identifier_message("card", card))
    except CallRefusedError:
        return []
    return [f"the card {card} brings somebody who was erased"]


async def _add_by_hand(operator: OperatorClient, run: str, member_id: str, store: str) -> list[str]:
    added = await operator.add_purchase(
        messages.AddPurchaseRequest(
            request_id=f"{run}-adds",
            purchase_id=f"{run}-added",
            member_id=member_id,
            store=store,
            local_time=shop_time(TIME_ZONE).text,
            amount_minor=_SUM_MINOR,
            reason=_ADDED,
        )
    )
    paid = added.confirmed.outcome.payable_minor
    return [f"a purchase by hand cost {paid}"] if paid != _SUM_MINOR else []
