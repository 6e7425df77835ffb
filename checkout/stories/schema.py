"""`python -m checkout schema`: the JSON Schema of every document, each field described."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson
from pydantic import TypeAdapter

from checkout.engine.facts import MemberState
from checkout.engine.receipt import Receipt
from checkout.engine.schema.campaign import Campaign
from checkout.engine.schema.snapshot import Snapshot
from checkout.stories.document import Story

if TYPE_CHECKING:
    from typing import TextIO

DOCUMENTS: Final[dict[str, type]] = {
    "campaign": Campaign,
    "snapshot": Snapshot,
    "member": MemberState,
    "receipt": Receipt,
    "story": Story,
}


def document_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of a document.

    A field whose type describes itself takes over that description, and a `kind` says what it is
    for, so that no reader of the schema has to look elsewhere.

    Raises:
        KeyError: there is no such document.
    """
    schema = TypeAdapter(DOCUMENTS[name]).json_schema(by_alias=True)
    types = schema.get("$defs", {})
    for described in (schema, *types.values()):
        for field, about in described.get("properties", {}).items():
            if "description" not in about:
                text = _description(field, about, types)
                if text:
                    about["description"] = text
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def print_schema(name: str, out: TextIO) -> int:
    """Print the schema of a document; the exit code of the command, 2 for an unknown name."""
    if name not in DOCUMENTS:
        out.write(f"there is no document {name!r}; known: {', '.join(DOCUMENTS)}\n")
        return 2
    printed = orjson.dumps(document_schema(name), option=orjson.OPT_INDENT_2)
    out.write(printed.decode() + "\n")
    return 0


def _description(field: str, about: dict[str, Any], types: dict[str, Any]) -> str:
    """What the type of a field says of itself."""
    if field == "kind":
        return "Says which of the alternatives this is"
    inner = about.get("items", about)
    refs = [inner, *inner.get("anyOf", ()), *inner.get("oneOf", ())]
    found = [
        types[ref["$ref"].removeprefix("#/$defs/")].get("description", "")
        for ref in refs
        if "$ref" in ref
    ]
    return found[0].split("\n")[0] if len(found) == 1 else ""
