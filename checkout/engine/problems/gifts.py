"""Gifts of a program: what they name must exist, and each must be to be had somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.problems.problem import Problem
from checkout.engine.problems.references import check_stores, repeated, same_names, unknown
from checkout.engine.problems.schedules import check_schedule
from checkout.engine.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.gifts import ProgramGift
    from checkout.engine.schema.snapshot import Snapshot


def check_gifts(path: str, ground: Ground) -> Iterator[Problem]:
    """Whatever is wrong with the gifts of a program."""
    gifts = ground.program.gifts
    yield from repeated(path, (gift.code for gift in gifts))
    for gift in gifts:
        here = f"{path}[{gift.code}]"
        if gift.sku:
            yield from unknown(f"{here}.sku", "product", (gift.sku,), ground)
        yield from _check_price(here, gift, ground)
        yield from check_stores(f"{here}.stores", gift.stores, ground, "it can never be given")
        yield from check_schedule(f"{here}.schedule", gift.schedule)


def check_gifts_of_programs(snapshot: Snapshot) -> Iterator[Problem]:
    """Gifts of two programs under one code: they would have one stock."""
    first: dict[str, str] = {}
    for program in snapshot.programs:
        for gift in program.gifts:
            other = first.setdefault(gift.code, program.code)
            if other != program.code:
                yield Problem(
                    f"programs[{program.code}].gifts[{gift.code}].code",
                    told(
                        "program {other!r} has a gift of this code, too, and one stock would be "
                        "counted for both: choose another",
                        other=other,
                    ),
                )


def warn_of_gifts(path: str, ground: Ground) -> Iterator[Problem]:
    """Gifts that a cashier cannot tell from each other."""
    yield from same_names(path, "gift", ground.program.gifts)


def _check_price(path: str, gift: ProgramGift, ground: Ground) -> Iterator[Problem]:
    if gift.currency is None:
        return
    yield from unknown(f"{path}.currency", "currency", (gift.currency,), ground)
    if not gift.points_minor:
        yield Problem(f"{path}.currency", "it costs nothing: leave the currency out")
