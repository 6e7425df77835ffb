"""What entries of the history say, in words: columns by their names, amounts in what they count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from admin.members.place import member_key
from admin.pages.places_in_lists import uuid_in
from admin.records.columns import column_label
from admin.sealing.profile_history import RECORD as SEALED_RECORD
from admin.texts import say_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from admin.members.currencies import Worth
    from admin.records.tables import HistoryEntry

#: Columns that hold what is counted in the currency that stands beside them.
_OF_CURRENCY: Final = {"amount_minor", "points_minor"}
_OF_UNIT: Final = {"face", "amount"}
#: Records that have a page of the same name by their code.
_BY_CODE: Final = {"campaign": "/campaign/details/", "gift": "/gift/details/"}
#: What is told of a record that no page could rebuild: there is no row beside the entries.
WITHOUT_PAST: Final = frozenset(
    {
        *("receipt", "correction", "bulk", "gift", "gift_given", "certificate_batch"),
        *("coupon_issue", "card_issue", "household", "event", "limit"),
    }
)


@dataclass(frozen=True, slots=True)
class HistoryWords:
    """Says what stands in entries; without `worth` amounts are told as they are kept."""

    worth: Worth | None = None

    def column(self, record: str, name: str) -> str:
        """The name of a column; of one that stands once per tier, tag and the like with which."""
        name, _, which = name.partition(".")
        said = column_label(record, name)
        return f"{said}: {self._called(name, which)}" if which else said

    def changes(self, entry: HistoryEntry) -> list[tuple[str, Any, Any]]:
        """Columns that changed, with what they were and are."""
        before, after = entry.before or {}, entry.after or {}
        return [
            (name, self.value(entry.record, name, before), self.value(entry.record, name, after))
            for name in sorted({*before, *after})
            if not _stands_beside(name, entry)
        ]

    def beside(self, entry: HistoryEntry) -> list[tuple[str, Any]]:
        """What names the record and did not change: whose it is, the end of its number."""
        after = entry.after or {}
        return [
            (name, self.value(entry.record, name, after))
            for name in sorted(after)
            if _stands_beside(name, entry)
        ]

    def notes(self, entry: HistoryEntry) -> list[tuple[str, str]]:
        """What is told beside an event that changed nothing: of an export what it is of."""
        record = entry.record.replace("_", "-")

        def named(column: str) -> str:
            return say_first(
                f"field.{record}.{column}", f"field.if.{column}", f"field.{column}", column
            )

        told = []
        for name, value in sorted((entry.after or {}).items()):
            family = "month" if name == "birthday_month" else name
            is_column = name == "sortBy"
            names = (f"value.{record}.{family}.{value}", f"value.{family}.{value}", str(value))
            shown = named(value) if is_column else say_first(*names)
            told.append((named(name), shown))
        return told

    def value(self, record: str, column: str, values: Mapping[str, Any]) -> Any:
        """A value for people."""
        held = values.get(column)
        name, _, which = column.partition(".")
        if name == "replaced_for":
            return say_first(f"value.replacement.{held}", held or "")
        if name == "state" and isinstance(held, str):
            return say_first(f"value.{record}.{held}", f"value.state.{held}", held)
        if self.worth is None or held is None:
            return held
        if name == "tier":
            return dict(self.worth.tiers.get(which, ())).get(held, held)
        if not isinstance(held, int) or isinstance(held, bool):
            return held
        if name == "frozen" or (name in _OF_CURRENCY and values.get("currency")):
            return self.worth.points_of(which or str(values["currency"])).shown(held)
        if name in _OF_UNIT and values.get("unit") not in {None, "units"}:
            return self.worth.money.shown(held)
        return held

    def _called(self, name: str, which: str) -> str:
        if name == "consent":
            return say_first(f"value.channel.{which}", which)
        if self.worth is not None and name.endswith("frozen"):
            return self.worth.points_of(which).name
        if self.worth is not None and name in {"tag", "attribute"}:
            entries = self.worth.tags if name == "tag" else self.worth.attributes
            return next((one.title for one in entries if one.code == which), which)
        return which


def page_of_record(record: str, key: str) -> str:
    """The page of a record that the history names; empty: it has none by that name."""
    if record in {"member", "member_profile", "household"} and (named := uuid_in(key)) is not None:
        return f"/{'household' if record == 'household' else 'member'}/details/{member_key(named)}"
    return _BY_CODE[record] + quote(key, safe="") if record in _BY_CODE else ""


def needs_worth(columns: Iterable[str]) -> bool:
    """Whether there are columns that count in currencies, or are named by dictionaries."""
    return any("." in name or name in _OF_CURRENCY | _OF_UNIT for name in columns)


def _stands_beside(name: str, entry: HistoryEntry) -> bool:
    # Of a profile all that an entry has did change, though both sides may be hidden alike.
    if entry.record == SEALED_RECORD:
        return False
    before, after = entry.before or {}, entry.after or {}
    return name in before and name in after and before[name] == after[name]
