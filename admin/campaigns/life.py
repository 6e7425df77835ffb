"""A campaign's life: what it is in, as people see it, and which steps lead where.

Stored is a status, whether a draft stands beside the rules, and whether it was approved. What the
calendar adds (scheduled, ended) is told by the database's clock in UTC; tills go by their own time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, and_, case, func, literal

from admin.records.tables import Campaign

if TYPE_CHECKING:
    from collections.abc import Collection


class Status(StrEnum):
    """Where the rules stand: only live ones are in the next publication."""

    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"
    ENDED = "ended"
    ARCHIVED = "archived"


class State(StrEnum):
    """What people call it."""

    DRAFT = "draft"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    LIVE = "live"
    PAUSED = "paused"
    ENDED = "ended"
    ARCHIVED = "archived"


class Step(StrEnum):
    """What people do with it."""

    APPROVE = "approve"
    WITHDRAW = "withdraw"
    RELEASE = "release"
    DISCARD = "discard"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"
    REWORK = "rework"
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Move:
    """From which statuses a step is taken, to which it leads, and who may take it."""

    permission: str
    origins: Collection[Status]
    target: Status | None = None
    #: What has to be true of the draft; None: whatever it is.
    drafted: bool | None = None
    approved: bool | None = None


_BEYOND_DRAFT: Final = frozenset(Status) - {Status.DRAFT}
_AT_WORK: Final = frozenset(Status) - {Status.ARCHIVED}

MOVES: Final[dict[Step, Move]] = {
    Step.APPROVE: Move("campaign.approve", _AT_WORK, drafted=True, approved=False),
    Step.RELEASE: Move("campaign.release", _AT_WORK, Status.LIVE, drafted=True, approved=True),
    Step.WITHDRAW: Move("campaign.edit", _AT_WORK, drafted=True, approved=True),
    # Archived ones may have nothing but their draft.
    Step.DISCARD: Move("campaign.edit", _BEYOND_DRAFT & _AT_WORK, drafted=True),
    Step.PAUSE: Move("campaign.release", {Status.LIVE}, Status.PAUSED),
    Step.RESUME: Move("campaign.release", {Status.PAUSED}, Status.LIVE),
    Step.END: Move("campaign.release", {Status.LIVE, Status.PAUSED}, Status.ENDED),
    Step.REWORK: Move("campaign.release", _BEYOND_DRAFT, Status.DRAFT),
    Step.ARCHIVE: Move(
        "campaign.edit", {Status.DRAFT, Status.PAUSED, Status.ENDED}, Status.ARCHIVED
    ),
}


def possible_steps(campaign: Campaign) -> list[Step]:
    """The steps that a campaign may take, in the order of the page."""
    drafted, approved = campaign.draft is not None, bool(campaign.approved_by)
    return [
        step
        for step, move in MOVES.items()
        if campaign.status in move.origins
        and move.drafted in {None, drafted}
        and move.approved in {None, approved}
    ]


def _scheduled(name: str) -> ColumnElement[str]:
    text: ColumnElement[str] = Campaign.document["schedule"][name].astext
    return text


def state_column() -> ColumnElement[str]:
    """What people call a campaign's state, told by the database."""
    now = func.to_char(func.timezone("UTC", func.now()), 'YYYY-MM-DD"T"HH24:MI:SS')
    is_live = Campaign.status == Status.LIVE
    return case(
        (and_(Campaign.status == Status.DRAFT, Campaign.approved_by != ""), State.APPROVED.value),
        (and_(is_live, _scheduled("ends_at") <= now), State.ENDED.value),
        (and_(is_live, _scheduled("starts_at") > now), State.SCHEDULED.value),
        else_=Campaign.status + literal(""),
    )
