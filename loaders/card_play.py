"""Cards that the service numbers: issued, given to who joins, lost and replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.client import CallRefusedError, identifier_message, messages
from loaders.completejourney.program import CARD_TYPE
from loaders.demo_clients import new_run, operator_of, till_of

if TYPE_CHECKING:
    from checkout.client import CheckoutClient
    from loaders.environment import Environment

_REASON: Final = "demo: cards of the program"
_COUNT: Final = 10


async def play_cards(environment: Environment, store: str) -> list[str]:
    """Issue some, let a customer join with one and lose it; what was odd."""
    run = new_run()
    async with (
        till_of(environment, store) as till,
        operator_of(environment, timeout_factor=10) as operator,
    ):
        code, *_ = CARD_TYPE
        issued = await operator.issue_cards(f"{run}-issue", code, _COUNT, _REASON)
        old, new, *_ = [card.number for card in issued.cards]
        odd = await _refused_mistyped(till, f"{run}-mistyped", old)
        request = messages.EnrolMemberRequest(request_id=f"{run}-joins", card=old)
        joined = (await till.enrol_member(request)).member
        await operator.replace_card(
            messages.ReplaceCardRequest(
                request_id=f"{run}-replaces",
                card=old,
                new_card=new,
                replacement=messages.CARD_REPLACEMENT_LOST,
                reason=_REASON,
            )
        )
        found = await till.identify(identifier_message("card", new))
        if found.member_id != joined.member_id:
            odd.append(f"the card {new} does not bring whose lost card it replaced")
        return odd


async def _refused_mistyped(till: CheckoutClient, request_id: str, number: str) -> list[str]:
    """Nobody joins with a number whose last digit is another one."""
    mistyped = number[:-1] + str((int(number[-1]) + 1) % 10)
    try:
        await till.enrol_member(messages.EnrolMemberRequest(request_id=request_id, card=mistyped))
    except CallRefusedError as refused:
        return [] if refused.reason == "CARD_NUMBER_INVALID" else [f"{mistyped}: {refused.reason}"]
    return [f"somebody joined with the card {mistyped}, which there is not"]
