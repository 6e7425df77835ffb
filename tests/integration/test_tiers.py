"""Tiers by the contract: what operators set, what is refused, and what members are told."""

from __future__ import annotations

import datetime as dt

import grpc
import pytest

from checkout.v1 import operator_service_pb2 as op
from checkout.v1 import outcome_pb2
from tests.races.ledger_state import violations
from tests.service import world
from tests.service.running import Service, wait_until
from tests.service.till import line, receipt, refusal_of

TODAY = dt.datetime.now(dt.UTC).date()
_GOAL = {"measure": "visits", "at_least": 3, "window_days": 90, "keep_days": 30}
_TIERS = [
    {"code": "base", "name": "Base"},
    {"code": "silver", "name": "Silver", "goal": _GOAL},
    {"code": "gold", "name": "Gold", "points_multiplier_bp": 20_000},
]


async def publish(service: Service) -> None:
    await world.put_program(service.database, world.NORTH, world.program(tiers=_TIERS))
    await service.operator().publish()
    for worker in service.workers:
        await worker.follower.step()


async def test_a_tier_is_set_dated_explained_and_set_back(service: Service) -> None:
    """Quotes know it within two seconds; each change has author and reason, and an event."""
    await publish(service)
    till, operator = service.till(), service.operator(author="boss")
    member = await service.ann()
    until = (dt.datetime.now(dt.UTC) + dt.timedelta(days=30)).date().isoformat()
    done = await operator.set_tier(member, "gold", until=until, reason="an apology")
    assert (done.changed, done.tier_before) == (True, "base")
    assert done.standing == outcome_pb2.TierView(
        tier="gold", tier_name="Gold", until=until, set_by_operator=True
    )
    sale = receipt(line("apple"), card=world.CARD)

    async def is_known() -> bool:
        return (await till.quote("q", sale)).member.tier == "gold"

    await wait_until(is_known, within_s=2, what="the tier")
    back = await operator.set_tier(member, "base", reason="a mistake")
    assert (back.tier_before, back.standing.tier, back.standing.until) == ("gold", "base", "")
    changes = await service.database.fetch("select * from tier_change order by seq")
    told = [(row["from_tier"], row["to_tier"], row["author"], row["reason"]) for row in changes]
    assert told == [("base", "gold", "boss", "an apology"), ("gold", "base", "boss", "a mistake")]
    events = "select count(*) from outbox where kind = 'tier_changed'"
    assert await service.database.fetchval(events) == 2
    assert await violations(service) == []


async def test_a_repeated_call_sets_a_tier_once(service: Service) -> None:
    """The same request id is answered the same; other content under it is refused."""
    operator, member = service.operator(), await service.ann()
    first = await operator.set_tier(member, "gold", request_id="once")
    assert await operator.set_tier(member, "gold", request_id="once") == first
    said = await refusal_of(operator.set_tier(member, "base", request_id="once"))
    assert said.reason == "REQUEST_ID_REUSED"
    again = await operator.set_tier(member, "gold")
    assert (again.changed, again.tier_before) == (False, "gold")


@pytest.mark.parametrize(
    ("partner", "changes", "code", "reason"),
    [
        ("south", {}, grpc.StatusCode.NOT_FOUND, "MEMBER_UNKNOWN"),
        ("north", {"program": "other"}, grpc.StatusCode.NOT_FOUND, "PROGRAM_UNKNOWN"),
        ("north", {"tier": "platinum"}, grpc.StatusCode.NOT_FOUND, "TIER_UNKNOWN"),
        ("north", {"tier": ""}, grpc.StatusCode.INVALID_ARGUMENT, "FIELD_REQUIRED"),
        ("north", {"reason": " "}, grpc.StatusCode.INVALID_ARGUMENT, "FIELD_REQUIRED"),
        ("north", {"until": "soon"}, grpc.StatusCode.INVALID_ARGUMENT, "FIELD_INVALID"),
        ("north", {"until": "2020-01-01"}, grpc.StatusCode.INVALID_ARGUMENT, "FIELD_INVALID"),
    ],
)
async def test_a_tier_that_cannot_be_set_is_refused(
    service: Service, partner: str, changes: dict[str, str], code: grpc.StatusCode, reason: str
) -> None:
    """With the reason; nothing is written."""
    before = await service.rows()
    call = {"tier": "gold", **changes}
    said = await refusal_of(service.operator(partner).set_tier(await service.ann(), **call))
    assert (said.code, said.reason) == (code, reason)
    assert await service.rows() == before


async def test_who_has_left_has_no_tier(service: Service) -> None:
    """A member who takes no part in the program is given none."""
    member = await service.ann()
    await service.operator().leave(member)
    said = await refusal_of(service.operator().set_tier(member, "gold"))
    assert said.reason == "PROGRAM_LEFT"


async def test_a_member_is_told_what_is_lacking(service: Service) -> None:
    """How far it is to the next tier; once it is reached, until when it is kept."""
    await publish(service)
    till, counter = service.till(), service.workers[0].visit_counter
    for number in range(3):
        told = (await till.identify(card=world.CARD)).standing
        assert (told.next.tier, told.next.counted, told.next.lacking) == (
            "silver",
            number,
            3 - number,
        )
        assert told.next.measure == outcome_pb2.TIER_MEASURE_VISITS
        await till.confirm(f"p{number}", receipt(line("bread"), card=world.CARD))
        await counter.step()

        async def is_counted(number: int = number) -> bool:
            standing = (await till.identify(card=world.CARD)).standing
            return standing.next.counted == number + 1 or standing.tier == "silver"

        await wait_until(is_counted)
    told = (await till.identify(card=world.CARD)).standing
    assert (told.tier, told.tier_name, told.set_by_operator) == ("silver", "Silver", False)
    assert told.until in {(TODAY + dt.timedelta(days=n)).isoformat() for n in (29, 30)}
    assert (told.keeps.counted, told.keeps.needed) == (3, 3)
    assert not told.HasField("next")


async def changes_of(
    service: Service, member: str, size: int = 0, program: str = "", partner: str = "north"
) -> list[list[op.TierChange]]:
    """All pages of what became of a member's tiers."""
    got: list[list[op.TierChange]] = []
    token = ""
    while not got or token:
        request = op.ListTierChangesRequest(
            member_id=member, program=program, page_size=size, page_token=token
        )
        page: op.ListTierChangesResponse = await service.operator(partner).call(
            "ListTierChanges", request
        )
        got.append(list(page.changes))
        token = page.next_page_token
    return got


async def test_a_members_tier_changes_are_listed_with_their_causes(service: Service) -> None:
    """Newest first: reached by purchases, set by hand with author and reason, taken back, lost."""
    await publish(service)
    till, worker = service.till(), service.workers[0]
    member = await service.ann()
    assert await changes_of(service, member) == [[]]
    for number in range(3):
        await till.confirm(f"p{number}", receipt(line("bread"), card=world.CARD))
        await worker.visit_counter.step()
    await till.take_back("p1")
    await worker.visit_counter.step()
    until = TODAY + dt.timedelta(days=30)
    boss = service.operator(author="boss")
    await boss.set_tier(member, "gold", until=until.isoformat(), reason="an apology")
    ((given, taken, reached),) = await changes_of(service, member)
    assert (reached.tier_before, reached.tier) == ("base", "silver")
    assert reached.cause == op.TIER_CAUSE_REACHED
    assert (reached.figures.tier, reached.figures.counted, reached.figures.needed) == (
        "silver",
        3,
        3,
    )
    assert reached.figures.measure == outcome_pb2.TIER_MEASURE_VISITS
    assert (reached.author, reached.program) == ("", "main")
    assert (taken.tier_before, taken.tier) == ("silver", "base")
    assert taken.cause == op.TIER_CAUSE_TAKEN_BACK
    assert (given.tier_before, given.tier, given.cause) == ("base", "gold", op.TIER_CAUSE_SET)
    assert (given.author, given.reason) == ("boss", "an apology")
    assert (given.until, given.HasField("figures")) == (until.isoformat(), False)
    assert given.snapshot_id == (await till.snapshot_info()).snapshot_id
    moments = [dt.datetime.fromisoformat(each.at) for each in (reached, taken, given)]
    assert moments == sorted(moments)


@pytest.mark.parametrize("size", [1, 2, 7, 8])
async def test_pages_of_tier_changes_together_are_the_whole(service: Service, size: int) -> None:
    """None twice, none missing, also where several were made at one moment; of one program too."""
    await publish(service)
    operator, member = service.operator(), await service.ann()
    for number in range(7):
        await operator.set_tier(member, ("gold", "base")[number % 2], reason=f"turn {number}")
    await service.database.execute("set session_replication_role = replica")
    await service.database.execute("update tier_change set at = (select min(at) from tier_change)")
    got = await changes_of(service, member, size)
    told = [change.reason for page in got for change in page]
    assert told == [f"turn {number}" for number in range(7)][::-1]
    assert [len(page) for page in got[:-1]] == [size] * (len(got) - 1)
    assert await changes_of(service, member, size, program="main") == got
    assert await changes_of(service, member, size, program="other") == [[]]


@pytest.mark.parametrize("size", [1, 3])
async def test_pages_are_whole_where_two_names_changed_at_one_moment(
    service: Service, size: int
) -> None:
    """The absorbed member's changes stand beside the survivor's, with their own numbers.

    In a program of the longest code that there may be.
    """
    await publish(service)
    operator, member = service.operator(), await service.ann()
    old = (await service.till().identify(card=world.GOLD_CARD)).member_id
    reasons = [f"{name} {number}" for number in range(3) for name in ("old", "new")]
    for reason in reasons:
        who = old if reason.startswith("old") else member
        await operator.set_tier(who, ("gold", "base")[int(reason[-1]) % 2], reason=reason)
    await operator.merge(old, member)
    await service.database.execute("set session_replication_role = replica")
    await service.database.execute(
        "update tier_change"
        " set at = (select min(at) from tier_change), program_code = repeat('p', 64)"
    )
    got = await changes_of(service, member, size)
    told = [change.reason for page in got for change in page if change.reason in reasons]
    assert sorted(told) == sorted(reasons)
    assert [reason[-1] for reason in told] == [*"221100"]


async def test_a_foreign_members_tier_changes_are_not_told(service: Service) -> None:
    """Nor is it told that there is such a member."""
    said = await refusal_of(changes_of(service, await service.ann(), partner="south"))
    assert (said.code, said.reason) == (grpc.StatusCode.NOT_FOUND, "MEMBER_UNKNOWN")
