"""What forms about members choose from: point currencies, tiers, types of cards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from starlette.exceptions import HTTPException

from admin.records.tables import CardType, Partner, Program
from admin.scope import current_scope
from checkout.primitives import format_minor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class Currency:
    """Of points, or the partner's money."""

    code: str
    name: str
    exponent: int

    def shown(self, amount_minor: int) -> str:
        """An amount for people."""
        return f"{format_minor(amount_minor, self.exponent)} {self.name}"

    def number(self, amount_minor: int) -> str:
        """The same without the name."""
        return format_minor(amount_minor, self.exponent)


@dataclass(frozen=True, slots=True)
class Worth:
    """All that amounts are counted in."""

    money: Currency
    points: Mapping[str, Currency]
    #: Program → tiers, each a code with its name.
    tiers: Mapping[str, list[tuple[str, str]]]
    #: Types of cards, each a code with its name.
    card_types: Sequence[tuple[str, str]] = ()

    def points_of(self, code: str) -> Currency:
        """A currency of points; one that no program has any more counts in its minor units."""
        return self.points.get(code) or Currency(code, code, 0)


async def read_worth(database: AsyncSession) -> Worth:
    """That of the partner on whose rows somebody works.

    Raises:
        HTTPException: 400, they have chosen no partner.
    """
    partner: Partner | None = await database.scalar(
        select(Partner).where(Partner.partner_id == current_scope().partner_id)
    )
    if partner is None:
        raise HTTPException(400, "refused.no_partner")
    documents: list[dict[str, Any]] = list(
        await database.scalars(select(Program.document).order_by(Program.code))
    )
    types = await database.scalars(select(CardType).order_by(CardType.code))
    points: dict[str, Currency] = {}
    for document in documents:
        for one in document.get("currencies", ()):
            exponent = int(one.get("exponent", 0))
            points.setdefault(one["code"], Currency(one["code"], one["name"], exponent))
    return Worth(
        Currency(partner.currency_code, partner.currency_code, partner.currency_exponent),
        points,
        {
            document["code"]: [(tier["code"], tier["name"]) for tier in document.get("tiers", ())]
            for document in documents
        },
        [(one.code, one.name) for one in types],
    )
