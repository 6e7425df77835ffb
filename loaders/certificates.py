"""What the demo does with certificates: sells two, pays with them, brings goods back, loses one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from checkout.client import messages, receipt_message
from checkout.engine.receipt import Line, PresentedCertificate, Receipt
from loaders.completejourney.program import GIFT_PRODUCT, GIFT_SERIES
from loaders.demo_clients import new_run, operator_of, shop_time, till_of

if TYPE_CHECKING:
    from checkout.client import CheckoutClient, OperatorClient
    from loaders.environment import Environment

_FACE_MINOR: Final = 50_00
_REASON: Final = "demo: sold at once"


async def pay_with_certificates(environment: Environment, store: str) -> list[str]:
    """Spend most of one, bring half back, hold the rest; move one that was lost; what was odd."""
    run = new_run()
    odd: list[str] = []
    async with (
        till_of(environment, store) as till,
        operator_of(environment) as operator,
    ):
        info = await till.get_snapshot_info()
        kept = _Buyer(till, operator, store, info.time_zone, f"{run}-kept")
        made_code = await kept.buys(odd)
        line = _line("demo-hamper", 40_00, quantity_milli=2_000)
        basket = _receipt(store, info.time_zone, line, made_code)
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
            _receipt(store, info.time_zone, _line("demo-jam", 5_00), made_code),
            ttl_s=30,
        )
        checked = await till.check_certificate(made_code)
        if (checked.left, checked.held) != (_FACE_MINOR // 2 - 5_00, 5_00):
            odd.append(f"the certificate has {checked.left} left, {checked.held} held")
        await _Buyer(till, operator, store, info.time_zone, f"{run}-lost").loses_it(odd)
    return odd


@dataclass(frozen=True, slots=True)
class _Buyer:
    """Who buys a certificate."""

    till: CheckoutClient
    operator: OperatorClient
    store: str
    time_zone: str
    run: str

    async def buys(self, odd: list[str]) -> str:
        """Its code."""
        issued = await self.operator.issue_certificates(f"{self.run}-issue", GIFT_SERIES, _REASON)
        (made,) = issued.certificates
        sold = await self.till.confirm(
            f"{self.run}-sell",
            f"{self.run}-gift",
            _receipt(self.store, self.time_zone, _line(GIFT_PRODUCT.sku, _FACE_MINOR)),
            settlement=messages.Settlement(
                certificates_sold=[messages.SoldCertificate(position=1, code=made.code)]
            ),
        )
        if [given.face for given in sold.certificates] != [_FACE_MINOR]:
            odd.append("the certificate was not sold")
        return made.code

    async def loses_it(self, odd: list[str]) -> None:
        """After one purchase; what comes back of that is on the code which replaces it."""
        code = await self.buys(odd)
        basket = _receipt(self.store, self.time_zone, _line("demo-hamper", 40_00), code)
        await self.till.confirm(f"{self.run}-pay", f"{self.run}-basket", basket)
        moved = await self.operator.move_certificate(f"{self.run}-move", code, "demo: lost")
        if moved.moved != _FACE_MINOR - 40_00:
            odd.append(f"of the lost certificate {moved.moved} was moved")
        await self.till.confirm_return(
            messages.ConfirmReturnRequest(
                request_id=f"{self.run}-back",
                return_id=f"{self.run}-back",
                purchase_id=f"{self.run}-basket",
                lines=[messages.ReturnLine(position=1, quantity_milli=1_000)],
            )
        )
        checked = await self.till.check_certificate(moved.certificate.code)
        if checked.left != _FACE_MINOR:
            odd.append(f"the certificate that replaces a lost one has {checked.left}")


def _line(sku: str, price_minor: int, quantity_milli: int = 1_000) -> Line:
    """A line without discounts, so that its amount is known."""
    return Line(
        position=1,
        sku=sku,
        quantity_milli=quantity_milli,
        price_minor=price_minor,
        amount_minor=price_minor * quantity_milli // 1_000,
        no_discount=True,
    )


def _receipt(store: str, time_zone: str, line: Line, code: str = "") -> messages.Receipt:
    """A receipt of this line that is made now; the code pays."""
    now = shop_time(time_zone)
    return receipt_message(
        Receipt(
            store=store,
            local_time=now.local,
            utc_offset_minutes=now.offset_minutes,
            lines=(line,),
            certificates=(PresentedCertificate(code=code),) if code else (),
        )
    )
