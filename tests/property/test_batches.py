"""A batch of n equals its operations one by one, on the plain dicts of stories."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from checkout.engine.receipt import Line, Receipt
from checkout.engine.stored_outcome import dump_with_outcome
from checkout.flows.adjust import AdjustOperation
from checkout.flows.batch import run_batch
from checkout.flows.cancel import CancelOperation
from checkout.flows.certificate_codes import CertificateCodes
from checkout.flows.confirm import ConfirmOperation
from checkout.flows.coupon_codes import CouponCodes
from checkout.flows.enrol import EnrolOperation
from checkout.flows.expire_hold import ExpireHoldOperation
from checkout.flows.extend_hold import ExtendHoldOperation
from checkout.flows.final_sale import ConfirmIds
from checkout.flows.hold import HoldOperation
from checkout.flows.households import (
    CreateHouseholdOperation,
    JoinHouseholdOperation,
    LeaveHouseholdOperation,
)
from checkout.flows.identifiers import IdentifierHasher
from checkout.flows.issue_coupons import IssueCall, IssueCouponsOperation
from checkout.flows.operation import Operation
from checkout.flows.quote_token import TokenSigner
from checkout.flows.returning import ReturnCall, ReturnIds, ReturnOperation
from checkout.flows.sale import Caller, PresentedIdentifier, Sale, Settlement
from checkout.ledger.holds import purse_id_of
from checkout.ledger.interventions import Cause
from checkout.ledger.rows import Profile
from checkout.primitives import bucket_of_uuid
from checkout.stories.memory import MemoryBookStore
from checkout.stories.memory_reads import MemorySnapshots
from tests.service import world
from tests.service.coupons import ISSUING, SERIES, TAG, coupon_rules

START = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
SIGNER = TokenSigner({1: bytes(32)})
COUPON_CODES = CouponCodes(bytes(32))
CODES = CertificateCodes(IdentifierHasher(bytes(32)))
CARDS = (b"a" * 16, b"b" * 16, b"c" * 16)
HOUSEHOLDS = (UUID(int=71), UUID(int=72))
PRICES = {"apple": 100_00, "bread": 50_00, "soap": 20_00, "towel": 30_00}


def snapshots() -> MemorySnapshots:
    """North's rules, with a budget for three loaves only; and rules that take and issue coupons."""
    rules = MemorySnapshots()
    documents = world.campaigns("north") + coupon_rules()
    for document in documents:
        if "budget" in document:
            document["budget"] = {"uses": 3}
    # Reached through the tier alone: whoever is enrolled in the same batch has it all of a sudden.
    documents.append(
        world.campaign(
            "welcome",
            {"kind": "amount", "lane": "goods", "amount_minor": 1_00},
            when={"kind": "tier", "tiers": ["base"]},
            budget={"uses": 2},
        )
    )
    documents.append(
        world.campaign(
            "together",
            {"kind": "amount", "lane": "goods", "amount_minor": 2_00, "goods": {"skus": ["soap"]}},
            limits=[
                {"code": "twice", "name": "Twice", "subject": "household", "bound": 2}
                | {"period": "week"}
            ],
        )
    )
    categories = (("food", ""), ("fruit", "food"), ("home", ""))
    products = (
        *(("apple", "fruit"), ("bread", "food"), ("soap", "home"), ("towel", "home")),
        ("gift", "home"),
    )
    rules.put_in_force(
        {
            "partner": {"code": "north", "name": "n", "currency": {"code": "RUB", "exponent": 2}},
            "programs": [world.program()],
            "chains": [{"code": "chain", "name": "Chain"}],
            "stores": [
                {
                    "code": "s1",
                    "chain": "chain",
                    "program": "main",
                    "name": "Shop",
                    "address": "",
                    "format": "",
                    "region": "",
                    "time_zone": "UTC",
                }
            ],
            "categories": [{"code": code, "name": "", "parent": up} for code, up in categories],
            "products": [
                {"sku": sku, "category": category, "brand": "", "name": sku}
                for sku, category in products
            ],
            "campaigns": documents,
            "words": {"coupon_series": [SERIES], "tags": [TAG]},
        }
    )
    return rules


SNAPSHOTS = snapshots()


@dataclasses.dataclass(frozen=True)
class Wish:
    """One operation, as values: made anew for each run, with ids that follow from its place."""

    kind: str
    purchase: int
    request: int
    card: int
    sku: str
    points: int | str
    amount: int
    coupons: tuple[str, ...] = ()


WISHES = st.builds(
    Wish,
    st.sampled_from(
        ["confirm"] * 4
        + ["hold"] * 4
        + ["cancel", "extend", "expire", "adjust", "enrol"]
        + ["return"] * 3
        + ["join", "join", "leave"]
    ),
    purchase=st.integers(0, 4),
    request=st.integers(0, 9),
    card=st.integers(0, 3),
    sku=st.sampled_from(sorted(PRICES)),
    points=st.sampled_from([0, 0, 5_00, "max"]),
    amount=st.sampled_from([10_00, -3_00, -50_00]),
    coupons=st.sampled_from([(), ("ONCE",), ("TWICE",), ("ONCE", "TWICE", ISSUING), (ISSUING,)]),
)


def operation_of(wish: Wish, place: int, now: dt.datetime) -> Operation:
    ids = [UUID(int=place * 10 + n) for n in range(1, 4)]
    caller = Caller(
        partner_id=world.NORTH,
        partner_code="north",
        store_code="s1",
        store_id=UUID(int=7),
        terminal_code="t1",
        time_zone="UTC",
        terminal_id=UUID(int=8),
    )
    presented = None
    if wish.card < len(CARDS):
        presented = PresentedIdentifier("card", CARDS[wish.card], "…")
    sale = Sale(
        caller=caller,
        purchase_id=f"p{wish.purchase}",
        receipt=Receipt(
            store="s1",
            local_time=now.replace(tzinfo=None),
            lines=(
                Line(
                    position=1,
                    sku=wish.sku,
                    quantity_milli=1_000,
                    price_minor=PRICES[wish.sku],
                    amount_minor=PRICES[wish.sku],
                ),
            ),
            points_to_spend=wish.points,  # type: ignore[arg-type]
            coupons=wish.coupons,
        ),
        coupons=COUPON_CODES.digests(world.NORTH, wish.coupons),
        identifier=presented,
    )
    request_id = f"r{wish.request}"
    match wish.kind:
        case "confirm":
            return ConfirmOperation(
                sale,
                Settlement(receipt_number=str(wish.purchase % 2)),
                request_id=request_id,
                signer=SIGNER,
                terms=None,
                ids=ConfirmIds(*ids),
                codes=CODES,
                coupon_codes=COUPON_CODES,
                refuses_taken_numbers=wish.purchase == 3,
            )
        case "hold":
            return HoldOperation(
                sale,
                method="Quote",
                request_id=request_id,
                signer=SIGNER,
                terms=None,
                hold_id=ids[0],
                ttl=dt.timedelta(minutes=10),
            )
        case "cancel":
            return CancelOperation(world.NORTH, request_id, sale.purchase_id)
        case "extend":
            ttl = dt.timedelta(minutes=30)
            return ExtendHoldOperation(world.NORTH, request_id, sale.purchase_id, ttl)
        case "expire":
            return ExpireHoldOperation(world.NORTH, sale.purchase_id)
        case "return":
            back = ReturnCall(
                caller=caller,
                purchase_id=sale.purchase_id,
                return_id=f"b{wish.request}",
                quantities={1: 500} if wish.request % 2 else {},
            )
            return ReturnOperation(back, request_id, ReturnIds(*ids[:2]), changes=True)
        case "join":
            return JoinHouseholdOperation(
                world.NORTH,
                request_id=request_id,
                household_id=HOUSEHOLDS[wish.request % 2],
                member_id=UUID(int=1 + wish.card % 2),
                cause=Cause(ids[0], "a", "r"),
            )
        case "leave":
            return LeaveHouseholdOperation(
                world.NORTH,
                request_id=request_id,
                household_id=None,
                member_id=UUID(int=1 + wish.card % 2),
                cause=Cause(ids[0], "a", "r"),
            )
        case "adjust":
            return AdjustOperation(
                world.NORTH,
                request_id=request_id,
                member_id=UUID(int=1 + wish.card),
                currency=world.CURRENCY,
                amount_minor=wish.amount,
                reason="r",
                author="a",
                correction_id=ids[0],
            )
        case _:
            identifier = PresentedIdentifier("card", CARDS[wish.card % len(CARDS)], "…")
            return enrolment(caller, f"e{wish.request}", ids[0], identifier)


def enrolment(
    caller: Caller, request_id: str, member_id: UUID, identifier: PresentedIdentifier
) -> EnrolOperation:
    return EnrolOperation(
        caller,
        request_id=request_id,
        profile=Profile(bucket_of_uuid(member_id), member_id),
        identifiers=[identifier],
        cause=Cause(member_id, "a", "r"),
    )


def new_household(household_id: UUID) -> CreateHouseholdOperation:
    return CreateHouseholdOperation(
        world.NORTH,
        request_id=str(household_id),
        new_household_id=household_id,
        cause=Cause(household_id, "a", "r"),
    )


def issuing(code: str, uses: int) -> IssueCouponsOperation:
    """A coupon that so many of the sales may use."""
    call = IssueCall(
        series=SERIES,
        count=0,
        codes=(code,),
        member_id=None,
        uses_max=uses,
        valid_from=None,
        valid_until=None,
        valid_days=None,
    )
    cause = Cause(UUID(int=5_000 + uses), "a", "r")
    return IssueCouponsOperation(
        world.NORTH, request_id=code, call=call, codes=COUPON_CODES, cause=cause
    )


async def run(wishes: Sequence[Wish], sizes: Sequence[int]) -> tuple[list[Any], dict[str, Any]]:
    """The answers and the final state, when the operations run in batches of these sizes."""
    store = MemoryBookStore()
    store.now = START
    answers: list[Any] = []
    opening = [
        Wish("enrol", 0, 90 + n, n, "apple", 0, 0) for n in range(2)
    ]  # the third card is enrolled on the way, or never
    first = []
    for n, wish in enumerate(opening):
        operation = operation_of(wish, 0, START)
        assert isinstance(operation, EnrolOperation)
        operation.profile.member_id = UUID(int=1 + n)
        operation.profile.bucket = bucket_of_uuid(UUID(int=1 + n))
        first.append(operation)
    await run_batch(store, SNAPSHOTS, first)
    gifts = [Wish("adjust", 0, 90 + n, n, "apple", 0, 10_00) for n in range(2)]
    await run_batch(
        store, SNAPSHOTS, [operation_of(g, 900 + n, START) for n, g in enumerate(gifts)]
    )
    await run_batch(store, SNAPSHOTS, [issuing("ONCE", 1), issuing("TWICE", 2)])
    await run_batch(store, SNAPSHOTS, [new_household(each) for each in HOUSEHOLDS])
    # The second member pools points from the beginning; the others may join, and all may leave.
    pools = Wish("join", 0, 98, 1, "apple", 0, 0)
    await run_batch(store, SNAPSHOTS, [operation_of(pools, 998, START)])
    place = 0
    for size in sizes:
        chunk = wishes[place : place + size]
        operations = [operation_of(wish, 1_000 + place + n, START) for n, wish in enumerate(chunk)]
        answers += await commit(store, operations)
        place += size
    return answers, state_of(store)


async def commit(store: MemoryBookStore, operations: Sequence[Operation]) -> list[Any]:
    """The answers as group commit gives them: a batch that fails is run again one by one."""
    try:
        return list((await run_batch(store, SNAPSHOTS, operations)).answers)
    except AssertionError:
        if len(operations) == 1:
            raise
    return [(await run_batch(store, SNAPSHOTS, [operation])).answers[0] for operation in operations]


def state_of(store: MemoryBookStore) -> dict[str, Any]:
    """Every table, without what says only how often a batch wrote."""
    tables = {name: table for name, table in vars(store).items() if name != "now"}
    for member in tables["members"].values():
        member.version = 0
    tables["budgets"] = {
        ref: b for ref, b in tables["budgets"].items() if b.uses_used or b.uses_held
    }
    return tables


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Wish], list[int]]:
    """Operations, and a way to cut them into batches."""
    wishes = draw(st.lists(WISHES, min_size=2, max_size=14))
    sizes, left = [], len(wishes)
    while left:
        sizes.append(draw(st.integers(1, left)))
        left -= sizes[-1]
    return wishes, sizes


@given(histories())
def test_a_batch_equals_its_operations_one_by_one(history: tuple[list[Wish], list[int]]) -> None:
    """However calls fall into batches, each gets the same answer and the same rows are left."""
    wishes, sizes = history
    batched = asyncio.run(run(wishes, sizes))
    single = asyncio.run(run(wishes, [1] * len(wishes)))
    for one, other in zip(batched[0], single[0], strict=True):
        assert dump_with_outcome(one) == dump_with_outcome(other)
    assert batched[1] == single[1]


def test_who_is_enrolled_in_the_batch_does_not_overdraw_a_budget() -> None:
    """Two uses are left; two members take them, and the one who has just come gets none.

    When the batch locked its budgets the third was still nobody: his sale reaches a budget that
    only his neighbours have locked.
    """
    buy = [Wish("confirm", n, n, card, "towel", 0, 0) for n, card in enumerate((0, 1, 2))]
    wishes = [*buy[:2], Wish("enrol", 0, 5, 2, "towel", 0, 0), buy[2]]
    answers, tables = asyncio.run(run(wishes, [4]))
    assert [answers[n].outcome.discount_minor for n in (0, 1, 3)] == [1_00, 1_00, 0]
    assert tables["budgets"][world.NORTH, "welcome"].uses_used == 2


@given(st.lists(WISHES, min_size=1, max_size=14))
def test_points_are_conserved_by_every_history(wishes: list[Wish]) -> None:
    """Balances equal their entries and lots, held amounts the open holds, and all sums to zero."""
    _, tables = asyncio.run(run(wishes, [1] * len(wishes)))
    entries = tables["entries"]
    assert sum(entry.amount for entry in entries) == 0
    for (member_id, currency), account in tables["accounts"].items():
        mine = [e for e in entries if e.member_id == member_id and e.role == "member"]
        lots = [x for x in tables["lots"].values() if x.member_id == member_id]
        holds = [
            h
            for h in tables["holds"].values()
            if purse_id_of(h) == member_id and h.state == "pending"
        ]
        assert currency == world.CURRENCY
        assert account.balance == sum(e.amount for e in mine) == sum(x.remaining for x in lots)
        assert account.held == sum(h.points_minor for h in holds) == sum(x.held for x in lots)
        assert [e.seq for e in mine] == list(range(1, len(mine) + 1))
        assert all(0 <= x.held <= x.remaining <= x.issued for x in lots)
    pooled = Counter(m.household_id for m in tables["members"].values() if m.household_id)
    for member in tables["members"].values():
        assert member.household_size in (None, pooled[member.member_id])
        account = tables["accounts"].get((member.member_id, world.CURRENCY))
        if member.household_id is not None and account is not None:
            assert (account.balance, account.held, account.debt) == (0, 0, 0)
    for budget in tables["budgets"].values():
        assert budget.uses_used + budget.uses_held <= 3
    for slot in tables["slots"].values():
        assert slot.used + slot.held <= 2
    coupons = tables["coupons"]
    for ref, coupon in coupons.coupons.items():
        assert coupon.used + coupon.held <= coupon.uses_max
        assert coupon.used == sum(use.uses for use in coupons.uses if use.digest == ref[1])
        pending = [h.claims["coupons"] for h in tables["holds"].values() if h.state == "pending"]
        held = [claim for claims in pending for claim in claims if claim["digest"] == ref[1].hex()]
        assert coupon.held == len(held)
