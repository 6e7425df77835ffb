"""A family that pools its points: made by an operator, used at a till, and looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.client import identifier_message, messages
from loaders.completejourney.source import TIME_ZONE
from loaders.demo_clients import new_run, operator_of, shop_time, till_of

if TYPE_CHECKING:
    from checkout.client import CheckoutClient
    from loaders.environment import Environment

_REASON: Final = "demo: a family"
_GIVEN_MINOR: Final = 700
#: Nothing that the data set knows.
_SKU: Final = "household-demo"
#: More than one of the two brings.
_SPENT_MINOR: Final = 1_000


async def pool(environment: Environment, store: str) -> list[str]:
    """Let two new members with points join a household, buy, and one leave it; what was odd."""
    run = new_run()
    odd = []
    async with (
        till_of(environment, store) as till,
        # Runs of one day are each within what one author gives alone.
        operator_of(environment, author=f"loaders-{run}") as operator,
    ):
        household = await operator.create_household(f"{run}-household", _REASON)
        cards = [f"31{run}{number}" for number in range(2)]
        members = []
        for card in cards:
            request = messages.EnrolMemberRequest(request_id=f"{run}-{card}", card=card)
            member = (await till.enrol_member(request)).member
            (balance, *_) = member.balances
            await operator.adjust_balance(
                f"{run}-{card}-points", member.member_id, balance.currency, _GIVEN_MINOR, _REASON
            )
            await operator.add_to_household(
                f"{run}-{card}-joins", household.household_id, member.member_id, _REASON
            )
            members.append(member.member_id)
        for card in cards:
            view = await till.identify(identifier_message("card", card))
            if view.household_id != household.household_id:
                odd.append(f"the card {card} does not bring its household")
            if view.balances[0].active_minor != 2 * _GIVEN_MINOR:
                odd.append(f"the household has {view.balances[0].active_minor} points")
        points_left = await _spend_what_both_have(till, run, cards[0])
        left = await operator.remove_from_household(f"{run}-leaves", members[0], _REASON)
        if left.members != 1:
            odd.append(f"{left.members} members are left in a household of two that one left")
        stays, leaves = [
            (await till.get_balances(identifier_message("card", card))).balances[0].active_minor
            for card in reversed(cards)
        ]
        if (stays, leaves) != (points_left, 0):
            odd.append(f"{stays} points stayed with the household, {leaves} left with a member")
    return odd


async def _spend_what_both_have(till: CheckoutClient, run: str, card: str) -> int:
    """Two purchases, of which the first comes back; the points that are left."""
    first, second = (f"{run}-pooled-{number}" for number in range(2))
    await till.confirm(first, first, _goods(card))
    await till.confirm_return(
        messages.ConfirmReturnRequest(
            request_id=f"{first}-b", return_id=f"{first}-b", purchase_id=first
        )
    )
    sold = await till.confirm(second, second, _goods(card))
    return 2 * _GIVEN_MINOR - _SPENT_MINOR + sold.outcome.points_earned_minor


def _goods(card: str) -> messages.Receipt:
    """Something that costs enough to be paid with points in part."""
    now = shop_time(TIME_ZONE)
    line = messages.Line(
        position=1, sku=_SKU, quantity_milli=1_000, price_minor=10_000, amount_minor=10_000
    )
    return messages.Receipt(
        local_time=now.text,
        utc_offset_minutes=now.offset_minutes,
        lines=[line],
        identifier=identifier_message("card", card),
        points_minor=_SPENT_MINOR,
    )
