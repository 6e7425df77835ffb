"""Who was targeted by each campaign of the data: one explicit member list per campaign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from loaders.completejourney.members import member_id

if TYPE_CHECKING:
    from uuid import UUID

    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Audience:
    """The member list of one campaign of the data."""

    code: str
    name: str
    campaign: int
    households: frozenset[int]

    def members(self) -> tuple[UUID, ...]:
        """The members of the list, by household number."""
        return tuple(member_id(household) for household in sorted(self.households))


def audience_code(campaign: int) -> str:
    """The code of the list of a campaign's audience."""
    return f"cj-audience-{campaign:02d}"


def read_audiences(table: pa.Table) -> tuple[Audience, ...]:
    """One list per campaign, by campaign number."""
    households: dict[int, set[int]] = {}
    for campaign, household in zip(
        table["campaign_id"].to_pylist(), table["household_id"].to_pylist(), strict=True
    ):
        households.setdefault(campaign, set()).add(household)
    return tuple(
        Audience(
            code=audience_code(campaign),
            name=f"Audience of campaign {campaign}",
            campaign=campaign,
            households=frozenset(targeted),
        )
        for campaign, targeted in sorted(households.items())
    )
