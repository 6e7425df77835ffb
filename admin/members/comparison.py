"""Two members side by side, and the one that merging makes of them, said before it is done.

What the one would have is what the service makes of it: points and debts move, the rest is seen
together (docs/decisions/0032). Points that end before the merge are not seen here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from admin.members.attribute_values import typed
from admin.sql import STATEMENTS
from admin.texts import say, say_first
from admin.texts.dates import shown_day
from admin.texts.numbers import counted

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy.ext.asyncio import AsyncSession

    from admin.members.currencies import Entry, Worth
    from admin.members.in_short import MemberInShort

#: Of cards, tags and lists of a member: what is beyond is said to be there.
ROWS_MAX: Final = 100
#: Of an account, in the order of pages; what each is called.
_AMOUNTS: Final = ("balance", "pending", "debt")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the comparison."""

    label: str
    survivor: str
    absorbed: str
    together: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What each has, and both together; and what stands in the way."""

    rows: list[Row]
    obstacles: list[str]


@dataclass(frozen=True, slots=True)
class _Side:
    """What one of the two has."""

    member: MemberInShort
    marks: list[str]
    #: Program → parts under the member's own name first.
    parts: dict[str, list[Any]]
    accounts: dict[str, Any]
    tags: set[str]
    lists: set[str]
    coupons: int
    attributes: Mapping[str, Any]
    #: Of what there is more than was read.
    cut: set[str]

    def own_part(self, program: str) -> Any | None:
        """Of the member itself."""
        own = self.member.member_id
        return next((one for one in self.parts.get(program, ()) if one.member_id == own), None)


async def compare(
    database: AsyncSession, survivor: MemberInShort, absorbed: MemberInShort, worth: Worth
) -> Comparison:
    """The survivor and the one that becomes another name of it."""
    first, second = await _side(database, survivor), await _side(database, absorbed)
    rows = [
        *_who(survivor, absorbed),
        _shortened("member.cards", "marks", first, second, _lists(first.marks, second.marks)),
        *_purchases(survivor, absorbed),
        *(
            _part(program, first, second, worth)
            for program in worth.tiers
            if program in {*first.parts, *second.parts}
        ),
        *_points(first, second, worth),
        _shortened("field.tags", "tags", first, second, _sets(first.tags, second.tags, worth.tags)),
        _shortened(
            *("field.member_lists", "lists", first, second),
            _sets(first.lists, second.lists, worth.lists),
        ),
        *_coupons(first.coupons, second.coupons),
        *_attributes(first, second, worth),
    ]
    return Comparison(
        [one for one in rows if one.survivor or one.absorbed], _obstacles(first, second)
    )


async def _side(database: AsyncSession, member: MemberInShort) -> _Side:
    own = {"bucket": member.bucket, "member_id": member.member_id, "rows_max": ROWS_MAX + 1}
    found = {
        name: (await database.execute(STATEMENTS[f"member_{name}"], own)).all()
        for name in ("marks", "parts", "accounts", "tags", "lists")
    }
    cut = {name for name in ("marks", "tags", "lists") if len(found[name]) > ROWS_MAX}
    found |= {name: found[name][:ROWS_MAX] for name in cut}
    parts: dict[str, list[Any]] = {}
    for part in found["parts"]:
        parts.setdefault(part.program_code, []).append(part)
    return _Side(
        member,
        [f"{say(f'value.kind.{one.kind}')} {one.masked}" for one in found["marks"]],
        parts,
        {one.currency: one for one in found["accounts"]},
        {*member.traits.get("tags", ()), *(one.tag for one in found["tags"])},
        {one.list_code for one in found["lists"]},
        int(await database.scalar(STATEMENTS["member_coupons_left"], own) or 0),
        member.traits.get("attributes", {}),
        cut,
    )


def _row(name: str, survivor: str, absorbed: str, together: str) -> Row:
    return Row(say(name), survivor, absorbed, together)


def _shortened(
    label: str, name: str, first: _Side, second: _Side, shown: tuple[str, str, str]
) -> Row:
    """Words of each and of both, which say so where they are not all."""
    is_cut = [name in side.cut for side in (first, second)]
    return _row(
        label,
        *(
            say("merge.and_more", shown=words) if cut else words
            for words, cut in zip(shown, (*is_cut, any(is_cut)), strict=True)
        ),
    )


def _who(survivor: MemberInShort, absorbed: MemberInShort) -> list[Row]:
    """The profile is the survivor's: nothing is mixed of two."""
    return [
        _row(label, theirs, others, theirs)
        for label, theirs, others in (
            ("field.phone", survivor.phone, absorbed.phone),
            ("field.email", survivor.email, absorbed.email),
            ("field.birth_date", _day(survivor.birth_date), _day(absorbed.birth_date)),
            ("field.created_at", _day(survivor.created_at), _day(absorbed.created_at)),
        )
    ]


def _purchases(survivor: MemberInShort, absorbed: MemberInShort) -> list[Row]:
    days = [one.last_purchase_on for one in (survivor, absorbed)]
    latest = max((day for day in days if day is not None), default=None)
    return [
        _row("field.purchases", *_sums(survivor.purchases, absorbed.purchases)),
        _row("field.last_purchase_on", _day(days[0]), _day(days[1]), _day(latest)),
    ]


def _part(program: str, first: _Side, second: _Side, worth: Worth) -> Row:
    """The survivor's part decides whether there is one; of the tiers the better one counts."""
    names = dict(worth.tiers[program])
    rank = {code: place for place, code in enumerate(names)}
    own, other = first.own_part(program), second.own_part(program)
    together = _part_of(own, names)
    if own is not None and own.left_at is None:
        parts = [*first.parts.get(program, ()), *second.parts.get(program, ())]
        tiers = [one.tier_code for one in parts if one.left_at is None and one.tier_code in rank]
        best = max(tiers, key=rank.__getitem__, default="")
        if best:
            is_last = rank[best] == len(names) - 1
            together = names[best] if is_last else say("merge.tier_at_least", tier=names[best])
    label = say("merge.program", program=program)
    return Row(label, _part_of(own, names), _part_of(other, names), together)


def _part_of(part: Any | None, names: Mapping[str, str]) -> str:
    if part is None:
        return say("merge.no_part")
    if part.left_at is not None:
        return say("merge.left")
    return names.get(part.tier_code, part.tier_code) or say("merge.takes_part")


def _points(first: _Side, second: _Side, worth: Worth) -> list[Row]:
    """Balances always, what is pending or owed if there is any."""
    rows = []
    for code in sorted({*first.accounts, *second.accounts}):
        currency = worth.points_of(code)
        for name in _AMOUNTS:
            amounts = [
                getattr(side.accounts[code], name) if code in side.accounts else 0
                for side in (first, second)
            ]
            if name == "balance" or any(amounts):
                label = f"{currency.name}: {say(f'field.{name}').lower()}"
                shown = [currency.number(amount) for amount in (*amounts, sum(amounts))]
                rows.append(Row(label, *shown))
    return rows


def _coupons(first: int, second: int) -> list[Row]:
    return [_row("member.coupons", *_sums(first, second))] if first or second else []


def _attributes(first: _Side, second: _Side, worth: Worth) -> list[Row]:
    """Those of the absorbed fill gaps."""
    titles = {one.code: one.title for one in worth.attributes}
    rows = []
    for code in sorted({*first.attributes, *second.attributes}):
        own, other = (
            _typed(side.attributes[code]) if code in side.attributes else ""
            for side in (first, second)
        )
        rows.append(Row(titles.get(code, code), own, other, own or other))
    return rows


def _typed(value: Any) -> str:
    shown = typed(value)
    return say_first(f"value.attribute.{shown}", shown)


def _sums(first: int, second: int) -> tuple[str, str, str]:
    return counted(first), counted(second), counted(first + second)


def _lists(first: list[str], second: list[str]) -> tuple[str, str, str]:
    return ", ".join(first), ", ".join(second), ", ".join((*first, *second))


def _sets(first: set[str], second: set[str], entries: list[Entry]) -> tuple[str, str, str]:
    titles = {one.code: one.title for one in entries}
    shown = [
        ", ".join(titles.get(code, code) for code in sorted(codes))
        for codes in (first, second, first | second)
    ]
    return shown[0], shown[1], shown[2]


def _day(moment: dt.date | None) -> str:
    return shown_day(moment) if moment is not None else ""


def _obstacles(first: _Side, second: _Side) -> list[str]:
    """What the service would refuse, as far as it can be seen from here, in its order."""
    survivor, absorbed = first.member, second.member
    both = (survivor, absorbed)
    found = [say("merge.is_merged", who=one.title) for one in both if one.merged_into is not None]
    if absorbed.other_names:
        found.append(say("merge.has_names", who=absorbed.title))
    for one in both:
        if one.blocked_at is not None:
            found.append(say("merge.is_blocked", who=one.title))
        if one.household_id is not None:
            found.append(say("merge.in_household", who=one.title))
    if any(one.held or one.frozen or one.frozen_at for one in second.accounts.values()):
        found.append(say("merge.not_free", who=absorbed.title))
    if any(one.frozen_at for one in first.accounts.values()):
        found.append(say("merge.account_frozen", who=survivor.title))
    return found
