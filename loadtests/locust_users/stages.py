"""How many users there are when: shapes by name, made of stages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: Steps of the climb to the knee: each doubles the users, the last one has all.
STEPS: Final = 6
SHAPES: Final = ("steps", "spike", "soak")
#: Locust looks at the shape once a second: of a shorter stage nothing, or a moment, is counted.
STAGE_MIN_S: Final = 3
#: In which each shape has stages that are long enough.
SECONDS_MIN: Final = STEPS * STAGE_MIN_S
#: The shape of the comparison with the echo: either in turn, as neighbours come and go.
TURNS: Final = "turns"
#: Of the comparison, seconds of one turn with a stage of either.
TURN_S: Final = 10
ECHO: Final = "echo"
QUOTES: Final = "quotes"


@dataclass(frozen=True, slots=True)
class Stage:
    """So many users for so long."""

    label: str
    users: int
    seconds: float


def stages_of(shape: str, users: int, seconds: float) -> list[Stage]:
    """The stages of a shape that takes so long and has at most so many users.

    Raises:
        ValueError: there is no such shape.
    """
    match shape:
        case "steps":
            counts = sorted({max(users >> step, 1) for step in range(STEPS)})
            return [Stage(f"{count} at once", count, seconds / len(counts)) for count in counts]
        case "spike":
            few = max(users // 8, 1)
            parts = (("before", few), ("spike", users), ("after", few))
            return [Stage(label, count, seconds / len(parts)) for label, count in parts]
        case "soak":
            quarter = seconds / 4
            return [Stage(f"quarter {number}", users, quarter) for number in (1, 2, 3, 4)]
        case "turns":
            turns = max(round(seconds / TURN_S), 1)
            each = seconds / turns / 2
            return [Stage(label, users, each) for _ in range(turns) for label in (ECHO, QUOTES)]
        case _:
            raise ValueError(f"{shape!r} is no shape: {', '.join(SHAPES)}")
