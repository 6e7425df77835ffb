"""Actions of a story about sales that the service learns of later."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from checkout.engine.taken_certificate import TakenCertificate
from checkout.flows.sale import AlreadyPaid, GivenDiscount
from checkout.stories.certificate_steps import present
from checkout.stories.document import of_story
from checkout.stories.receipts import whole_line
from checkout.stories.sale_steps import SaleStep
from checkout.stories.shop import Added, SaleCall, Settled, Shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from checkout.stories.certificates import StoryCertificates
    from checkout.stories.shop import Shop
    from checkout.stories.steps import Step

    Document = dict[str, Any]
    Told = dict[str, Any]


class LateActions(ABC):
    """What a teller does about them."""

    _shop: Shop
    _shown: Mapping[str, Sequence[Shown]]
    _request: str
    _document: Document
    _certificates: StoryCertificates

    @abstractmethod
    def _store(self, code: str) -> str:
        """The store of a step; the first of the story if it says none."""

    @abstractmethod
    def _sale(self, asked: SaleStep) -> SaleCall:
        """The sale of a step, as a till sends it."""

    async def offline(self, step: Step) -> Told:
        """Submit a sale."""
        asked = present(step.offline)
        given = [GivenDiscount(g.position, g.campaign, g.amount_minor) for g in asked.given]
        paid = AlreadyPaid(
            discounts=tuple(given),
            points_minor=asked.paid_points_minor,
            certificates=tuple(
                TakenCertificate(
                    self._certificates.code(each.name),
                    each.amount_minor,
                    each.position,
                    each.units,
                )
                for each in asked.taken
            ),
        )
        sells = tuple(
            (position, self._certificates.code(name)) for name, position in asked.sells.items()
        )
        settled = Settled(asked.shift, asked.receipt_number, sells)
        told = await self._shop.submit_offline(self._sale(asked), paid, settled)
        self._certificates.learn(told)
        return told

    async def add_purchase(self, step: Step) -> Told:
        """Add a purchase by hand."""
        asked = present(step.add_purchase)
        exponent = self._document["partner"]["currency"]["exponent"]
        lines = asked.lines or (whole_line(asked.amount_minor, exponent),)
        sale = SaleStep(
            purchase=asked.purchase,
            store=asked.store,
            member=asked.member,
            card=asked.card,
            local_time=asked.local_time,
            lines=lines,
        )
        return await self._shop.add_purchase(
            self._sale(sale),
            Settled(asked.shift, asked.receipt_number),
            Added(
                request_id=asked.request or self._request,
                amount_minor=asked.amount_minor,
                terminal=asked.terminal,
                is_whole=not asked.lines,
            ),
        )

    async def credit(self, step: Step) -> Told:
        """Points for a purchase without a card."""
        asked = present(step.credit)
        shown = Shown("card", asked.card)
        if asked.member:
            shown = of_story(self._shown, asked.member, "member")[0]
        return await self._shop.credit_later(
            self._store(asked.store), asked.purchase, shown, asked.request or self._request
        )
