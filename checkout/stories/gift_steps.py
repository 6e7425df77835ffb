"""Steps of a story about gifts of a program's list, each with its schema."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from checkout.engine.schema.document import Code, Document
from checkout.stories.sale_steps import Request


class SetGiftStockStep(Document):
    """An operator says how many of a gift there are, or how many more."""

    gift: Annotated[Code, Field(description="Code of the gift")]
    counted: Annotated[int | None, Field(ge=0, description="So many there are")] = None
    difference: Annotated[int | None, Field(description="So many more, or fewer")] = None
    request: Request = ""

    @model_validator(mode="after")
    def _one_number(self) -> Self:
        if (self.counted is None) == (self.difference is None):
            raise ValueError("say how many there are, or how many more")
        return self


class GiveGiftStep(Document):
    """An operator gives a member a gift."""

    member: Annotated[str, Field(min_length=1, description="Name of the member")]
    gift: Annotated[Code, Field(description="Code of the gift")]
    count: Annotated[int, Field(ge=1, le=100, description="How many")] = 1
    store: Annotated[str, Field(description="Code of the store; nobody says if empty")] = ""
    name: Annotated[str, Field(min_length=1, description="How the story calls it")] = "gift"
    request: Request = ""


class TakeGiftBackStep(Document):
    """An operator takes back what was given."""

    given: Annotated[str, Field(min_length=1, description="Its name")] = "gift"
    request: Request = ""


class ListGiftsStep(Document):
    """A till asks what can be given."""

    member: Annotated[str, Field(description="Name of a member; empty: nobody")] = ""
    store: Annotated[str, Field(description="Code of the store; the first if empty")] = ""
