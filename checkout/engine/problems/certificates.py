"""Series of certificates and passes: what they name must exist, and something must be payable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checkout.engine.problems.goods import check_not_only, check_program_goods
from checkout.engine.problems.point_dates import check_point_dates
from checkout.engine.problems.problem import Problem
from checkout.engine.problems.references import check_stores, repeated, same_names, unknown
from checkout.engine.problems.shown import counted
from checkout.engine.schema.certificates import CertificateKind
from checkout.engine.schema.goods import GoodsFlag
from checkout.engine.schema.issues import IssueCertificate
from checkout.engine.told import told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.engine.problems.known import Ground
    from checkout.engine.schema.campaign import Campaign
    from checkout.engine.schema.certificates import CertificateSeries
    from checkout.engine.schema.snapshot import Snapshot


def check_certificates(path: str, ground: Ground) -> Iterator[Problem]:
    """Whatever is wrong with the series that a program takes."""
    program = ground.program
    yield from repeated(path, (series.code for series in program.certificates))
    sold_by: dict[str, str] = {}
    for series in program.certificates:
        here = f"{path}[{series.code}]"
        yield from _check_goods(f"{here}.goods", series, ground)
        yield from check_stores(f"{here}.stores", series.stores, ground, "it can never be spent")
        yield from unknown(f"{here}.sold_as", "product", series.sold_as, ground)
        for sku in series.sold_as:
            other = sold_by.setdefault(sku, series.code)
            if other != series.code:
                yield Problem(
                    f"{here}.sold_as",
                    told("the sale of {sku!r} activates series {other!r}", sku=sku, other=other),
                )
        yield from check_point_dates(f"{here}.dates", series.dates, what="certificates")


def check_kinds_of_series(snapshot: Snapshot) -> Iterator[Problem]:
    """Series that two programs take, of money in one and of units in the other."""
    first: dict[str, tuple[str, CertificateKind]] = {}
    for program in snapshot.programs:
        for series in program.certificates:
            other, kind = first.setdefault(series.code, (program.code, series.kind))
            if kind is not series.kind and other != program.code:
                yield Problem(
                    f"programs[{program.code}].certificates[{series.code}].kind",
                    told(
                        "program {other!r} takes the same series as {kind}: money and units "
                        "cannot stand for each other",
                        other=other,
                        kind=kind.value,
                    ),
                )


def warn_of_certificates(path: str, ground: Ground) -> Iterator[Problem]:
    """Series that lose units, or that a cashier cannot tell from each other."""
    yield from same_names(path, "series", ground.program.certificates)
    for series in ground.program.certificates:
        here = f"{path}[{series.code}]"
        if series.once and series.kind is CertificateKind.PASS and series.face != 1:
            units = told("several units") if series.face is None else counted(series.face, "unit")
            yield Problem(
                f"{here}.once",
                told("a pass of {units}, of which one sale makes all others lapse", units=units),
            )


def warn_of_issues(path: str, campaign: Campaign, ground: Ground) -> Iterator[Problem]:
    """Certificates that are issued, and that no program takes."""
    taken = ground.codes["certificate series taken"]
    for i, issue in enumerate(campaign.issues):
        if isinstance(issue, IssueCertificate) and issue.series not in taken:
            yield Problem(
                f"{path}.issues[{i}].series",
                told(
                    "no program takes certificates of series {series!r}: none can be spent",
                    series=issue.series,
                ),
            )


def _check_goods(path: str, series: CertificateSeries, ground: Ground) -> Iterator[Problem]:
    yield from check_program_goods(path, series.goods, ground)
    if series.kind is CertificateKind.PASS:
        why = "are no whole units: no pass pays for them"
        yield from check_not_only(path, series.goods, GoodsFlag.WEIGHED, why)
