"""What is asked for in pyproject.toml is what the lock files hold."""

from __future__ import annotations

import re
import tomllib

from tests.tidy.sources import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def asked(requirements: list[str]) -> set[str]:
    return {normal(re.split(r"[^\w.\-]", requirement)[0]) for requirement in requirements}


def pinned(lock: str) -> dict[str, set[str]]:
    versions: dict[str, set[str]] = {}
    for line in (ROOT / lock).read_text().splitlines():
        if found := re.match(r"([\w.\-]+)(?:\[[^\]]*\])?==(\S+)", line):
            versions.setdefault(normal(found.group(1)), set()).add(found.group(2))
    return versions


def test_the_lock_of_the_service_holds_what_the_service_needs() -> None:
    """Every dependency of the service is pinned, and no tool of the developers' is."""
    lock = pinned("requirements.txt")
    assert not asked(PROJECT["dependencies"]) - set(lock)
    assert not {"pytest", "mypy", "ruff"} & set(lock)


def test_the_lock_of_the_developers_adds_to_that_of_the_service() -> None:
    """Tests run on the very versions that the service is deployed with."""
    service, developers = pinned("requirements.txt"), pinned("requirements-dev.txt")
    extras = PROJECT["optional-dependencies"]
    assert not asked([*extras["dev"], *extras["demo"]]) - set(developers)
    assert {name: developers.get(name) for name in service} == service


def test_every_pin_has_a_hash() -> None:
    """No package is installed whose content was not fixed."""
    for lock in ("requirements.txt", "requirements-dev.txt"):
        blocks = re.split(r"^(?=[\w])", (ROOT / lock).read_text(), flags=re.MULTILINE)
        assert not [block.split()[0] for block in blocks if block and "--hash=" not in block]
