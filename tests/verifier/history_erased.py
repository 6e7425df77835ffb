"""A person who was erased, with points and a debt, another name and a person elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.service.till import line, receipt

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
