"""Currencies of points that several programs share: an account is one, whatever program looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.problems.problem import Problem
from checkout.engine.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.schema.snapshot import Snapshot


def check_currencies_of_programs(snapshot: Snapshot) -> Iterator[Problem]:
    """Currencies of two programs under one code, with decimals of their own.

    The same account would be a hundred times as many points in one of them, and a correction in
    points would move as many times too much.
    """
    first: dict[str, tuple[str, int]] = {}
    for program in snapshot.programs:
        for currency in program.currencies:
            other, exponent = first.setdefault(currency.code, (program.code, currency.exponent))
            if exponent != currency.exponent and other != program.code:
                yield Problem(
                    f"programs[{program.code}].currencies[{currency.code}].exponent",
                    told(
                        "program {program!r} has the same currency with {exponent} decimals: an"
                        " account counts in one way",
                        program=other,
                        exponent=exponent,
                    ),
                )
