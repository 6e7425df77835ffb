"""What was told beside what is there: lost, duplicated, invented, altered.

lost        acknowledged, and not there
duplicated  one call, and there more than once
invented    there, and nobody was told so
altered     there, with other amounts than were told
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping


@dataclass(slots=True)
class Comparison:
    """What was found; everything but `compared` should be empty."""

    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    compared: int = 0

    @property
    def violations(self) -> list[str]:
        return [*self.invented, *self.altered]

    def match(
        self,
        what: str,
        told: Mapping[str, Any],
        rows: Iterable[tuple[str, Any]],
        unsure: Collection[str] = (),
    ) -> None:
        """Compare what answers said with rows of the same keys; `unsure` ones may be there."""
        there: dict[str, list[Any]] = {}
        for key, held in rows:
            there.setdefault(key, []).append(held)
        for key, said in told.items():
            self.compared += 1
            held = there.get(key, [])
            if not held:
                self.lost.append(f"{what} {key}: acknowledged, not there")
            elif len(held) > 1:
                self.duplicated.append(f"{what} {key}: {len(held)} times")
            elif held[0] != said:
                self.altered.append(f"{what} {key}: told {said}, stored {held[0]}")
        self.invented += [
            f"{what} {key}: of nobody" for key in there if key not in told and key not in unsure
        ]
