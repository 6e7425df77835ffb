"""What is wrong with a snapshot: references that lead nowhere, and rules that cannot work."""

from __future__ import annotations

import re
import zoneinfo
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from checkout.engine import campaign as schema
from checkout.engine.schema.program import LaneBase, LanePhase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from checkout.engine.schema.campaign import Campaign
    from checkout.engine.schema.conditions import Condition
    from checkout.engine.schema.goods import Goods
    from checkout.engine.schema.program import Program
    from checkout.engine.schema.snapshot import Snapshot

#: Levels of conditions within conditions: more than a manager can read.
DEPTH_MAX: Final = 20
#: Problems that the text of an error names; it carries all of them.
SHOWN_MAX: Final = 5
_VARIABLES: Final = frozenset({"campaign", "discount", "points"})
_DISCOUNTS: Final = (schema.Percent, schema.AmountPerUnit, schema.ReceiptAmountOff)


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: the path of the field, and a sentence that says what to change."""

    field: str
    message: str


class InvalidSnapshotError(Exception):
    """A snapshot that cannot be compiled."""

    def __init__(self, problems: list[Problem]) -> None:
        """Carry all problems; the text shows the first few."""
        self.problems = problems
        shown = "; ".join(f"{p.field}: {p.message}" for p in problems[:SHOWN_MAX])
        more = len(problems) - SHOWN_MAX
        super().__init__(shown + (f"; and {more} more" if more > 0 else ""))


@dataclass(frozen=True, slots=True)
class _Known:
    """Codes that rules may refer to."""

    skus: frozenset[str]
    categories: frozenset[str]
    brands: frozenset[str]
    stores: frozenset[str]
    chains: frozenset[str]
    formats: frozenset[str]
    regions: frozenset[str]
    lists: frozenset[str]
    programs: dict[str, Program]


def check_snapshot(snapshot: Snapshot) -> list[Problem]:
    """Every problem of a snapshot, in the order of the document."""
    known = _Known(
        skus=frozenset(p.sku for p in snapshot.products),
        categories=frozenset(c.code for c in snapshot.categories),
        brands=frozenset(p.brand for p in snapshot.products if p.brand),
        stores=frozenset(s.code for s in snapshot.stores),
        chains=frozenset(c.code for c in snapshot.chains),
        formats=frozenset(s.format for s in snapshot.stores if s.format),
        regions=frozenset(s.region for s in snapshot.stores if s.region),
        lists=frozenset(snapshot.member_lists),
        programs={p.code: p for p in snapshot.programs},
    )
    problems = list(_repeated("programs", (p.code for p in snapshot.programs)))
    problems += _repeated("chains", (c.code for c in snapshot.chains))
    problems += _repeated("stores", (s.code for s in snapshot.stores))
    problems += _repeated("categories", (c.code for c in snapshot.categories))
    problems += _repeated("products", (p.sku for p in snapshot.products))
    problems += _repeated("campaigns", (c.code for c in snapshot.campaigns))
    problems += _check_catalogue(snapshot, known)
    for store in snapshot.stores:
        path = f"stores[{store.code}]"
        problems += _unknown(f"{path}.chain", "chain", (store.chain,), known.chains)
        problems += _unknown(f"{path}.program", "program", (store.program,), set(known.programs))
        problems += _check_zone(f"{path}.time_zone", store.time_zone)
    for program in snapshot.programs:
        problems += _check_program(program, known)
    for campaign in snapshot.campaigns:
        problems += _check_campaign(campaign, known)
    return problems


def _repeated(path: str, codes: Iterable[str]) -> Iterator[Problem]:
    for code, count in Counter(codes).items():
        if count > 1:
            yield Problem(f"{path}[{code}]", f"the code stands {count} times; it must be unique")


def _unknown(
    path: str, noun: str, codes: Iterable[str], known: frozenset[str] | set[str]
) -> Iterator[Problem]:
    for code in codes:
        if code not in known:
            yield Problem(path, f"there is no {noun} {code!r}")


def _check_zone(path: str, name: str) -> Iterator[Problem]:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        yield Problem(path, f"{name!r} is not an IANA time zone such as Europe/Moscow")


def _check_catalogue(snapshot: Snapshot, known: _Known) -> Iterator[Problem]:
    parents = {c.code: c.parent for c in snapshot.categories}
    for code, parent in parents.items():
        if parent and parent not in parents:
            yield Problem(f"categories[{code}].parent", f"there is no category {parent!r}")
            continue
        seen = {code}
        at = parent
        while at and at not in seen:
            seen.add(at)
            at = parents.get(at, "")
        if at:
            yield Problem(f"categories[{code}].parent", "the categories above it form a circle")
    for product in snapshot.products:
        if product.category and product.category not in known.categories:
            yield Problem(
                f"products[{product.sku}].category", f"there is no category {product.category!r}"
            )


def _check_goods(path: str, goods: Goods | None, known: _Known) -> Iterator[Problem]:
    if goods is None:
        return
    yield from _unknown(f"{path}.skus", "product", goods.skus, known.skus)
    yield from _unknown(f"{path}.categories", "category", goods.categories, known.categories)
    yield from _unknown(f"{path}.brands", "brand", goods.brands, known.brands)
    yield from _check_goods(f"{path}.but_not", goods.but_not, known)


def _check_program(program: Program, known: _Known) -> Iterator[Problem]:
    path = f"programs[{program.code}]"
    yield from _repeated(f"{path}.lanes", (lane.code for lane in program.lanes))
    yield from _repeated(f"{path}.tiers", (tier.code for tier in program.tiers))
    yield from _check_zone(f"{path}.time_zone", program.time_zone)
    for lane in program.lanes:
        if lane.phase is LanePhase.ACCRUAL and lane.base is LaneBase.ORIGINAL:
            yield Problem(
                f"{path}.lanes[{lane.code}].base",
                "an accrual lane works on the program's accrual base: leave it at current",
            )
    for i, cap in enumerate(program.redemption.goods_caps):
        yield from _check_goods(f"{path}.redemption.goods_caps[{i}].goods", cap.goods, known)
    yield from _check_goods(f"{path}.accrual.goods", program.accrual.goods, known)


def _check_campaign(campaign: Campaign, known: _Known) -> Iterator[Problem]:
    path = f"campaigns[{campaign.code}]"
    program = known.programs.get(campaign.program)
    if program is None:
        yield Problem(f"{path}.program", f"there is no program {campaign.program!r}")
        return
    yield from _check_schedule(f"{path}.schedule", campaign.schedule)
    if campaign.when is not None:
        if _depth(campaign.when) > DEPTH_MAX:
            yield Problem(f"{path}.when", f"conditions nest at most {DEPTH_MAX} deep")
            return
        yield from _check_condition(f"{path}.when", campaign.when, program, known)
    phases = {lane.code: lane.phase for lane in program.lanes}
    for i, reward in enumerate(campaign.rewards):
        here = f"{path}.rewards[{i}]"
        wants = LanePhase.DISCOUNT if isinstance(reward, _DISCOUNTS) else LanePhase.ACCRUAL
        phase = phases.get(reward.lane)
        if phase is None:
            yield Problem(f"{here}.lane", f"the program has no lane {reward.lane!r}")
        elif phase is not wants:
            yield Problem(
                f"{here}.lane", f"{reward.kind} needs a lane of phase {wants}, this one is {phase}"
            )
        yield from _check_goods(f"{here}.goods", reward.goods, known)
    yield from _repeated(f"{path}.limits", (limit.code for limit in campaign.limits))
    if campaign.budget is not None and campaign.budget == schema.Budget():
        yield Problem(f"{path}.budget", "set money, uses or both, or leave the budget out")
    for i, message in enumerate(campaign.messages):
        for name in re.findall(r"\{([^{}]*)\}", message.text):
            if name not in _VARIABLES:
                yield Problem(
                    f"{path}.messages[{i}].text",
                    f"there is no variable {{{name}}}; known: {', '.join(sorted(_VARIABLES))}",
                )


def _check_schedule(path: str, schedule: schema.Schedule) -> Iterator[Problem]:
    for name in ("starts_at", "ends_at"):
        moment = getattr(schedule, name)
        if moment is not None and moment.tzinfo is not None:
            yield Problem(f"{path}.{name}", "local time is written without a zone")
            return
    for name in ("time_from", "time_until"):
        moment = getattr(schedule, name)
        if moment is not None and moment.tzinfo is not None:
            yield Problem(f"{path}.{name}", "local time is written without a zone")
    if (
        schedule.starts_at is not None
        and schedule.ends_at is not None
        and schedule.ends_at <= schedule.starts_at
    ):
        yield Problem(f"{path}.ends_at", "the end must lie after the start")


def _check_condition(
    path: str, condition: Condition, program: Program, known: _Known
) -> Iterator[Problem]:
    match condition:
        case schema.All() | schema.Any():
            for i, part in enumerate(condition.of):
                yield from _check_condition(f"{path}.of[{i}]", part, program, known)
        case schema.Not():
            yield from _check_condition(f"{path}.of", condition.of, program, known)
        case schema.ReceiptAmount() | schema.ReceiptQuantity():
            yield from _check_goods(f"{path}.goods", condition.goods, known)
            yield from _check_bound(path, condition)
        case schema.ContainsGoods():
            yield from _check_goods(f"{path}.goods", condition.goods, known)
        case schema.Place():
            yield from _check_place(path, condition, known)
        case schema.Tier():
            tiers = {tier.code for tier in program.tiers}
            yield from _unknown(f"{path}.tiers", "tier", condition.tiers, tiers)
        case schema.MemberList():
            yield from _unknown(f"{path}.list", "member list", (condition.list,), known.lists)
        case schema.Identified() | schema.Coupon():
            pass


def _depth(condition: Condition) -> int:
    """How deep `all`, `any` and `not` stand in each other; stops counting where it is too deep."""
    depth, inner = 0, [condition]
    while inner and depth <= DEPTH_MAX:
        depth += 1
        inner = [
            part
            for outer in inner
            if isinstance(outer, schema.All | schema.Any | schema.Not)
            for part in (outer.of if isinstance(outer.of, tuple) else (outer.of,))
        ]
    return depth


def _check_bound(
    path: str, condition: schema.ReceiptAmount | schema.ReceiptQuantity
) -> Iterator[Problem]:
    if isinstance(condition, schema.ReceiptAmount):
        bound, name = condition.amount_minor, "amount_minor"
    else:
        bound, name = condition.quantity_milli, "quantity_milli"
    if bound == 0 and condition.compare is schema.Comparison.LESS_THAN:
        yield Problem(f"{path}.{name}", "nothing is less than zero: this can never hold")


def _check_place(path: str, place: schema.Place, known: _Known) -> Iterator[Problem]:
    if place == schema.Place():
        yield Problem(path, "name at least one store, chain, format or region")
    yield from _unknown(f"{path}.stores", "store", place.stores, known.stores)
    yield from _unknown(f"{path}.chains", "chain", place.chains, known.chains)
    yield from _unknown(f"{path}.formats", "store format", place.formats, known.formats)
    yield from _unknown(f"{path}.regions", "store region", place.regions, known.regions)
