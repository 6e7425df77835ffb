"""Paying with certificates and passes: which are taken, in which order, on which lines.

The rules are in ``docs/rules.md`` §4. Passes pay whole units before points do, certificates what is
left after them.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from checkout.engine.canonical import PaidBy
from checkout.engine.facts import CertificateProblem, CertificateState
from checkout.engine.outcome_certificates import (
    CertificatePart,
    CertificateResult,
    CertificateStatus,
)
from checkout.engine.schema.certificates import CertificateKind
from checkout.primitives import UNIT_MILLI, allocate

if TYPE_CHECKING:
    from checkout.engine.canonical import CanonicalLine
    from checkout.engine.case import Case
    from checkout.engine.compiled import CompiledProgram
    from checkout.engine.receipt import PresentedCertificate

_UNKNOWN = CertificateState(problem=CertificateProblem.UNKNOWN)
#: After every moment that an ISO text can say.
_NEVER = "~"


class _Certificate:
    """One certificate of the receipt: what may be spent of it on which lines, and what was."""

    __slots__ = (
        "code",
        "is_pass",
        "lines",
        "most",
        "paid_minor",
        "rejected",
        "state",
        "units",
    )

    def __init__(self, shown: PresentedCertificate, program: CompiledProgram, case: Case) -> None:
        self.code = shown.code
        self.state = case.facts.certificates.get(shown.code, _UNKNOWN)
        self.most = min(self.state.left, shown.at_most or self.state.left)
        self.lines: list[CanonicalLine] = []
        self.is_pass = False
        self.paid_minor = 0
        self.units = 0
        self.rejected = self._rejected(program, case)

    def _rejected(self, program: CompiledProgram, case: Case) -> CertificateStatus | None:
        """Why it cannot be spent here; fills in the lines that it means."""
        if self.state.problem is not None:
            return CertificateStatus(self.state.problem.value)
        accepted = program.certificates.get(self.state.series)
        if accepted is None:
            return CertificateStatus.NOT_ACCEPTED
        series, selector = accepted
        if series.stores and case.store.code not in series.stores:
            return CertificateStatus.WRONG_STORE
        self.is_pass = series.kind is CertificateKind.PASS
        if self.is_pass:
            meant = case.meant_by(selector)
            self.lines = [line for line in meant if line.units and not line.weighed]
        else:
            self.lines = case.lines if selector is None else case.meant_by(selector)
        return None if self.lines else CertificateStatus.WRONG_GOODS

    def in_order(self) -> tuple[int, str, str]:
        """Fewer lines first, then the earlier end, then the code."""
        return (len(self.lines), self.state.ends or _NEVER, self.code)

    def result(self, parts: list[CertificatePart]) -> CertificateResult:
        """What became of it."""
        if self.rejected is not None:
            status = self.rejected
        elif self.units or self.paid_minor:
            status = CertificateStatus.APPLIED
        else:
            status = CertificateStatus.NOT_NEEDED
        left = self.state.left - (self.units if self.is_pass else self.paid_minor)
        return CertificateResult(
            self.code,
            self.state.series,
            status,
            self.paid_minor,
            self.units,
            left,
            parts,
        )


class Certificates:
    """The certificates and passes of one receipt."""

    __slots__ = ("_all", "_case", "_money", "_passes")

    def __init__(self, program: CompiledProgram, case: Case) -> None:
        """Judge each of them; nothing is spent yet."""
        self._case = case
        self._all = [_Certificate(shown, program, case) for shown in case.receipt.certificates]
        taken = sorted((c for c in self._all if c.rejected is None), key=_Certificate.in_order)
        self._passes = [certificate for certificate in taken if certificate.is_pass]
        self._money = [certificate for certificate in taken if not certificate.is_pass]

    def spend_passes(self) -> None:
        """Let passes pay for whole units, those of the dearest lines first."""
        if not self._passes:
            return
        used: dict[CanonicalLine, int] = {}
        rank = {line: number for number, line in enumerate(self._case.lines)}
        for each in self._passes:
            left = each.most
            for line in sorted(each.lines, key=lambda line: (-_unit_price(line), rank[line])):
                before = used.get(line, 0)
                units = min(left, line.units - before) if line.current_minor else 0
                if not units:
                    continue
                left -= units
                used[line] = before + units
                minor = _worth(line, before + units) - _worth(line, before)
                line.certificates.append(PaidBy(each.code, minor=minor, units=units, is_pass=True))
                each.paid_minor += minor
                each.units += units

    def spend_money(self) -> None:
        """Let certificates pay what is left of their lines, in proportion to it."""
        for each in self._money:
            dues = [line.due_minor for line in each.lines]
            minor = min(each.most, sum(dues))
            if not minor:
                continue
            each.paid_minor = minor
            for line, part in zip(each.lines, allocate(minor, dues, dues), strict=True):
                if part:
                    line.certificates.append(PaidBy(each.code, minor=part, units=0, is_pass=False))

    def results(self) -> list[CertificateResult]:
        """All of them, by code; after the lines have spread what was paid of them."""
        parts: dict[str, list[CertificatePart]] = {each.code: [] for each in self._all}
        for line in self._case.lines:
            if line.certificates:
                for code, part in _parts(line):
                    parts[code].append(part)
        results = []
        for each in sorted(self._all, key=lambda each: each.code):
            found = sorted(parts[each.code], key=lambda part: part.position)
            results.append(each.result(found))
        return results


def _parts(line: CanonicalLine) -> list[tuple[str, CertificatePart]]:
    """What each certificate paid of each till line of a canonical line."""
    return [
        (paid.code, CertificatePart(till.position, minor, units))
        for paid in line.certificates
        for till, minor, units in zip(line.till_lines, paid.parts, paid.unit_parts, strict=True)
        if minor or units
    ]


def _unit_price(line: CanonicalLine) -> Fraction:
    return Fraction(line.current_minor, line.quantity_milli)


def _worth(line: CanonicalLine, units: int) -> int:
    """What so many units of a line cost together, down."""
    return line.current_minor * UNIT_MILLI * units // line.quantity_milli
