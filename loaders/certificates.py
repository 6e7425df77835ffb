"""What the demo does with certificates: sells one, pays with it, brings goods back, keeps some."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING, Final

from checkout.client import CheckoutClient, OperatorClient, messages, receipt_message
from checkout.engine.receipt import Line, PresentedCertificate, Receipt
from loaders.completejourney.program import GIFT_PRODUCT, GIFT_SERIES, PARTNER

if TYPE_CHECKING:
    from loaders.environment import Environment

_FACE_MINOR: Final = 50_00
_REASON: Final = "demo: sold at once"


async def pay_with_certificates(environment: Environment, store: str) -> list[str]:
    """Sell a certificate, spend most of it, bring half back, hold the rest; what was odd."""
    run = f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S%f}"
    odd = []
    async with (
        CheckoutClient(
            environment.target, environment.terminal_token(store), timeout_factor=10
        ) as till,
        OperatorClient(
            environment.target,
            environment.service_credential,
            partner=PARTNER.code,
            author="loaders",
        ) as operator,
    ):
        info = await till.get_snapshot_info()
        issued = await operator.issue_certificates(f"{run}-issue", GIFT_SERIES, _REASON)
        (made,) = issued.certificates
        sold = await till.confirm(
            f"{run}-sell",
            f"{run}-gift",
            _receipt(store, info.time_zone, _line(GIFT_PRODUCT.sku, _FACE_MINOR)),
            settlement=messages.Settlement(
                certificates_sold=[messages.SoldCertificate(position=1, code=made.code)]
            ),
        )
        if [given.face for given in sold.certificates] != [_FACE_MINOR]:
            odd.append("the certificate was not sold")
        line = _line("demo-hamper", 40_00, quantity_milli=2_000)
        basket = _receipt(store, info.time_zone, line, made.code)
        paid = await till.confirm(f"{run}-pay", f"{run}-basket", basket)
        if paid.outcome.certificates_minor != _FACE_MINOR:
            odd.append(f"the certificate paid {paid.outcome.certificates_minor}")
        back = await till.confirm_return(
            messages.ConfirmReturnRequest(
                request_id=f"{run}-back",
                return_id=f"{run}-back",
                purchase_id=f"{run}-basket",
                lines=[messages.ReturnLine(position=1, quantity_milli=1_000)],
            )
        )
        if back.returned.certificates_minor != _FACE_MINOR // 2:
            odd.append(f"the certificate got {back.returned.certificates_minor} back")
        await till.quote_and_hold(
            f"{run}-hold",
            f"{run}-held",
            _receipt(store, info.time_zone, _line("demo-jam", 5_00), made.code),
            ttl_s=30,
        )
        checked = await till.check_certificate(made.code)
        if (checked.left, checked.held) != (_FACE_MINOR // 2 - 5_00, 5_00):
            odd.append(f"the certificate has {checked.left} left, {checked.held} held")
    return odd


def _line(sku: str, price_minor: int, quantity_milli: int = 1_000) -> Line:
    return Line(
        position=1,
        sku=sku,
        quantity_milli=quantity_milli,
        price_minor=price_minor,
        amount_minor=price_minor * quantity_milli // 1_000,
        no_discount=True,
    )


def _receipt(store: str, time_zone: str, line: Line, code: str = "") -> messages.Receipt:
    here = dt.datetime.now(zoneinfo.ZoneInfo(time_zone))
    offset = here.utcoffset() or dt.timedelta()
    return receipt_message(
        Receipt(
            store=store,
            local_time=here.replace(tzinfo=None),
            utc_offset_minutes=offset // dt.timedelta(minutes=1),
            lines=(line,),
            certificates=(PresentedCertificate(code=code),) if code else (),
        )
    )
