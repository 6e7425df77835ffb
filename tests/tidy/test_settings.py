"""Every setting is written up where people look for it, and no page names one that there is not."""

from __future__ import annotations

import importlib
import inspect
import re

import pydantic_settings
import pytest

from tests.tidy.sources import PACKAGES, ROOT, python_files

README = ROOT / "README.md"
DEPLOY = ROOT / "deploy.env.example"
COMPOSE = ROOT / "docker-compose.yml"
#: Which page has the table of whose settings.
TABLES = {"checkout.settings": README, "admin.settings": ROOT / "docs" / "admin.md"}
NAME = re.compile(r"\bCHECKOUT_[A-Z][A-Z0-9_]*[A-Z0-9]\b")
#: A line that sets something, or would without its sign.
SET = re.compile(r"^#?(CHECKOUT_[A-Z0-9_]+)=(.*)$", re.MULTILINE)


def settings_of(module: str) -> dict[str, str]:
    """The environment variables that a module's settings read, each with its default as text."""
    found = {}
    for member in vars(importlib.import_module(module)).values():
        if not inspect.isclass(member) or not issubclass(member, pydantic_settings.BaseSettings):
            continue
        if member.__module__ != module:
            continue
        prefix = str(member.model_config.get("env_prefix", ""))
        for field, about in member.model_fields.items():
            alias = about.validation_alias
            name = alias if isinstance(alias, str) else f"{prefix}{field}".upper()
            default = about.default
            found[name] = str(int(default)) if isinstance(default, bool) else str(default)
    assert found
    return found


def named_in_code() -> set[str]:
    """Every setting, also those of tests and of one command each."""
    named = {name for module in TABLES for name in settings_of(module)}
    for path in python_files(*PACKAGES, "tests"):
        named |= set(NAME.findall(path.read_text()))
    return named


@pytest.mark.parametrize("module", TABLES)
def test_every_setting_stands_in_its_table(module: str) -> None:
    """A setting that no table has is one that nobody finds."""
    rows = re.findall(r"^\| `(CHECKOUT_[A-Z0-9_]+)` \|", TABLES[module].read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(settings_of(module))


def test_pages_name_no_setting_that_does_not_exist() -> None:
    """A setting named in the README, the docs or what is deployed is read somewhere in the code."""
    known = named_in_code()
    for page in (README, DEPLOY, COMPOSE, *sorted((ROOT / "docs").rglob("*.md"))):
        assert not set(NAME.findall(page.read_text())) - known, page


def test_what_is_deployed_names_every_setting() -> None:
    """To be set, each with its default, and then handed on; or with why it is not set there."""
    settings = {name: text for module in TABLES for name, text in settings_of(module).items()}
    example, compose = DEPLOY.read_text(), COMPOSE.read_text()
    assert set(settings) - set(NAME.findall(example)) == set()
    handed_on = set(re.findall(r"^ +(CHECKOUT_[A-Z0-9_]+):", compose, re.MULTILINE))
    for name, value in SET.findall(example):
        assert name in handed_on, f"{name} reaches no container"
        if f"#{name}=" in example:
            assert value == settings[name], f"{name} is {settings[name]!r} if it is left out"
