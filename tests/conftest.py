"""What every test gets: reproducible examples, and servers for those that ask for them."""

from __future__ import annotations

import gc
import os

import hypothesis
import pytest

from tests.walls import IS_WHOLE

# Tests run the sources, not what was once compiled of them: `make compiled` runs those that tell
# whether both give the same.
os.environ.setdefault("CHECKOUT_ENGINE", "plain")

pytest_plugins = ["tests.server_fixtures", "tests.service_fixtures"]

# `make test` must answer the same each time: examples follow from the test alone. To look for new
# ones: CHECKOUT_TEST_EXAMPLES=search pytest ..., which prints how to repeat what it found.
hypothesis.settings.register_profile(
    "fixed", derandomize=True, deadline=None, max_examples=100, database=None, print_blob=True
)
hypothesis.settings.register_profile(
    "search", parent=hypothesis.settings.get_profile("fixed"), derandomize=False, max_examples=2000
)
_PROFILE = os.environ.get("CHECKOUT_TEST_EXAMPLES", "fixed")
hypothesis.settings.load_profile(_PROFILE)


def pytest_report_header() -> list[str]:
    examples = hypothesis.settings.default.max_examples if hypothesis.settings.default else 0
    seed = "from the tests themselves" if _PROFILE == "fixed" else "random, --hypothesis-seed=N"
    return [
        f"examples: profile {_PROFILE} (CHECKOUT_TEST_EXAMPLES), {examples} each, seed {seed}",
        f"walls: {'whole' if IS_WHOLE else 'a part'} of their cases (CHECKOUT_TEST_WALLS=whole)",
    ]


#: Files that take long by themselves begin first: whoever took one last would keep all waiting.
_LONG = (
    *("tests/scenarios/", "tests/launch/", "tests/model/", "tests/oracle/", "tests/races/"),
    "tests/admin/test_access.py",
    *("tests/unit/test_wording_of_stories.py", "tests/integration/test_lost_database.py"),
    *("tests/property/test_laws_of_combinations.py", "tests/property/test_laws_of_explanations.py"),
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After pytest-randomly, which shuffles; the Makefile keeps xdist from sorting by size."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONG))


def pytest_collection_finish() -> None:
    """What was imported stays: looking at it again and again is a twentieth of all work."""
    gc.collect()
    gc.freeze()
