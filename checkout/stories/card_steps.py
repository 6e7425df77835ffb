"""Types of cards of a story, and its steps about cards, each with its schema.

A number that the service makes is told as ``@card-1``, ``@card-2`` … in the order in which they
appear; a later step may show it under that name.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from checkout.engine.schema.document import Code, Document
from checkout.stories.sale_steps import Request


class StoryCardType(Document):
    """A type of cards that the partner has."""

    code: Annotated[Code, Field(description="Code")]
    prefix: Annotated[str, Field(pattern="^[0-9]{1,12}$", description="First digits")]
    digits: Annotated[int, Field(ge=8, le=19, description="Of a whole number")] = 13
    issued_at_enrolment: Annotated[bool, Field(description="Who joins without a card gets one")] = (
        False
    )


class BindCardStep(Document):
    """The till gives a member another card; from then on it is the one that is shown."""

    member: Annotated[str, Field(min_length=1, description="Name of the member")]
    card: Annotated[str, Field(min_length=1, description="The new card")]
    replace: Annotated[bool, Field(description="It takes the place of the shown one")] = False
    store: Annotated[str, Field(description="Code of the store; the first if empty")] = ""
    request: Request = ""


class IssueCardsStep(Document):
    """An operator issues cards of a type for nobody yet."""

    type: Annotated[Code, Field(description="Code of the type")]
    count: Annotated[int, Field(ge=1, le=1_000, description="How many")] = 1
    request: Request = ""


class ReplaceCardStep(Document):
    """An operator puts another card in the place of one; from then on it is the one shown."""

    card: Annotated[str, Field(min_length=1, description="The old card")]
    new_card: Annotated[str, Field(description="The new one; empty: a number is made")] = ""
    new_type: Annotated[str, Field(description="Type of the number that is made")] = ""
    replacement: Annotated[
        Literal["lost", "damaged", "stolen"], Field(description="What happened to the old one")
    ] = "lost"
    request: Request = ""
