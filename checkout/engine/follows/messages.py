"""What is shown: messages of limits that cut, then of applied campaigns (``docs/rules.md`` §6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.outcome import ShownMessage
from checkout.primitives import format_minor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledCampaign, CompiledProgram
    from checkout.engine.follows.applied import Given
    from checkout.engine.limits import CompiledLimit


def messages(
    program: CompiledProgram,
    case: Case,
    given: Given,
    limits_cut: set[tuple[str, str]],
    money_exponent: int,
) -> list[ShownMessage]:
    """Limits first: the program's, then those of campaigns in order; each once."""
    shown: list[ShownMessage] = []
    if limits_cut:
        _add_of_limits(shown, program.limits, limits_cut)
        speaking = {program.by_code[code] for code, _ in limits_cut if code}
        for campaign in sorted(speaking, key=lambda campaign: campaign.order):
            _add_of_limits(shown, campaign.limits, limits_cut)
    for campaign in given.applied:
        for message in campaign.messages:
            template = message.translations.get(case.receipt.language, message.text)
            text = template.literals[0]
            for i, name in enumerate(template.names):
                text += _value(name, campaign, program, case, given, money_exponent)
                text += template.literals[i + 1]
            shown.append(ShownMessage(message.place, campaign.code, text))
    return shown


def _add_of_limits(
    shown: list[ShownMessage], limits: Iterable[CompiledLimit], limits_cut: set[tuple[str, str]]
) -> None:
    """What limits that cut say: slip, cashier, display, as far as they have a text."""
    for limit in limits:
        if limit.messages and (limit.campaign_code, limit.code) in limits_cut:
            for place, text in limit.messages:
                shown.append(ShownMessage(place, limit.campaign_code, text))


def _value(
    name: str,
    campaign: CompiledCampaign,
    program: CompiledProgram,
    case: Case,
    given: Given,
    money_exponent: int,
) -> str:
    """What stands for one of `checkout.engine.texts.VARIABLES`."""
    if name == "campaign":
        return campaign.name
    if name == "discount":
        return format_minor(given.discount_minor(campaign.code), money_exponent)
    if name == "points":
        return format_minor(given.points_minor(campaign.code), program.main_currency.exponent)
    if name == "tier":
        return program.tier_name(case.tier)
    return case.store.name
