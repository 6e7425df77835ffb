"""What a process of Locust is told: where to call, as which tills, what to sell and how much.

A file, so that processes on other machines can be given it, too. It holds tokens: mode 0600.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import orjson

#: Names the file of the plan; Locust's own command line has no room for it.
VARIABLE: Final = "CHECKOUT_LOAD_PLAN"
#: The profile of a run that compares quotes with the echo, and nothing else.
FLOOR: Final = "floor"
#: The shape of a run whose users are set in Locust's own pages.
BY_HAND: Final = "by-hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One run."""

    target: str
    echo_target: str
    #: Tokens of the tills by store: each is a connection of its own.
    tokens: dict[str, str]
    time_zone: str
    #: File of the baskets, in the plan's own folder.
    baskets: str
    profile: str
    shape: str
    users: int
    seconds: int
    #: Processes whose time and memory are read, by name: those of this machine.
    watched: dict[str, int]
    #: For what happens beside the tills: who publishes, where rules are kept, what is emptied.
    service_credential: str = ""
    partner: str = ""
    owner_dsn: str = ""
    redis_url: str = ""
    #: Whether tills call over a Session each, instead of unary.
    over_session: bool = False

    def write(self, path: Path) -> None:
        """Write it for its owner alone."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2))


def stages_file(folder: Path, plan: Plan) -> Path:
    """Where a run writes what came of each stage."""
    return folder / f"{plan.profile}.stages.json"


def given_plan() -> tuple[Path, Plan]:
    """The plan that the environment names, and its folder.

    Raises:
        SystemExit: none is named; the text says what to do.
    """
    named = os.environ.get(VARIABLE, "")
    if not named:
        raise SystemExit(
            f"{VARIABLE} names no plan: `make loadtest` or `make loadtest-ui` makes one"
        )
    path = Path(named).resolve()
    return path.parent, Plan(**orjson.loads(path.read_bytes()))
