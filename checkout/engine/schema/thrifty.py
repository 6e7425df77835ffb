"""Documents that are kept for long share what they have in common.

pydantic notes for each document which of its fields were given, and a part of a snapshot gives all
of them; and a field that is left as it is has a document of its own, equal to all others. Both
together are more than half of what a campaign weighs.
"""

from __future__ import annotations

import functools
from typing import Any

from checkout.engine.schema.document import Document


def share(document: Document) -> None:
    """Let a document, and those inside it, share what is equal with all others of their kind.

    Nothing that can be read of it changes, since documents are immutable.
    """
    names, defaults = _kind(type(document))
    if document.__pydantic_fields_set__ == names:
        object.__setattr__(document, "__pydantic_fields_set__", names)
    held = document.__dict__
    for name, value in held.items():
        if isinstance(value, Document):
            default = defaults.get(name)
            if default is not None and value == default:
                held[name] = default
            else:
                share(value)
        elif type(value) is tuple:
            for each in value:
                if isinstance(each, Document):
                    share(each)


@functools.cache
def _kind(kind: type[Document]) -> tuple[set[str], dict[str, Any]]:
    """All fields of a kind of documents, and documents that stand in fields which are left out."""
    fields = kind.model_fields
    defaults = {name: field.default for name, field in fields.items()}
    return set(fields), {
        name: default for name, default in defaults.items() if isinstance(default, Document)
    }
