"""What the engine is told beside the snapshot and the receipt.

Derived values about a member, and budgets.

A receipt keeps the facts it was evaluated with, so that it replays bit for bit later. They hold no
name, contact or date of birth.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

#: Explicit lists that one member may stand in.
LISTS_MAX = 500


@dataclass(slots=True, kw_only=True)
class MemberState:
    """One member as of a version: tier, lists, points that can be spent now, uses of limits."""

    member_id: Annotated[str, Field(min_length=1, max_length=64, description="Opaque id")]
    tier: Annotated[str, Field(max_length=64, description="Tier code in the program")] = ""
    lists: Annotated[
        frozenset[str],
        Field(max_length=LISTS_MAX, description="Explicit member lists that hold this member"),
    ] = frozenset()
    points: Annotated[
        dict[str, int],
        Field(description="Points that can be spent now, by currency, in its minor units"),
    ] = field(default_factory=dict)
    limit_uses: Annotated[
        dict[str, int],
        Field(description="Uses so far, by 'campaign/limit/first day of the period'"),
    ] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class BudgetUse:
    """What a campaign's budget has given so far, held amounts included."""

    discount_minor: Annotated[int, Field(ge=0, description="Money given")] = 0
    uses: Annotated[int, Field(ge=0, description="Receipts served")] = 0


@dataclass(slots=True, kw_only=True)
class Facts:
    """All state of one evaluation."""

    member: Annotated[
        MemberState | None, Field(description="The identified member; none for a guest")
    ] = None
    budgets: Annotated[
        dict[str, BudgetUse], Field(description="Budget use by campaign; absent means unused")
    ] = field(default_factory=dict)
