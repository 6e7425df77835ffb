"""Persons: who is a member of several partners, and what each of these gets to know."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from tests.races.ledger_state import violations
from tests.service import world
from tests.service.till import line, receipt, refusal_of

if TYPE_CHECKING:
    from tests.service.running import Service


async def zoe_of(service: Service) -> str:
    """Who shows Ann's card to the other partner."""
    return (await service.till("south-s1-t1").identify(card=world.CARD)).member_id


async def test_a_person_is_one_member_of_each_partner(service: Service) -> None:
    """The second partner names its own member and the person's id, which the first one has told."""
    north, south = service.operator(), service.operator(partner="south")
    ann, zoe = await service.ann(), await zoe_of(service)
    made = await north.link(ann)
    assert made.changed
    assert (await south.link(zoe, made.person_id)).person_id == made.person_id
    for operator, member in ((north, ann), (south, zoe)):
        told = await operator.links(member)
        (person,) = told.persons
        assert (told.member_id, person.person_id) == (member, made.person_id)
        assert person.members_elsewhere == 1
        assert not told.other_names
    assert await violations(service) == []


async def test_ledgers_and_tills_stay_apart(service: Service) -> None:
    """Points of one partner are none of the other's; nobody is told of the other member."""
    north, south = service.operator(), service.operator(partner="south")
    ann, zoe = await service.ann(), await zoe_of(service)
    before = await service.till().identify(card=world.CARD)
    person_id = (await north.link(ann)).person_id
    await south.link(zoe, person_id)
    assert await service.till().identify(card=world.CARD) == before
    sold = await service.till().confirm(
        "p", receipt(line("towel", 100_00), card=world.CARD, points_minor=10_00)
    )
    assert sold.member.member_id == ann
    assert await service.till("south-s1-t1").balance_minor() == world.ZOE_POINTS_MINOR
    for operator, other in ((north, zoe), (south, ann)):
        for call in (operator.links(other), operator.unlink(other), operator.link(other)):
            assert (await refusal_of(call)).reason == "MEMBER_UNKNOWN"
    assert zoe not in str(await north.links(ann))
    assert await violations(service) == []


async def test_what_is_linked_once_is_not_linked_otherwise(service: Service) -> None:
    """Again is no change; another person, a second member of the partner, or nobody is refused."""
    till, operator = service.till(), service.operator()
    ann = await service.ann()
    gold = (await till.identify(card=world.GOLD_CARD)).member_id
    person_id = (await operator.link(ann, "", "link-1")).person_id
    assert (await operator.link(ann, "", "link-1")).person_id == person_id
    for again in ("", person_id):
        told = await operator.link(ann, again)
        assert (told.person_id, told.changed) == (person_id, False)
    unknown = await refusal_of(operator.link(gold, str(uuid4())))
    assert (unknown.reason, unknown.fields) == ("PERSON_UNKNOWN", ("person_id",))
    taken = await refusal_of(operator.link(gold, person_id))
    assert (taken.reason, taken.numbers) == ("PERSON_LINKED", {"member_id": ann})
    other = (await operator.link(gold)).person_id
    assert (await refusal_of(operator.link(ann, other))).reason == "PERSON_LINKED"
    gone = await operator.unlink(gold, "unlink-1")
    assert (gone.person_id, gone.changed) == (other, True)
    assert await operator.unlink(gold, "unlink-1") == gone
    assert not (await operator.unlink(gold)).changed
    assert not (await operator.links(gold)).persons
    assert (await operator.link(gold, other)).changed
    assert await violations(service) == []


async def test_a_merged_members_persons_are_told_of_the_survivor(service: Service) -> None:
    """With its other names; what is linked from then on is the survivor."""
    till, operator = service.till(), service.operator()
    ann = await service.ann()
    gold = (await till.identify(card=world.GOLD_CARD)).member_id
    person_id = (await operator.link(gold)).person_id
    merge_id = (await operator.merge(gold, ann)).merge_id
    for named in (gold, ann):
        told = await operator.links(named)
        assert told.member_id == ann
        ((name,), (person,)) = told.other_names, told.persons
        assert (name.merge_id, name.member_id) == (merge_id, gold)
        assert (person.person_id, person.members_elsewhere) == (person_id, 0)
    for call in (operator.link(gold), operator.unlink(gold)):
        said = await refusal_of(call)
        assert (said.reason, said.numbers) == ("MEMBER_MERGED", {"surviving_member_id": ann})
    await operator.unmerge(merge_id)
    assert not (await operator.links(ann)).persons
    assert [each.person_id for each in (await operator.links(gold)).persons] == [person_id]
    assert await violations(service) == []


async def test_a_household_is_nobody(service: Service) -> None:
    """It is no member of whom something could be told."""
    operator = service.operator()
    household_id = await operator.household()
    for call in (operator.link(household_id), operator.links(household_id)):
        assert (await refusal_of(call)).reason == "MEMBER_UNKNOWN"
