"""From messages to flow inputs: every limit of the contract is checked here, by hand.

All fields at once; of a list that is too long only as many parts as it may have, for all others
wait meanwhile. What is compared with something is put in one form here (`composed`); ids, which
are told again as they came, are refused in another.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING, Final, Literal, cast

from checkout.api.decode_certificates import CertificateDecoder
from checkout.api.violations import Violations
from checkout.engine.documents import check_receipt
from checkout.engine.receipt import (
    COUPONS_MAX,
    LINES_MAX,
    Line,
    LineKind,
    PlannedTender,
    Receipt,
)
from checkout.flows.identifiers import is_payment_card
from checkout.flows.qr_codes import QR_CHARACTERS_MAX
from checkout.flows.sale import PresentedIdentifier, Sale, Settlement, Tender
from checkout.primitives import AMOUNT_MAX_MINOR, QUANTITY_MAX_MILLI, composed
from checkout.refusals import Reason, Refusal
from checkout.v1 import receipt_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from checkout.flows.certificate_codes import CertificateCodes
    from checkout.flows.coupon_codes import CouponCodes
    from checkout.flows.directory import PartnerEntry
    from checkout.flows.identifiers import IdentifierHasher
    from checkout.flows.qr_codes import QrSigner
    from checkout.flows.sale import Caller, SoldCertificate

ID_CHARACTERS_MAX: Final = 64
TITLE_CHARACTERS_MAX: Final = 128
SHORT_CHARACTERS_MAX: Final = 32
VAT_CHARACTERS_MAX: Final = 16
POSITION_MAX: Final = 1_000_000
OFFSET_MAX_MINUTES: Final = 840
#: A till's clock may be an hour off its zone's on the days on which clocks are changed.
OFFSET_TOLERANCE_MINUTES: Final = 60
BIN_DIGITS_MAX: Final = 8
LANGUAGE_CHARACTERS_MAX: Final = 3
PLANNED_TENDERS_MAX: Final = 10
TENDERS_MAX: Final = 20
FISCAL_ENTRIES_MAX: Final = 20
FISCAL_VALUE_CHARACTERS_MAX: Final = 256
HOLD_TTL_S: Final = range(30, 1_801)
HOLD_TTL_DEFAULT_S: Final = 600

_KINDS: Final = {
    receipt_pb2.LINE_KIND_UNSPECIFIED: LineKind.GOODS,
    receipt_pb2.LINE_KIND_GOODS: LineKind.GOODS,
    receipt_pb2.LINE_KIND_SERVICE: LineKind.SERVICE,
    receipt_pb2.LINE_KIND_DELIVERY: LineKind.DELIVERY,
}
_MODES: Final = {receipt_pb2.RECEIPT_MODE_UNSPECIFIED, receipt_pb2.RECEIPT_MODE_TRAINING}


class Decoder:
    """Decodes what tills send for one caller's partner."""

    def __init__(
        self,
        hasher: IdentifierHasher,
        codes: CertificateCodes,
        coupon_codes: CouponCodes,
        qr_codes: QrSigner,
    ) -> None:
        self._hasher = hasher
        self._coupon_codes = coupon_codes
        self._qr_codes = qr_codes
        self._certificates = CertificateDecoder(codes)

    @property
    def certificates(self) -> CertificateDecoder:
        """How codes of certificates are read."""
        return self._certificates

    def identifier(
        self,
        message: receipt_pb2.Identifier,
        partner: PartnerEntry,
        found: Violations,
        path: str = "identifier",
        *,
        takes_qr: bool = False,
    ) -> PresentedIdentifier | None:
        """The identifier as a digest; None, with a violation, if it is not one.

        A QR code stands only where somebody is identified for a sale (`takes_qr`).
        """
        kind = cast("str | None", message.WhichOneof("kind"))
        if kind is None:
            found.add(Reason.FIELD_REQUIRED, path, f"{path} names a card, phone or external id")
            return None
        if kind != "qr":
            value = getattr(message, kind)
            return self.identifier_of(kind, value, partner, found, f"{path}.{kind}")
        if not takes_qr:
            found.add(Reason.FIELD_INVALID, f"{path}.qr", "a QR code identifies for a sale only")
            return None
        found.text(f"{path}.qr", message.qr, QR_CHARACTERS_MAX)
        return self._qr_codes.present(partner.partner_id, message.qr[:QR_CHARACTERS_MAX])

    def identifier_of(
        self, kind: str, value: str, partner: PartnerEntry, found: Violations, path: str
    ) -> PresentedIdentifier | None:
        """One kind's value as a digest; None, with a violation, if it is not one."""
        if not value.isprintable():
            found.add(Reason.FIELD_INVALID, path, f"{path} holds characters that are not text")
            return None
        presented = self._hasher.present(partner.partner_id, kind, value, partner.identifiers)
        if isinstance(presented, Refusal):
            found.add_refusal(presented, path)
            return None
        return presented

    def sale(
        self,
        caller: Caller,
        partner: PartnerEntry,
        purchase_id: str,
        message: receipt_pb2.Receipt,
        found: Violations,
    ) -> Sale | None:
        """The sale, or None with violations."""
        decode_id("purchase_id", purchase_id, found)
        local_time = decode_local_time("receipt.local_time", message.local_time, found)
        found.between(
            "receipt.utc_offset_minutes",
            message.utc_offset_minutes,
            -OFFSET_MAX_MINUTES,
            OFFSET_MAX_MINUTES,
        )
        if local_time is not None:
            _check_offset(message.utc_offset_minutes, local_time, caller.time_zone, found)
        identifier = None
        if message.HasField("identifier"):
            identifier = self.identifier(
                message.identifier, partner, found, "receipt.identifier", takes_qr=True
            )
        if not 1 <= len(message.lines) <= LINES_MAX:
            found.add(
                Reason.LINE_COUNT_OUT_OF_RANGE,
                "receipt.lines",
                f"a receipt has 1 to {LINES_MAX} lines",
                {"lines": len(message.lines), "lines_max": LINES_MAX},
            )
            found.raise_if_any()
        lines = decode_lines("receipt.lines", message.lines, found)
        found.between("receipt.coupons", len(message.coupons), 0, COUPONS_MAX)
        coupons = tuple(map(composed, message.coupons[:COUPONS_MAX]))
        for i, code in enumerate(coupons):
            found.require(f"receipt.coupons[{i}]", code)
            found.text(f"receipt.coupons[{i}]", code, ID_CHARACTERS_MAX)
        planned = _planned_tenders(message.planned_tenders, found)
        found.text("receipt.channel", message.channel, SHORT_CHARACTERS_MAX)
        found.text("receipt.manual_permission", message.manual_permission, ID_CHARACTERS_MAX)
        found.text("receipt.language", message.language, LANGUAGE_CHARACTERS_MAX)
        if message.mode not in _MODES:
            found.add(Reason.FIELD_INVALID, "receipt.mode", "a receipt is a sale or training")
        if local_time is None:
            return None
        receipt = Receipt(
            store=caller.store_code,
            local_time=local_time,
            utc_offset_minutes=message.utc_offset_minutes,
            lines=lines,
            coupons=coupons,
            certificates=self._certificates.shown(partner.partner_id, message.certificates, found),
            terminal=caller.terminal_code,
            channel=composed(message.channel) or "till",
            tenders=planned,
            manual_permission=composed(message.manual_permission),
            language=message.language,
            points_to_spend=_points(message, found),
        )
        for fault in check_receipt(receipt):
            if fault.field.startswith("tenders"):
                continue  # seen above, under the contract's name
            found.add(fault.reason, f"receipt.{fault.field}", fault.message, fault.numbers)
        return Sale(
            caller=caller,
            purchase_id=purchase_id,
            receipt=receipt,
            identifier=identifier,
            is_training=message.mode == receipt_pb2.RECEIPT_MODE_TRAINING,
            coupons=self._coupon_codes.digests(caller.partner_id, receipt.coupons),
        )


def decode_id(field: str, value: str, found: Violations) -> None:
    """An id that the till chose."""
    found.require(field, value)
    found.text(field, value, ID_CHARACTERS_MAX)
    found.same_form(field, value)


def decode_ttl(field: str, seconds: int, found: Violations) -> dt.timedelta:
    """How long a hold lives."""
    if seconds == 0:
        return dt.timedelta(seconds=HOLD_TTL_DEFAULT_S)
    found.between(field, seconds, HOLD_TTL_S.start, HOLD_TTL_S.stop - 1)
    return dt.timedelta(seconds=min(max(seconds, 0), HOLD_TTL_S.stop))


def decode_local_time(field: str, text: str, found: Violations) -> dt.datetime | None:
    """A till's local date and time."""
    found.require(field, text)
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not None or "T" not in text:
        found.add(
            Reason.FIELD_INVALID,
            field,
            f"{field} is local date and time without zone, such as 2026-11-21T18:05:00",
        )
        return None
    return moment


def decode_date(field: str, text: str, found: Violations) -> dt.date | None:
    """A date, or None if there is none."""
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        found.add(Reason.FIELD_INVALID, field, f"{field} is a date such as 2026-11-21")
        return None


def decode_settlement(
    message: receipt_pb2.Settlement,
    sold: tuple[SoldCertificate, ...],
    found: Violations,
) -> Settlement:
    """What is known when a sale is made final."""
    for name in ("shift", "receipt_number"):
        found.text(f"settlement.{name}", getattr(message, name), SHORT_CHARACTERS_MAX)
    found.text("settlement.cashier", message.cashier, ID_CHARACTERS_MAX)
    found.between("settlement.tenders", len(message.tenders), 0, TENDERS_MAX)
    found.between("settlement.fiscal", len(message.fiscal), 0, FISCAL_ENTRIES_MAX)
    for i, tender in enumerate(message.tenders[:TENDERS_MAX]):
        path = f"settlement.tenders[{i}]"
        found.require(f"{path}.kind", tender.kind)
        found.text(f"{path}.kind", tender.kind, SHORT_CHARACTERS_MAX)
        found.between(f"{path}.amount_minor", tender.amount_minor, 0, AMOUNT_MAX_MINOR)
        _bin(f"{path}.bin", tender.bin, found)
    for key, value in list(message.fiscal.items())[:FISCAL_ENTRIES_MAX]:
        found.text("settlement.fiscal", key, ID_CHARACTERS_MAX)
        found.text(f"settlement.fiscal[{key[:64]}]", value, FISCAL_VALUE_CHARACTERS_MAX)
    return Settlement(
        tenders=tuple(
            Tender(composed(t.kind), t.amount_minor, t.bin) for t in message.tenders[:TENDERS_MAX]
        ),
        shift=composed(message.shift),
        receipt_number=composed(message.receipt_number),
        cashier=message.cashier,
        business_day=decode_date("settlement.business_day", message.business_day, found),
        fiscal=dict(message.fiscal),
        certificates_sold=sold,
    )


def _check_offset(
    offset_minutes: int, local_time: dt.datetime, time_zone: str, found: Violations
) -> None:
    """A till's offset is its store's, give or take the hour in which clocks are changed.

    Local time decides on days and hours of rules: a till that chose its offset would choose its
    day, and take a daily limit twice.
    """
    offset = local_time.replace(tzinfo=zoneinfo.ZoneInfo(time_zone)).utcoffset()
    expected_minutes = (offset or dt.timedelta()) // dt.timedelta(minutes=1)
    if abs(offset_minutes - expected_minutes) > OFFSET_TOLERANCE_MINUTES:
        found.add(
            Reason.FIELD_OUT_OF_RANGE,
            "receipt.utc_offset_minutes",
            f"the store is in {time_zone}, where the offset is {expected_minutes} then",
            {"utc_offset_minutes": offset_minutes, "expected_minutes": expected_minutes},
        )


def decode_lines(
    path: str, messages: Iterable[receipt_pb2.Line], found: Violations
) -> tuple[Line, ...]:
    """Positions of a receipt."""
    return tuple(_line(path, i, message, found) for i, message in enumerate(messages))


def _line(path: str, i: int, message: receipt_pb2.Line, found: Violations) -> Line:
    title, sku, barcode, category = message.title, message.sku, message.barcode, message.category
    if not (sku + barcode + category).isascii():
        sku, barcode, category = composed(sku), composed(barcode), composed(category)
    line = Line(
        position=message.position,
        sku=sku,
        quantity_milli=message.quantity_milli,
        price_minor=message.price_minor,
        amount_minor=message.amount_minor,
        barcode=barcode,
        category=category,
        min_price_minor=message.min_price_minor,
        external_discount_minor=message.external_discount_minor,
        manual_discount_minor=message.manual_discount_minor,
        kind=_KINDS.get(message.kind, LineKind.GOODS),
        no_discount=message.no_discount,
        no_points=message.no_points,
        excise=message.excise,
        marked=message.marked,
        weighed=message.weighed,
        vat_code=message.vat_code,
        title=title if title.isprintable() else _printable(title),
    )
    if not _is_plain_line(line) or message.kind not in _KINDS:
        _explain_line(f"{path}[{i}]", message, found)
    return line


def _printable(title: str) -> str:
    """A title for the slip: catalogues hold no-break spaces, joiners and worse."""
    return "".join(character if character.isprintable() else " " for character in title)


def _is_plain_line(line: Line) -> bool:
    """One expression for the usual line, so that only a faulty one pays for its explanation."""
    return (
        1 <= line.position <= POSITION_MAX
        and 0 < len(line.sku) <= ID_CHARACTERS_MAX
        and 1 <= line.quantity_milli <= QUANTITY_MAX_MILLI
        and 0 <= line.price_minor <= AMOUNT_MAX_MINOR
        and 0 <= line.amount_minor <= AMOUNT_MAX_MINOR
        and 0 <= line.min_price_minor <= AMOUNT_MAX_MINOR
        and 0 <= line.external_discount_minor <= AMOUNT_MAX_MINOR
        and 0 <= line.manual_discount_minor <= AMOUNT_MAX_MINOR
        and len(line.barcode) <= ID_CHARACTERS_MAX
        and len(line.category) <= ID_CHARACTERS_MAX
        and len(line.vat_code) <= VAT_CHARACTERS_MAX
        and len(line.title) <= TITLE_CHARACTERS_MAX
        and (line.sku + line.barcode + line.category + line.vat_code).isprintable()
    )


def _explain_line(path: str, message: receipt_pb2.Line, found: Violations) -> None:
    found.between(f"{path}.position", message.position, 1, POSITION_MAX)
    found.require(f"{path}.sku", message.sku)
    found.text(f"{path}.sku", message.sku, ID_CHARACTERS_MAX)
    found.between(f"{path}.quantity_milli", message.quantity_milli, 1, QUANTITY_MAX_MILLI)
    for name in ("price", "amount", "min_price", "external_discount", "manual_discount"):
        value = getattr(message, f"{name}_minor")
        found.between(f"{path}.{name}_minor", value, 0, AMOUNT_MAX_MINOR)
    found.text(f"{path}.barcode", message.barcode, ID_CHARACTERS_MAX)
    found.text(f"{path}.category", message.category, ID_CHARACTERS_MAX)
    found.text(f"{path}.vat_code", message.vat_code, VAT_CHARACTERS_MAX)
    if len(message.title) > TITLE_CHARACTERS_MAX:
        found.text(f"{path}.title", _printable(message.title), TITLE_CHARACTERS_MAX)
    if message.kind not in _KINDS:
        found.add(Reason.FIELD_INVALID, f"{path}.kind", "the kind is goods, service or delivery")


def _points(message: receipt_pb2.Receipt, found: Violations) -> int | Literal["max"]:
    asked = message.WhichOneof("points_to_spend")
    if asked == "points_max":
        return "max" if message.points_max else 0
    if asked == "points_minor":
        found.between("receipt.points_minor", message.points_minor, 0, AMOUNT_MAX_MINOR)
        return message.points_minor
    return 0


def _planned_tenders(
    messages: Sequence[receipt_pb2.PlannedTender], found: Violations
) -> tuple[PlannedTender, ...]:
    found.between("receipt.planned_tenders", len(messages), 0, PLANNED_TENDERS_MAX)
    planned = tuple(
        PlannedTender(kind=composed(tender.kind), bin=tender.bin, token=composed(tender.token))
        for tender in messages[:PLANNED_TENDERS_MAX]
    )
    for i, tender in enumerate(planned):
        path = f"receipt.planned_tenders[{i}]"
        found.require(f"{path}.kind", tender.kind)
        found.text(f"{path}.kind", tender.kind, SHORT_CHARACTERS_MAX)
        _bin(f"{path}.bin", tender.bin, found)
        _token(f"{path}.token", tender.token, found)
    return planned


def _token(field: str, value: str, found: Violations) -> None:
    found.text(field, value, ID_CHARACTERS_MAX)
    if is_payment_card(value.replace(" ", "").replace("-", "")):
        found.add(
            Reason.PAYMENT_CARD_NUMBER,
            field,
            "this is the number of a payment card, not a token of it; it was not stored",
        )


def _bin(field: str, value: str, found: Violations) -> None:
    if value and (len(value) > BIN_DIGITS_MAX or not value.isascii() or not value.isdigit()):
        found.add(
            Reason.FIELD_INVALID,
            field,
            f"{field} holds at most the first {BIN_DIGITS_MAX} digits of a payment card",
        )
