"""A statement of many parts is sent without those that have nothing to write."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from checkout.store import queries
from checkout.store.queries import QUERIES, narrowed

GROUPS = {group for group, _ in queries._PARAMETERS["write_book"]}
FAMILIES = (frozenset({"posting", "entry"}), frozenset({"hold", "hold_changed"}))


@dataclass
class Anything:
    """A row that has every field."""

    def __getattr__(self, name: str) -> str:
        return name


def parts_of(text: str) -> list[str]:
    return re.findall(r"^(\w+) as \(", text, re.MULTILINE)


def rows_of(*groups: str) -> dict[str, Any]:
    return {group: [Anything()] if group in groups else [] for group in GROUPS}


def test_a_family_without_rows_is_left_out() -> None:
    """One row keeps the whole family; who is in no family stays in any case."""
    text, arguments = narrowed("write_book", rows_of("entry"), FAMILIES)
    left_out = set(parts_of(QUERIES["write_book"])) - set(parts_of(text))
    assert left_out == {"hold_written", "hold_changed"}
    assert len(arguments) == max(int(number) for number in re.findall(r"\$(\d+)", text))


def test_what_follows_from_a_part_goes_with_it() -> None:
    """Invalidations are of the members that changed: without these there are none."""
    text, _ = narrowed("write_book", rows_of(), (frozenset({"member_changed"}),))
    assert {"member_changed", "invalidation_written"} <= set(parts_of(QUERIES["write_book"]))
    assert not {"member_changed", "invalidation_written"} & set(parts_of(text))


def test_arguments_come_in_the_order_of_their_numbers() -> None:
    """Each number stands for the column of the field that its place in the text names."""
    text, arguments = narrowed("write_book", rows_of("entry"), FAMILIES)
    columns = re.search(r"insert into entry \(([^)]*)\)", text)
    numbers = re.search(r"insert into entry .*?unnest\((.*?)\n    \)", text, re.DOTALL)
    assert columns is not None
    assert numbers is not None
    fields = [arguments[int(n) - 1] for n in re.findall(r"\$(\d+)", numbers[1])]
    assert fields == [[name] for name in re.findall(r"\w+", columns[1])]


def test_with_all_rows_it_is_the_whole_query() -> None:
    """Nothing that the file holds is lost when its parts are put together."""
    text, _ = narrowed("write_book", rows_of(*GROUPS), FAMILIES)
    assert parts_of(text) == parts_of(QUERIES["write_book"])
    assert set(re.findall(r"into (\w+)", text)) == set(
        re.findall(r"into (\w+)", QUERIES["write_book"])
    )
