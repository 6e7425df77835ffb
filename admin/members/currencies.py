"""What forms about members choose from: currencies, tiers and gifts of programs, dictionaries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select
from starlette.exceptions import HTTPException

from admin.codes.series import only_declared
from admin.records.tables import Partner, Program
from admin.scope import current_scope
from admin.sql import STATEMENTS
from admin.texts import numbers
from checkout.wording.numbers import MONEY_SIGNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.ext.asyncio import AsyncSession


#: There also if a partner's settings name no channel.
USUAL_CHANNELS: Final = ("sms", "email")


@dataclass(frozen=True, slots=True)
class Currency:
    """Of points, or the partner's money."""

    code: str
    name: str
    exponent: int

    def shown(self, amount_minor: int) -> str:
        """An amount for people."""
        return f"{self.number(amount_minor)}\u00a0{self.name}"

    def number(self, amount_minor: int) -> str:
        """The same without the name."""
        return numbers.decimal(amount_minor, self.exponent)

    def short(self, amount_minor: int) -> str:
        """The same as a scale names it, without the name."""
        return numbers.short(amount_minor, self.exponent)


def money_of(code: str, exponent: int) -> Currency:
    """Money, by its ISO code."""
    return Currency(code, MONEY_SIGNS.get(code, code), exponent)


@dataclass(frozen=True, slots=True)
class Entry:
    """Of a dictionary: rules name the code, people read the name."""

    code: str
    name: str
    #: Of an attribute, what its values are.
    kind: str
    is_archived: bool

    @property
    def title(self) -> str:
        """For people."""
        return self.name or self.code


@dataclass(frozen=True, slots=True)
class Worth:
    """All that amounts are counted in, and what members can be given or told as."""

    money: Currency
    points: Mapping[str, Currency]
    #: Program → tiers, each a code with its name.
    tiers: Mapping[str, list[tuple[str, str]]]
    #: Gifts of all programs: code and name.
    gifts: list[tuple[str, str]]
    tags: list[Entry]
    attributes: list[Entry]
    segments: list[Entry]
    lists: list[Entry]
    card_types: list[Entry]
    coupon_series: list[Entry]
    #: What members may consent to be reached through: codes.
    channels: list[str]

    def points_of(self, code: str) -> Currency:
        """A currency of points; one that no program has any more counts in its minor units."""
        return self.points.get(code) or Currency(code, code, 0)


def points_in(programs: Iterable[Mapping[str, Any]]) -> dict[str, Currency]:
    """The currencies of points that documents of programs have, by code."""
    points: dict[str, Currency] = {}
    for document in programs:
        for one in document.get("currencies", ()):
            exponent = int(one.get("exponent", 0))
            points.setdefault(one["code"], Currency(one["code"], one["name"], exponent))
    return points


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
    entries: defaultdict[str, list[Entry]] = defaultdict(list)
    for row in await database.execute(STATEMENTS["dictionary"], {"archived": True}):
        entries[row.field].append(Entry(row.code, row.name, row.kind, row.archived_at is not None))
    series = entries["coupon_series"]
    declared = only_declared(partner.words, {one.code for one in series})
    series += [Entry(code, "", "", is_archived=False) for code in declared]
    return Worth(
        money_of(partner.currency_code, partner.currency_exponent),
        points_in(documents),
        {
            document["code"]: [(tier["code"], tier["name"]) for tier in document.get("tiers", ())]
            for document in documents
        },
        [
            (gift["code"], gift["name"])
            for document in documents
            for gift in document.get("gifts", ())
        ],
        tags=entries["tags"],
        attributes=entries["attributes"],
        segments=entries["segments"],
        lists=entries["member_lists"],
        card_types=entries["card_types"],
        coupon_series=series,
        channels=[*dict.fromkeys((*USUAL_CHANNELS, *(partner.words or {}).get("consents", ())))],
    )
