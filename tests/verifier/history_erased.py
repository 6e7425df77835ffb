"""Persons who were erased: with all that one can have, and who were one with somebody who lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.v1 import checkout_service_pb2 as pb
from checkout.v1 import receipt_pb2
from tests.service.till import fresh, line, receipt

if TYPE_CHECKING:
    from tests.service.running import Service
    from tests.service.till import Till


async def erase(service: Service, till: Till) -> None:
    """Of whom nothing is left but what was bought; somebody else has the phone now."""
    operator = service.operator()
    phone, card = "+79005550341", "2900000000341"
    member_id = (await till.enrol(card=card, phone=phone)).member.member_id
    other_id = (await till.enrol(card="2900000000358", external_id="crm-358")).member.member_id
    await service.database.execute(
        "insert into member_list_entry select bucket, member_id, 'friends' from member"
        " where member_id = $1::uuid",
        member_id,
    )
    await till.confirm("erased-1", receipt(line("apple", 90_00), card=card))
    await operator.link(member_id)
    await operator.merge(other_id, member_id)
    await operator.block_card(card)
    await operator.erase(member_id, write_off=True)
    await till.take_back("erased-1", {1: 500})
    await till.enrol(card="2900000000365", phone=phone)


async def erase_one_of_two(service: Service, till: Till) -> None:
    """Two were one for a while, and bought by what either has; then one of them is erased.

    The other one has a phone, too: not the one that was shown.
    """
    operator = service.operator()
    survivor_id, absorbed_id = await _two(till, "72", "89")
    await _buy(till, "before, by phone", phone=_phone("72"))
    merge = await operator.merge(absorbed_id, survivor_id)
    await _buy(till, "by a phone that is gone", phone=_phone("89"))
    await _buy(till, "by a card that is blocked", card=_card("89"))
    await operator.unmerge(merge.merge_id)
    await operator.erase(absorbed_id, write_off=True)
    survivor_id, absorbed_id = await _two(till, "96", "02")
    merge = await operator.merge(absorbed_id, survivor_id)
    await _buy(till, "by an id that is gone", external_id="crm-96")
    await operator.unmerge(merge.merge_id)
    await operator.erase(survivor_id, write_off=True)


def _card(number: str) -> str:
    return f"29000000004{number}"


def _phone(number: str) -> str:
    return f"+790055504{number}"


async def _two(till: Till, *numbers: str) -> list[str]:
    """Ids of two members, each with a card, a phone and an id."""
    ids = []
    for number in numbers:
        new = {"card": _card(number), "phone": _phone(number), "external_id": f"crm-{number}"}
        ids.append((await till.enrol(**new)).member.member_id)
    return ids


async def _buy(till: Till, purchase_id: str, **shown: str) -> None:
    """Once as somebody who is known, and once as a guest who is credited later."""
    who = receipt_pb2.Identifier(**shown)
    sold = await till.confirm(purchase_id, receipt(line("apple", 90_00), identifier=who))
    assert sold.member.member_id
    await till.confirm(f"later, {purchase_id}", receipt(line("apple", 90_00)))
    credited = pb.CreditLaterRequest(
        request_id=fresh("credit"), purchase_id=f"later, {purchase_id}", identifier=who
    )
    await till.call("CreditLater", credited)
