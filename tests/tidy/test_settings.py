"""Every setting is written up where people look for it."""

from __future__ import annotations

import importlib.util
import inspect
import re

import pytest

from tests.tidy.sources import PACKAGES, ROOT, python_files

README = ROOT / "README.md"
NAME = re.compile(r"\bCHECKOUT_[A-Z][A-Z0-9_]*[A-Z0-9]\b")


def settings_of_the_service() -> set[str]:
    """The environment variables that checkout/settings.py reads, by its classes and its text."""
    if importlib.util.find_spec("checkout.settings") is None:
        pytest.skip("checkout/settings.py does not exist yet")
    import pydantic_settings

    settings = importlib.import_module("checkout.settings")
    names = set(NAME.findall(inspect.getsource(settings)))
    for member in vars(settings).values():
        if not inspect.isclass(member) or not issubclass(member, pydantic_settings.BaseSettings):
            continue
        if member.__module__ != settings.__name__:
            continue
        prefix = str(member.model_config.get("env_prefix", ""))
        for field, about in member.model_fields.items():
            alias = about.validation_alias
            names.add(alias if isinstance(alias, str) else f"{prefix}{field}".upper())
    return names


def test_every_setting_stands_in_the_readme() -> None:
    """A setting that the README does not name is one that nobody finds."""
    names = settings_of_the_service()
    assert names
    if not README.exists():
        pytest.skip(f"README.md does not exist yet; it owes {len(names)} settings")
    assert not names - set(NAME.findall(README.read_text()))


def test_the_readme_names_no_setting_that_does_not_exist() -> None:
    """A setting named in the README is read somewhere in the code."""
    if not README.exists():
        pytest.skip("README.md does not exist yet")
    known = settings_of_the_service()
    for path in python_files(*PACKAGES, "tests"):
        known |= set(NAME.findall(path.read_text()))
    assert not set(NAME.findall(README.read_text())) - known
