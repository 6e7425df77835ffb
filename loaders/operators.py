"""What happens by hand while tills sell: a stop and a freeze, both undone, and somebody joins."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from checkout.client import CheckoutClient, OperatorClient, identifier_message, messages
from loaders.completejourney.program import PARTNER

if TYPE_CHECKING:
    from loaders.environment import Environment

_REASON: Final = "demo: tried and undone"


async def intervene(environment: Environment, store: str, card: str, campaign: str) -> list[str]:
    """Stop the campaign and freeze the member's points, then lift and restore; what was odd."""
    run = f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S%f}"
    identifier = identifier_message("card", card)
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
        stopped = await operator.emergency_stop(f"{run}-stop", campaign, _REASON)
        lifted = await operator.emergency_stop(f"{run}-lift", campaign, _REASON, lift=True)
        if not (stopped.changed and lifted.changed):
            odd.append(f"the campaign {campaign} was not stopped and let go again")
        request = messages.EnrolMemberRequest(request_id=f"{run}-enrol", external_id=f"demo-{run}")
        joined = await till.enrol_member(request)
        if joined != await till.identify(identifier_message("external_id", f"demo-{run}")):
            odd.append("somebody who joined is not who is identified")
        before = await till.identify(identifier)
        (balance, *_) = before.balances
        frozen = await operator.freeze_points(
            f"{run}-freeze", before.member_id, balance.currency, _REASON
        )
        restored = await operator.restore_points(f"{run}-restore", frozen.freeze_id, _REASON)
        if not 0 < frozen.frozen_minor == restored.restored_minor:
            odd.append(f"{frozen.frozen_minor} frozen, {restored.restored_minor} restored")
        if await till.get_balances(identifier) != before:
            odd.append("a member whose points were frozen and restored has others than before")
    return odd
