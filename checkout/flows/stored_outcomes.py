"""Outcomes inside stored answers: the engine reads what it wrote.

Its classes may be compiled ones, which pydantic cannot fill.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import GetPydanticSchema
from pydantic_core import core_schema

from checkout.engine.outcome import Outcome
from checkout.engine.stored_outcome import outcome_of_document

StoredOutcome = Annotated[
    Outcome,
    GetPydanticSchema(
        lambda _type, _handler: core_schema.no_info_plain_validator_function(outcome_of_document)
    ),
]
