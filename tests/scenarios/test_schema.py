"""The JSON Schemas: every field described, and true of what is really sent."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import orjson
import pytest
import yaml

from checkout.stories.document import story_files
from checkout.stories.schema import DOCUMENTS, document_schema, print_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = story_files(Path(__file__).parent)
STORY_VALIDATOR = jsonschema.Draft202012Validator(document_schema("story"))


def fields_without_description(schema: dict[str, Any]) -> Iterator[str]:
    for name, described in {**schema.get("$defs", {}), schema["title"]: schema}.items():
        if not described.get("description"):
            yield name
        for field, about in described.get("properties", {}).items():
            if not about.get("description"):
                yield f"{name}.{field}"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_field_of_each_document_is_described(name: str) -> None:
    """Nobody has to read our code to know what a field means."""
    schema = document_schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert not list(fields_without_description(schema))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_story_follows_the_printed_schema(file: Path) -> None:
    """The schema that an editor checks stories with accepts every story there is."""
    for document in yaml.safe_load_all(file.read_text()):
        story = orjson.loads(orjson.dumps(document, option=orjson.OPT_NON_STR_KEYS))
        STORY_VALIDATOR.validate(story)


def test_a_schema_is_printed_as_json() -> None:
    """The command prints one JSON document, and 2 says that there is no such name."""
    out = io.StringIO()
    assert print_schema("campaign", out) == 0
    assert orjson.loads(out.getvalue())["title"] == "Campaign"
    assert print_schema("nonsense", io.StringIO()) == 2
