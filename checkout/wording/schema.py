"""What the fields of rules mean, in the language that is spoken: for editors that complete them.

English stands in the schema itself; a catalogue of another language has each description once, with
its line breaks as blanks.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Final

import orjson

from checkout.wording.speech import CATALOGUES, spoken

#: Language → English description → the same in that language.
DESCRIPTIONS: Final[dict[str, dict[str, str]]] = {
    code: orjson.loads(files(__package__).joinpath(f"schema_{code}.json").read_bytes())
    for code in CATALOGUES
}


def told_schema(schema: object) -> object:
    """A JSON schema, each of its descriptions in the language that is spoken."""
    return _told(schema, DESCRIPTIONS.get(spoken(), {}))


def _told(schema: object, descriptions: dict[str, str]) -> object:
    if isinstance(schema, list):
        return [_told(one, descriptions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    told = {name: _told(value, descriptions) for name, value in schema.items()}
    description = told.get("description")
    # A field may be called so, too: that is an object.
    if isinstance(description, str):
        english = " ".join(description.split())
        told["description"] = descriptions.get(english, english)
    return told
