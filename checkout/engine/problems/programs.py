"""Programs: lanes, caps, redemption, accrual, and what stands beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.problems.caps import check_cap_of_nothing
from checkout.engine.problems.certificates import check_certificates
from checkout.engine.problems.choices import COUNTED, covers, kinds_of
from checkout.engine.problems.gifts import check_gifts
from checkout.engine.problems.goods import (
    check_not_delivery,
    check_not_only,
    check_program_goods,
)
from checkout.engine.problems.limits import check_program_limits
from checkout.engine.problems.point_dates import check_point_dates
from checkout.engine.problems.problem import Problem
from checkout.engine.problems.references import check_zone, repeated, unknown
from checkout.engine.problems.tiers import check_tiers
from checkout.engine.schema.goods import GoodsFlag
from checkout.engine.schema.limits import Above, Measure
from checkout.engine.schema.program import LaneBase, LanePhase, LanePolicy, LaneScope
from checkout.engine.schema.schedule import Schedule
from checkout.engine.told import told
from checkout.primitives import divide_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.program import Lane, Program, Redemption


def check_program(program: Program, ground: Ground) -> Iterator[Problem]:
    """Whatever is wrong with a program, without its campaigns."""
    path = f"programs[{program.code}]"
    yield from check_zone(f"{path}.time_zone", program.time_zone)
    yield from repeated(f"{path}.tiers", (tier.code for tier in program.tiers))
    yield from check_tiers(path, program, ground)
    yield from repeated(f"{path}.currencies", (one.code for one in program.currencies))
    yield from repeated(f"{path}.lanes", (lane.code for lane in program.lanes))
    for lane in program.lanes:
        yield from _check_lane(f"{path}.lanes[{lane.code}]", lane)
    yield from check_cap_of_nothing(path, ground)
    yield from check_program_limits(path, program.limits, ground)
    yield from _check_permissions(f"{path}.manual_discounts.permissions", program)
    yield from _check_redemption(f"{path}.redemption", program.redemption, ground)
    yield from check_certificates(f"{path}.certificates", ground)
    yield from check_gifts(f"{path}.gifts", ground)
    yield from _check_accrual(f"{path}.accrual", program, ground)
    if program.cash_rounding is not None and program.cash_rounding.to_minor == 1:
        yield Problem(
            f"{path}.cash_rounding.to_minor", "every sum is a multiple of 1: this rounds nothing"
        )


def warn_of_program(path: str, ground: Ground) -> Iterator[Problem]:
    """What switches off a part of the program, perhaps on purpose."""
    for limit in ground.program.limits:
        if (
            limit.above is Above.NO_REWARD
            and limit.measure in (Measure.PURCHASES, Measure.DISCOUNT)
            and limit.bound == 0
            and limit.schedule == Schedule()
        ):
            yield Problem(
                f"{path}.limits[{limit.code}].bound", "nothing fits under 0: no discount is given"
            )
    redemption = ground.program.redemption
    if redemption.rate_bp == 0 and not any(cap.rate_bp for cap in redemption.goods_caps):
        yield Problem(f"{path}.redemption.rate_bp", "0 %: nothing can be paid with points")
    step, least = redemption.step_points_minor, redemption.min_points_minor
    if least % step:
        fewest = divide_up(least, step) * step
        yield Problem(
            f"{path}.redemption.min_points_minor",
            told(
                "not a multiple of the step {step}: the fewest that can be spent are {fewest}",
                step=step,
                fewest=fewest,
            ),
        )


def _check_lane(path: str, lane: Lane) -> Iterator[Problem]:
    if lane.phase is LanePhase.ACCRUAL:
        if lane.base is not LaneBase.CURRENT:
            yield Problem(
                f"{path}.base",
                "an accrual lane works on the program's accrual base: leave it at current",
            )
        if lane.policy is LanePolicy.BEST_COMBINATION:
            yield Problem(f"{path}.policy", "points are not combined: use all, first or best")
        if lane.scope is LaneScope.UNIT:
            yield Problem(f"{path}.scope", "points compete over lines or the receipt")
        return
    if lane.scope is LaneScope.UNIT and lane.policy not in (
        LanePolicy.FIRST,
        LanePolicy.BEST_COMBINATION,
    ):
        yield Problem(f"{path}.scope", "scope unit works with policy first or best_combination")
    if lane.policy is LanePolicy.BEST_COMBINATION and lane.scope is LaneScope.RECEIPT:
        yield Problem(
            f"{path}.scope", "one for the whole receipt is best: combine by line or by unit"
        )
    if lane.base is LaneBase.ADDED_UP and lane.policy is not LanePolicy.ALL:
        yield Problem(f"{path}.base", "percentages add up only where all work: use policy all")


def _check_permissions(path: str, program: Program) -> Iterator[Problem]:
    permissions = program.manual_discounts.permissions
    yield from repeated(path, (permission.code for permission in permissions))
    for permission in permissions:
        if permission.rate_bp == 0:
            yield Problem(f"{path}[{permission.code}].rate_bp", "0 permits nothing: leave it out")


def _check_redemption(path: str, redemption: Redemption, ground: Ground) -> Iterator[Problem]:
    if redemption.currency is not None:
        yield from unknown(f"{path}.currency", "currency", (redemption.currency,), ground)
    for i, cap in enumerate(redemption.goods_caps):
        here = f"{path}.goods_caps[{i}]"
        faults = [
            *check_program_goods(f"{here}.goods", cap.goods, ground),
            *check_not_delivery(f"{here}.goods", cap.goods, "is not paid with points"),
            *check_not_only(
                f"{here}.goods", cap.goods, GoodsFlag.NO_POINTS, "are not paid with points"
            ),
        ]
        yield from faults
        if not faults and any(
            covers(
                earlier.goods,
                cap.goods,
                kinds_of(earlier.goods, COUNTED),
                kinds_of(cap.goods, COUNTED),
            )
            for earlier in redemption.goods_caps[:i]
        ):
            yield Problem(here, "an earlier entry means all of these goods: it is never reached")


def _check_accrual(path: str, program: Program, ground: Ground) -> Iterator[Problem]:
    accrual = program.accrual
    yield from check_program_goods(f"{path}.goods", accrual.goods, ground)
    yield from check_not_delivery(f"{path}.goods", accrual.goods, "earns no points")
    yield from check_not_only(f"{path}.goods", accrual.goods, GoodsFlag.NO_POINTS, "earn no points")
    yield from check_point_dates(f"{path}.dates", accrual.dates)
