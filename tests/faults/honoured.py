"""Which rules sales were priced by, once newer ones were known: a quote's, while it is honoured.

A confirm is priced by the rules in force; by those of its quote until `valid_until`; by those of
its hold while that lives. A hold is priced by the rules in force. Whatever else became final, or
was shown, by rules that had been replaced is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tests.service.world import NORTH

if TYPE_CHECKING:
    import datetime as dt

    from asyncpg import Connection

    from tests.faults.journal import Journal

#: Sales, each with its hold if it had one, and holds. Not what tills sold by themselves: that goes
#: by the rules of its own moment.
_PRICED: Final = (
    "select r.purchase_id, r.snapshot_id, r.confirmed_at as at, h.snapshot_id as held_by,"
    " h.expires_at as held_until from receipt r left join hold h"
    " on h.partner_id = r.selling_partner_id and h.purchase_id = r.purchase_id"
    " where r.selling_partner_id = $1 and r.mode = 'online'"
    " union all select '', snapshot_id, created_at, null, null from hold where partner_id = $1"
)


class Moment(NamedTuple):
    """By the database's clock, as on receipts, and by ours."""

    at: dt.datetime
    at_s: float


class Spell(NamedTuple):
    """A time in which every worker that runs knows what is in force."""

    begins: Moment
    ends: Moment


@dataclass(frozen=True, slots=True)
class Guarantee:
    """That the price is by a snapshot until then."""

    snapshot_id: str
    until: dt.datetime

    def covers(self, snapshot_id: str, at: dt.datetime) -> bool:
        return snapshot_id == self.snapshot_id and at <= self.until


@dataclass(slots=True)
class Judged:
    """What was priced in those times."""

    by_new: int = 0
    by_quote: int = 0
    by_hold: int = 0
    quotes: int = 0
    #: Sales and holds, and quotes, by rules that were over.
    wrong: list[str] = field(default_factory=list)
    wrong_quotes: list[str] = field(default_factory=list)

    def add(
        self,
        purchase_id: str,
        snapshot_id: str,
        at: dt.datetime,
        in_force: str,
        *,
        quote: Guarantee | None = None,
        hold: Guarantee | None = None,
    ) -> None:
        """A sale with its guarantees, or a hold, which is of no purchase here."""
        if snapshot_id == in_force:
            self.by_new += 1
        elif quote is not None and quote.covers(snapshot_id, at):
            self.by_quote += 1
        elif hold is not None and hold.covers(snapshot_id, at):
            self.by_hold += 1
        else:
            self.wrong.append(
                f"{purchase_id or 'a hold'}: at {at} by {snapshot_id[:8]}, it is over"
            )


async def judge(
    journal: Journal, database: Connection[Any], in_force: str, spells: list[Spell]
) -> Judged:
    """What was priced in the spells, in which this snapshot is in force."""
    shown = {
        call.purchase_id: Guarantee(call.shown.snapshot_id, call.shown.valid_until)
        for call in journal.calls
        if call.shown is not None
    }
    judged = Judged()
    for purchase_id, snapshot_id, at, held_by, held_until in await database.fetch(_PRICED, NORTH):
        if any(spell.begins.at <= at < spell.ends.at for spell in spells):
            judged.add(
                *(purchase_id, snapshot_id, at, in_force),
                quote=shown.get(purchase_id),
                hold=Guarantee(held_by, held_until) if held_by else None,
            )
    for asked_s, answered_s, snapshot_id in journal.quoted:
        if any(s.begins.at_s <= asked_s and answered_s < s.ends.at_s for s in spells):
            judged.quotes += 1
            if snapshot_id != in_force:
                judged.wrong_quotes.append(f"a quote by {snapshot_id[:8]}, which is over")
    return judged
