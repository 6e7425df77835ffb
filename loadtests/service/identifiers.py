"""Who is asked for when a till only identifies: by card, by phone, by QR code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.client.clients import CheckoutClient
from checkout.client.messages import Identifier, IdentifyRequest, IdentifyResponse
from loadtests.service import world

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS: Final = ("identify_card", "identify_phone", "identify_qr")


async def identifiers(kind: str, target: str, members: int) -> list[Identifier]:
    """Identifiers of the first members, by how they identify; QR codes are issued for it.

    A code is good for a minute, and for any number of questions: only a sale claims it.
    """
    numbers = range(min(members, world.ASKED_FOR_MAX))
    if kind == "identify_card":
        return [Identifier(card=world.card_of(number)) for number in numbers]
    if kind == "identify_phone":
        return [Identifier(phone=world.phone_of(number)) for number in numbers]
    return [Identifier(qr=code) for code in await _codes(target, numbers)]


def requests(shown: list[Identifier]) -> Iterator[IdentifyRequest]:
    """Calls of Identify, one of each."""
    return (IdentifyRequest(identifier=each) for each in shown)


def is_right(body: bytes) -> bool:
    """Whether an answer is somebody who has points, as all have who are asked for."""
    member = IdentifyResponse.FromString(body).member
    return bool(member.member_id) and any(each.active_minor > 0 for each in member.balances)


async def _codes(target: str, numbers: range) -> list[str]:
    """One after the other: a worker that comes from a load has little room at first."""
    async with (
        CheckoutClient(target, world.TOKEN, timeout_factor=60) as till,
        world.operator(target) as operator,
    ):
        codes = []
        for number in numbers:
            member = await till.identify(Identifier(card=world.card_of(number)))
            codes.append((await operator.issue_qr_token(member.member_id)).qr)
        return codes
