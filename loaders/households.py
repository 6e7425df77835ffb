"""A family that pools its points: made by an operator, used at a till, and looked at."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from checkout.client import CheckoutClient, OperatorClient, identifier_message, messages
from loaders.completejourney.program import PARTNER

if TYPE_CHECKING:
    from loaders.environment import Environment

_REASON: Final = "demo: a family"
_GIVEN_MINOR: Final = 700


async def pool(environment: Environment, store: str) -> list[str]:
    """Let two new members with points join a household, and one leave it; what was odd."""
    run = f"{dt.datetime.now(dt.UTC):%Y%m%d%H%M%S%f}"
    odd = []
    async with (
        CheckoutClient(
            environment.target, environment.terminal_token(store), timeout_factor=10
        ) as till,
        OperatorClient(
            environment.target,
            environment.service_credential,
            partner=PARTNER.code,
            author="loaders",
        ) as operator,
    ):
        household = await operator.create_household(f"{run}-household", _REASON)
        cards = [f"31{run}{number}" for number in range(2)]
        members = []
        for card in cards:
            request = messages.EnrolMemberRequest(request_id=f"{run}-{card}", card=card)
            member = await till.enrol_member(request)
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
        left = await operator.remove_from_household(f"{run}-leaves", members[0], _REASON)
        if left.members != 1:
            odd.append(f"{left.members} members are left in a household of two that one left")
        stays, leaves = [
            (await till.get_balances(identifier_message("card", card))).balances[0].active_minor
            for card in reversed(cards)
        ]
        if (stays, leaves) != (2 * _GIVEN_MINOR, 0):
            odd.append(f"{stays} points stayed with the household, {leaves} left with a member")
    return odd
