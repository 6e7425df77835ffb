"""Expected figures as people read them: money, points, quantities and rates with their decimals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from checkout.engine.schema.program import LanePhase
from checkout.primitives import format_minor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checkout.stories.document import Story

#: Decimals of quantities, which are thousandths, and of rates, which are hundredths of a percent.
_MILLI: Final = 3
_BP: Final = 2


@dataclass(frozen=True, slots=True)
class Decimals:
    """Decimals of money and of each point currency of a story, and which lanes give points."""

    money: int
    points: dict[str, int]
    main: str
    accrual_lanes: frozenset[str]

    def of_points(self, currency: str = "") -> int:
        """Those of a currency; of the program's first if none is named."""
        return self.points.get(currency, self.points[self.main])


def decimals_of(story: Story) -> Decimals:
    """Those of the rules with which a story begins."""
    rules = story.snapshot
    program = rules.programs[0]
    return Decimals(
        money=rules.partner.currency.exponent,
        points={
            currency.code: currency.exponent
            for each in rules.programs
            for currency in each.currencies
        },
        main=program.currencies[0].code,
        accrual_lanes=frozenset(
            lane.code
            for each in rules.programs
            for lane in each.lanes
            if lane.phase is LanePhase.ACCRUAL
        ),
    )


def figures(expected: dict[Any, Any], decimals: Decimals) -> list[str]:
    """Each expectation as a short text."""
    return [_text(words, value) for words, value in _flat(expected, "", decimals)]


def _text(words: str, value: str) -> str:
    return f"{words}: {value}" if words else value


def _flat(expected: dict[Any, Any], path: str, decimals: Decimals) -> Iterator[tuple[str, str]]:
    """Every value with the words of its path."""
    for key, value in expected.items():
        at = f"{path}.{key}" if path else str(key)
        if isinstance(value, dict) and value:
            yield from _flat(value, at, decimals)
        else:
            yield _words(at), _value(at, value, expected, decimals)


def _words(path: str) -> str:
    """A path as words, without the units that the value shows."""
    parts = [part for part in path.split(".") if part != "lines"]
    if path.startswith("lines."):
        parts[0] = f"line {parts[0]}"
    return " ".join(_plain(part) for part in parts)


def _plain(name: str) -> str:
    for unit in ("_minor", "_milli", "_bp"):
        name = name.removesuffix(unit)
    return name.replace("_", " ")


def _value(path: str, value: object, beside: dict[Any, Any], decimals: Decimals) -> str:
    name = path.rpartition(".")[2]
    match value:
        case bool():
            return "yes" if value else "no"
        case int():
            return _number(path, name, value, beside, decimals)
        case list():
            return "; ".join(_element(path, each, decimals) for each in value) or "none"
        case dict():
            return "none"
    return str(value) or "none"


def _element(path: str, value: object, decimals: Decimals) -> str:
    if isinstance(value, dict):
        words = [
            _text(_plain(str(name)), _value(f"{path}.{name}", inner, value, decimals))
            for name, inner in value.items()
        ]
        return ", ".join(words)
    return _value(path, value, {}, decimals)


def _number(path: str, name: str, value: int, beside: dict[Any, Any], decimals: Decimals) -> str:
    if name.endswith("_milli"):
        return format_minor(value, _MILLI).rstrip("0").rstrip(".")
    if name.endswith("_bp"):
        return format_minor(value, _BP).rstrip("0").rstrip(".") + " %"
    if not name.endswith("_minor"):
        return str(value)
    parts = path.split(".")
    if "balances" in parts[:-2]:
        return format_minor(value, decimals.of_points(parts[parts.index("balances") + 1]))
    is_points = "points" in name and "value" not in name
    if is_points or beside.get("lane") in decimals.accrual_lanes:
        return format_minor(value, decimals.of_points(str(beside.get("currency", ""))))
    return format_minor(value, decimals.money)
