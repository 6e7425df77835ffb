"""Certificates and passes that a till took by itself: which lines they have paid, as it says.

What was taken for a position lies there, before points; what was taken for the receipt lies on all
lines in proportion to what is left to pay of them, after points. The rules are in ``docs/rules.md``
§10.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.canonical import PaidBy
from checkout.engine.outcome_certificates import (
    CertificatePart,
    CertificateResult,
    CertificateStatus,
)
from checkout.primitives import allocate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.case import Case
    from checkout.engine.outcome_lines import TillShare
    from checkout.engine.taken_certificate import TakenCertificate


class TakenCertificates:
    """All of a receipt, booked on its lines."""

    def __init__(self, case: Case, taken: Iterable[TakenCertificate]) -> None:
        """Keep them; nothing is booked yet. Facts know each of them."""
        self._case = case
        self._taken = tuple(taken)
        #: By canonical line, in the order in which they were booked.
        self._on_line: dict[CanonicalLine, list[tuple[TakenCertificate, PaidBy]]] = {}

    def pay_positions(self) -> None:
        """Book what was taken for positions."""
        lines = {sold.position: line for line in self._case.lines for sold in line.till_lines}
        for each in self._taken:
            if each.position:
                self._book(lines[each.position], each, each.amount_minor)

    def pay_the_rest(self) -> None:
        """Book what was taken for the receipt."""
        for each in self._taken:
            if not each.position:
                dues = [line.due_minor for line in self._case.lines]
                parts = allocate(each.amount_minor, dues, dues)
                for line, part in zip(self._case.lines, parts, strict=True):
                    if part:
                        self._book(line, each, part)

    def _book(self, line: CanonicalLine, taken: TakenCertificate, minor: int) -> None:
        # Passes, too, lie where the till says, not where the rules would have them.
        paid = PaidBy(taken.code, minor=minor, units=taken.units, is_pass=False)
        line.certificates.append(paid)
        self._on_line.setdefault(line, []).append((taken, paid))

    def share_positions(self, line: CanonicalLine, shares: Sequence[TillShare]) -> None:
        """Say what was taken for each position of a line."""
        for taken, paid in self._on_line.get(line, ()):
            if taken.position:
                here = [int(share.position == taken.position) for share in shares]
                paid.parts = [taken.amount_minor * part for part in here]
                paid.unit_parts = [taken.units * part for part in here]
                _add(shares, paid.parts)

    def share_the_rest(
        self, line: CanonicalLine, shares: Sequence[TillShare], left: list[int]
    ) -> None:
        """Spread over a line's positions what was taken for the receipt, by what is `left`."""
        for taken, paid in self._on_line.get(line, ()):
            if not taken.position:
                paid.parts = allocate(paid.minor, left, left)
                _add(shares, paid.parts)
                left = [of - part for of, part in zip(left, paid.parts, strict=True)]

    def results(self) -> list[CertificateResult]:
        """What each of them paid, by code; after `share_positions` and `share_the_rest`."""
        found: dict[str, CertificateResult] = {}
        states = self._case.facts.certificates
        for each in sorted(self._taken, key=lambda each: each.code):
            state = states[each.code]
            found.setdefault(
                each.code,
                CertificateResult(
                    each.code, state.series, CertificateStatus.APPLIED, 0, 0, state.left, []
                ),
            )
        parts: dict[tuple[str, int], CertificatePart] = {}
        for line, booked in self._on_line.items():
            for taken, paid in booked:
                for till, minor, units in zip(
                    line.till_lines, paid.parts, paid.unit_parts, strict=True
                ):
                    if minor:
                        part = parts.setdefault(
                            (taken.code, till.position), CertificatePart(till.position, 0, 0)
                        )
                        part.paid_minor += minor
                        part.units += units
        for (code, _), part in sorted(parts.items()):
            result = found[code]
            result.parts.append(part)
            result.paid_minor += part.paid_minor
            result.units += part.units
        for result in found.values():
            result.left = max(result.left - (result.units or result.paid_minor), 0)
        return [*found.values()]


def _add(shares: Sequence[TillShare], parts: list[int]) -> None:
    for share, part in zip(shares, parts, strict=True):
        share.certificates_minor += part
