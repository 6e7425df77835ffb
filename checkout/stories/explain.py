"""`python -m checkout explain`: why a receipt costs what it costs, as tables for people.

The input is one line of `evaluate`: ``{"snapshot": …, "member": …, "receipt": …}``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson

from checkout.engine.compiler import compile_snapshot
from checkout.engine.documents import (
    InvalidDocumentError,
    parse_facts,
    parse_receipt,
    parse_snapshot,
)
from checkout.engine.evaluate import Explain, evaluate
from checkout.engine.near_misses import near_misses
from checkout.engine.outcome import Verdict
from checkout.engine.outcome_certificates import CertificateStatus
from checkout.engine.problems import InvalidSnapshotError
from checkout.engine.schema.certificates import CertificateKind
from checkout.engine.schema.points import PointsReward
from checkout.engine.schema.program import LanePhase
from checkout.engine.tilllines import till_lines
from checkout.flows.in_words import InWords, points_of
from checkout.primitives import FULL_RATE_BP, UNIT_MILLI, format_minor
from checkout.stories.describe import described
from checkout.stories.evaluate import FACTS
from checkout.wording.kinds import KINDS
from checkout.wording.names import titled
from checkout.wording.phrases import phrases
from checkout.wording.speech import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import TextIO

    from checkout.engine.compiled import CompiledSnapshot
    from checkout.engine.facts import Facts
    from checkout.engine.near_misses import NearMiss
    from checkout.engine.outcome import Considered, Cut, Outcome
    from checkout.engine.outcome_certificates import CertificateResult
    from checkout.engine.receipt import Receipt

_CUT_BY = {
    "maximum": "the offer's own maximum",
    "floor": "the lowest price of the goods",
    "budget": "what is left of the campaign's budget",
    "limit": "the limit",
    "cap": "the cap on discounts of one receipt",
}
_NOT_PAID: Final = phrases(
    CertificateStatus,
    {
        CertificateStatus.APPLIED: "",
        CertificateStatus.UNKNOWN: "nobody knows it",
        CertificateStatus.NOT_ACTIVE: "it is not active yet",
        CertificateStatus.BLOCKED: "it is blocked",
        CertificateStatus.EXPIRED: "its time is over",
        CertificateStatus.USED_UP: "nothing was left on it",
        CertificateStatus.NOT_ACCEPTED: "the program of this store does not take its series",
        CertificateStatus.WRONG_STORE: "it is for other stores",
        CertificateStatus.WRONG_GOODS: "it is for other goods than are on the receipt",
        CertificateStatus.NOT_NEEDED: "nothing was left to pay with it",
    },
)


def explain_file(path: Path, out: TextIO, about: str = "") -> int:
    """Explain the one case of a JSON file; the exit code of the command: 1 if it is no good."""
    try:
        document = orjson.loads(path.read_bytes())
        rules = parse_snapshot(document.get("snapshot"))
        snapshot = compile_snapshot(rules)
        receipt = parse_receipt(document.get("receipt"))
        facts = parse_facts(*(document.get(name) for name in FACTS))
    except (InvalidDocumentError, InvalidSnapshotError) as error:
        out.writelines(f"{problem.field}: {problem.message}\n" for problem in error.problems)
        return 1
    except (orjson.JSONDecodeError, AttributeError) as error:
        out.write(f"{path.name} is not a JSON object with a snapshot and a receipt: {error}\n")
        return 1
    if receipt.store not in snapshot.stores:
        out.write(f"receipt.store: the snapshot has no store {receipt.store!r}\n")
        return 1
    if about in {campaign.code for campaign in rules.campaigns}:
        out.writelines(line + "\n" for line in (*described(rules, about), ""))
    out.writelines(line + "\n" for line in explain_lines(snapshot, facts, receipt, about))
    return 0


def explain_lines(
    snapshot: CompiledSnapshot, facts: Facts, receipt: Receipt, about: str = ""
) -> list[str]:
    """The whole explanation, one text a line; about one campaign only, if it is named."""
    words = InWords(snapshot.currency.exponent, "", points_of(snapshot, receipt.store))
    outcome = evaluate(snapshot, facts, receipt, Explain.FULL, about, words=words)
    teller = _Teller(snapshot, receipt, outcome)
    if about:
        chosen = [each for each in outcome.considered if each.campaign == about]
        if not chosen:
            return [f"No campaign {about!r} in the program of store {receipt.store}."]
        return list(teller.campaigns(chosen))
    return [
        *teller.lines(),
        "",
        *teller.totals(),
        *teller.certificates(),
        *teller.cuts(),
        "",
        *teller.campaigns(outcome.considered),
        *teller.offers(near_misses(snapshot, facts, receipt, outcome)),
    ]


class _Teller:
    """Says an outcome in words."""

    def __init__(self, snapshot: CompiledSnapshot, receipt: Receipt, outcome: Outcome) -> None:
        self._outcome = outcome
        self._receipt = receipt
        self._exponent = snapshot.currency.exponent
        program = snapshot.programs[snapshot.stores[receipt.store].program]
        self._points = {code: each.exponent for code, each in program.currencies.items()}
        self._phases = {lane.code: lane.phase for lane in program.document.lanes}
        self._campaigns = program.by_code
        self._series = {each.code: each for each in program.document.certificates}
        self._main = program.main_currency.code

    def lines(self) -> Iterator[str]:
        """Each line with what was taken off and earned on it, and how."""
        rows = [("line", "goods", "quantity", "price", "what", "from", "rate", "wanted", "given")]
        sent = {line.position: line for line in self._receipt.lines}
        for till in till_lines(self._outcome):
            line = sent[till.position]
            quantity = format_minor(line.quantity_milli, 3).rstrip("0").rstrip(".")
            first = (str(till.position), line.sku, quantity, self._money(till.amount_minor))
            told: list[tuple[str, str, str, str, str]] = []
            if till.external_discount_minor:
                given = self._money(till.external_discount_minor)
                told.append(("given before us", "", "", "", given))
            if till.manual_discount_minor:
                wanted = self._money(line.manual_discount_minor)
                told.append(("by hand", "", "", wanted, self._money(till.manual_discount_minor)))
            told += [
                (
                    part.campaign,
                    self._money(part.base_minor),
                    _rate(part.rate_bp),
                    self._money(part.wanted_minor),
                    self._money(part.granted_minor),
                )
                for part in till.discounts
            ]
            told += [
                (
                    part.campaign,
                    self._money(part.base_minor),
                    _rate(part.rate_bp),
                    "",
                    f"+{self._in_currency(part.points_minor, part.currency)}",
                )
                for part in till.points
            ]
            if till.points_value_minor:
                told.append(("paid with points", "", "", "", self._money(till.points_value_minor)))
            for certificate in self._outcome.certificates:
                told += [
                    (f"paid with {certificate.code}", "", "", "", self._money(part.paid_minor))
                    for part in certificate.parts
                    if part.position == till.position
                ]
            told.append(("to pay", "", "", "", self._money(till.payable_minor)))
            for number, row in enumerate(told):
                rows.append((*(first if number == 0 else ("", "", "", "")), *row))
        return _table(rows, right=(2, 3, 5, 6, 7, 8))

    def totals(self) -> Iterator[str]:
        """The sums."""
        outcome = self._outcome
        rows = [
            ("sum", outcome.amount_minor),
            ("given before us", -outcome.external_discount_minor),
            ("by hand", -outcome.manual_discount_minor),
            ("discounts", -outcome.discount_minor),
            ("paid with points", -outcome.points_value_minor),
            ("paid with certificates", -outcome.certificates_minor),
            ("rounding", -outcome.rounding_minor),
            ("to pay", outcome.payable_minor),
        ]
        ends = ("sum", "to pay")
        told = [(name, self._money(value)) for name, value in rows if value or name in ends]
        for earned in outcome.earned:
            points = format_minor(earned.points_minor, self._points[earned.currency])
            told.append((f"earned, {earned.currency}", points))
        return _table(told, right=(1,))

    def certificates(self) -> Iterator[str]:
        """What each certificate and pass paid, and what is left of it; or why it paid nothing."""
        if self._outcome.certificates:
            yield ""
        for certificate in self._outcome.certificates:
            series = self._series.get(certificate.series)
            what = titled(series.code, series.name) if series is not None else certificate.series
            named = f"{certificate.code}, {what}" if what else certificate.code
            if certificate.status is not CertificateStatus.APPLIED:
                yield f"{named}: pays nothing, {_NOT_PAID[certificate.status]}."
                continue
            paid, left = self._money(certificate.paid_minor), self._held(certificate)
            units = f", {counted(certificate.units, 'unit')}" if certificate.units else ""
            yield f"{named}: pays {paid}{units}; {left}."

    def _held(self, certificate: CertificateResult) -> str:
        """What a certificate of the program holds after the sale."""
        series = self._series[certificate.series]
        if series.once:
            return "spent in one sale: what is left lapses"
        if series.kind is CertificateKind.PASS:
            return f"left on it: {counted(certificate.left, 'unit')}"
        return f"left on it: {self._money(certificate.left)}"

    def cuts(self) -> Iterator[str]:
        """What was granted less than was wanted, and why."""
        if self._outcome.cuts:
            yield ""
        for cut in self._outcome.cuts:
            who = self._named(cut.campaign) if cut.campaign else "a discount by hand"
            by = _CUT_BY[cut.by.value] + (f" {cut.limit}" if cut.limit else "")
            wanted, granted = (
                self._of_cut(cut, cut.wanted_minor),
                self._of_cut(cut, cut.granted_minor),
            )
            yield f"{who}: wanted {wanted}, given {granted}: {by} cut it."

    def campaigns(self, considered: Sequence[Considered]) -> Iterator[str]:
        """What became of each campaign."""
        if not considered:
            yield "No campaign was near this receipt."
            return
        yield from _table(
            [
                ("campaign", "", "why"),
                *(
                    (self._named(each.campaign), each.verdict.value, self._why(each))
                    for each in considered
                ),
            ],
            right=(),
        )
        for each in considered:
            campaign = self._campaigns.get(each.campaign)
            if campaign is not None and campaign.document.description:
                told = " ".join(campaign.document.description.split())
                yield f"{self._named(each.campaign)}: {told}"

    def offers(self, found: Sequence[NearMiss]) -> Iterator[str]:
        """What would be worth while."""
        if found:
            yield ""
        for offer in found:
            more = self._money(offer.missing_minor)
            if offer.sku:
                quantity = offer.missing_milli // UNIT_MILLI
                more = f"{quantity} more of {offer.sku} ({more})"
            else:
                more = f"{more} more"
            yield f"{more} and you save {self._money(offer.saving_minor)}: {offer.name}."

    def _why(self, each: Considered) -> str:
        """One sentence that a call centre can read out."""
        match each.verdict:
            case Verdict.APPLIED:
                return ""
            case Verdict.UNMET:
                about = "" if each.condition == "not" else f"{KINDS[each.condition]}: "
                return f"{about}needs {each.needed}; seen: {each.seen}"
            case Verdict.BEATEN:
                return self._who_beat(each)
            case Verdict.CUT:
                by, _, limit = each.condition.partition(" ")
                why = _CUT_BY[by] if each.seen == "none" else f"there are {each.seen}"
                return f"nothing left: {why}{' ' + limit if limit else ''}"
            case Verdict.NOTHING:
                return f"open, but nothing for it: needs {each.needed}; seen: {each.seen}"

    def _who_beat(self, each: Considered) -> str:
        """Who was granted something in its stead, or keeps it away, and how much it is about."""
        alone = self._in_lane(each.campaign, each.lane, each.alone_minor)
        told = f"alone it would have given {alone} in lane {each.lane}"
        by = self._named(each.by)
        gave = f" gave {self._in_lane(each.campaign, each.lane, each.others_minor)}"
        if not each.by:
            return f"{told}; others share the lane"
        if each.condition == "not_with":
            more = f", which{gave}" if each.others_minor else ""
            return f"{told}; it may not stand beside {by}{more}"
        if not each.condition.startswith("exclusive"):
            return f"{told}; {by}{gave}"
        kept = gave if each.others_minor else " keeps it away"
        return f"{told}; {by}, which is exclusive,{kept}"

    def _of_cut(self, cut: Cut, value: int) -> str:
        return self._in_lane(cut.campaign, cut.lane, value)

    def _in_lane(self, campaign: str, lane: str, value: int) -> str:
        """Money, or points in the one currency of a campaign's rewards in a lane."""
        if self._phases.get(lane) is not LanePhase.ACCRUAL:
            return self._money(value)
        rewards = self._campaigns[campaign].document.rewards
        currencies = {
            each.currency or self._main
            for each in rewards
            if each.lane == lane and isinstance(each, PointsReward)
        }
        if len(currencies) == 1:
            return self._in_currency(value, currencies.pop())
        return f"{value} points (minor units)"

    def _in_currency(self, points: int, currency: str) -> str:
        return f"{format_minor(points, self._points[currency])} {currency}"

    def _named(self, code: str) -> str:
        campaign = self._campaigns.get(code)
        if campaign is None or campaign.name in {"", code}:
            return code
        return f"{code} ({campaign.name})"

    def _money(self, value: int) -> str:
        return format_minor(value, self._exponent)


def _rate(rate_bp: int) -> str:
    if not rate_bp:
        return ""
    whole, part = divmod(rate_bp * 100, FULL_RATE_BP)
    return f"{whole}.{part // 100:02d} %" if part else f"{whole} %"


def _table(rows: Sequence[Sequence[str]], *, right: Sequence[int]) -> Iterator[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
