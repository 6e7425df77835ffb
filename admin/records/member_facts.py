"""What lists and files of members tell beside the columns of their rows, as far as one may know it.

It lies in other tables, and is read for a page of rows, or a piece of a file, at once: only what
is asked for.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from admin.members.currencies import read_worth
from admin.sql import STATEMENTS
from checkout.primitives import bucket_of_uuid, format_minor

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncSession

    from admin.members.currencies import Currency, Worth
    from admin.records.tables import Member

#: Of whoever may see contacts.
CONTACTS: Final = ("name", "phone", "email", "birth_date")
#: Of whoever may see all of a member but those.
HOLDINGS: Final = ("tiers", "balances", "spend_year", "tags")
FACTS: Final = (*CONTACTS, *HOLDINGS)


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """Of one member; what was not asked for is empty."""

    name: str
    phone: str
    email: str
    birth_date: dt.date | None
    tags: list[str]
    tiers: list[str]
    #: Amounts in minor units.
    points: Sequence[tuple[Currency, int]]
    spent: tuple[Currency, int] | None

    def shown(self, name: str) -> Any:
        """One of `FACTS` for people."""
        if name == "balances":
            return ", ".join(currency.shown(minor) for currency, minor in self.points)
        if name == "spend_year":
            return "" if self.spent is None else self.spent[0].shown(self.spent[1])
        return getattr(self, name)

    def exported(self, name: str) -> Any:
        """The same as a file has it: amounts as plain decimals, points with their currency."""
        if name == "balances":
            return ", ".join(
                f"{format_minor(minor, currency.exponent)} {currency.code}"
                for currency, minor in self.points
            )
        if name == "spend_year" and self.spent is not None:
            currency, minor = self.spent
            return format_minor(minor, currency.exponent)
        return self.shown(name)


async def read_facts(
    database: AsyncSession, rows: Sequence[Member], wanted: Collection[str]
) -> Mapping[UUID, MemberFacts]:
    """Those of `FACTS` that are wanted, by member."""
    if not rows or not set(wanted) & set(FACTS):
        return {}
    worth = await read_worth(database)
    purses = [row.household_id or row.member_id for row in rows]
    asked = {
        "buckets": [row.bucket for row in rows],
        "members": [row.member_id for row in rows],
        "purse_buckets": list(map(bucket_of_uuid, purses)),
        "purses": purses,
        "contacts": not set(CONTACTS).isdisjoint(wanted),
        **{name: name in wanted for name in HOLDINGS},
    }
    found = await database.execute(STATEMENTS["members_facts"], asked)
    return {row.member_id: _facts(row, worth) for row in found}


def _facts(row: Any, worth: Worth) -> MemberFacts:
    titles = {one.code: one.title for one in worth.tags}
    return MemberFacts(
        " ".join(filter(None, row.called or ())),
        row.phone or "",
        row.email or "",
        row.birth_date,
        [titles.get(one, one) for one in row.tags or ()],
        [_tier(worth, program, tier) for program, tier in row.tiers or ()],
        [(worth.points_of(code), minor) for code, minor in sorted((row.balances or {}).items())],
        None if row.spend_year is None else (worth.money, row.spend_year),
    )


def _tier(worth: Worth, program: str, tier: str) -> str:
    """By its name; with its program, if there are several."""
    name = dict(worth.tiers.get(program, ())).get(tier, tier)
    return f"{program}: {name}" if len(worth.tiers) > 1 else name
