"""What a list of members that was tried out would do all together.

Rows are tried out by pages, each as if no other one were done. What one author corrects in a day
alone is counted over all of them, and so once more here: more than that waits, whatever pages say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from admin.records.tables import Job

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class Tried:
    """So many rows of each kind, all of one amount."""

    currency: str
    #: Given to each, or taken from each if it is negative.
    each_minor: int
    booked: int
    #: They wait for somebody else.
    proposed: int
    #: Rows that cannot be done: why, as rows are told, and how many.
    refused: Sequence[tuple[Mapping[str, Any], int]]

    @property
    def to_do(self) -> int:
        """Rows that a job would do."""
        return self.booked + self.proposed

    def given(self, rows: int) -> int:
        """What so many of them give, in minor units."""
        return max(self.each_minor, 0) * rows

    def taken(self, rows: int) -> int:
        """What so many of them take."""
        return max(-self.each_minor, 0) * rows


async def find_run(database: AsyncSession, trial_id: UUID) -> tuple[UUID, Job | None]:
    """The job that does what was tried out: one, however often it is asked for.

    After one that failed another goes on: lines that are done are not done again.
    """
    attempt = 0
    while True:
        run_id = uuid5(trial_id, f"run {attempt}")
        run = await database.get(Job, run_id)
        if run is None or run.state != "failed":
            return run_id, run
        attempt += 1


def count_tried(rows: Sequence[Any], settings: Mapping[str, Any], alone_max: object) -> Tried:
    """The sum of what rows told; `alone_max` is what one author corrects in a day, None: all."""
    # With all the decimals that the currency has.
    each_minor = int(settings["points"].replace(".", ""))
    held = {row.state: row.rows for row in rows if row.state != "refused"}
    booked = held.get("booked", 0)
    alone = min(booked, alone_max // abs(each_minor)) if isinstance(alone_max, int) else booked
    return Tried(
        settings["currency"],
        each_minor,
        booked=alone,
        proposed=sum(held.values()) - alone,
        refused=[
            ({"reason": row.reason, "message": row.message}, row.rows)
            for row in rows
            if row.state == "refused"
        ],
    )
