"""The document of a story: title, why, rules, members, steps; read from YAML."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

import yaml
from pydantic import Field, ValidationError

from checkout.engine.schema.document import Code, Document
from checkout.flows.traits import Traits
from checkout.primitives import AMOUNT_MAX_MINOR
from checkout.stories.card_steps import StoryCardType
from checkout.stories.rules import StoryRules
from checkout.stories.steps import Step

if TYPE_CHECKING:
    from collections.abc import Mapping

Got = TypeVar("Got")

#: The same safe loader in C, where PyYAML was built with it, reads a file several times faster.
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: When a story begins unless it says so: a Friday noon.
_START: Final = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


class StoryPoints(Document):
    """Points that a member brings along."""

    amount_minor: Annotated[int, Field(gt=0, le=AMOUNT_MAX_MINOR, description="How many")]
    active_from: Annotated[
        dt.datetime | None, Field(description="Spendable from, UTC; the day before if absent")
    ] = None
    expires_at: Annotated[
        dt.datetime | None, Field(description="Spendable until, UTC; for ever if absent")
    ] = None
    currency: Annotated[
        Code | None, Field(description="Of the first program; its first if absent")
    ] = None


class StoryMember(Traits):
    """A member at the beginning of the story, in its first program, and what is known of them."""

    card: Annotated[str, Field(description="Card number")] = ""
    phone: Annotated[str, Field(description="Phone number")] = ""
    tier: Annotated[str, Field(max_length=64, description="Tier in the first program")] = ""
    lists: Annotated[tuple[Code, ...], Field(description="Member lists")] = ()
    points: Annotated[
        tuple[StoryPoints, ...], Field(description="Points in currencies of the first program")
    ] = ()
    gender: Annotated[str, Field(max_length=64, description="As the partner writes it")] = ""
    born: Annotated[dt.date | None, Field(description="Date of birth")] = None
    purchases: Annotated[int, Field(ge=0, description="Purchases before the story")] = 0
    last_purchase_on: Annotated[
        dt.date | None, Field(description="Local date of the last of them")
    ] = None

    def traits(self) -> dict[str, Any]:
        """What is known of the member beside, as it is stored."""
        known = set(Traits.model_fields)
        return self.model_dump(mode="json", include=known, exclude_defaults=True)


class Story(Document):
    """An example that can be executed."""

    title: Annotated[str, Field(min_length=1, max_length=120, description="What it shows")]
    why: Annotated[
        str, Field(min_length=1, max_length=400, description="The rule behind it, in one sentence")
    ]
    starts_at: Annotated[dt.datetime, Field(description="First moment, UTC")] = _START
    snapshot: Annotated[
        StoryRules, Field(description="Rules in force; what is usual may be left out")
    ] = StoryRules()
    card_types: Annotated[
        tuple[StoryCardType, ...], Field(description="Types of cards that the partner has")
    ] = ()
    members: Annotated[
        dict[str, StoryMember], Field(description="Members by the name the story gives them")
    ] = Field(default_factory=dict)
    steps: Annotated[tuple[Step, ...], Field(min_length=1, description="What happens, in order")]


def story_files(path: Path) -> list[Path]:
    """A file itself; of a folder all files of stories, those in folders below included."""
    return sorted(path.rglob("*.yaml")) if path.is_dir() else [path]


class InvalidStoryError(Exception):
    """A file that is not a story; the text names the fields."""


def load_stories(path: Path) -> list[Story]:
    """The stories of a file: one, or several YAML documents between lines of ``---``.

    Raises:
        InvalidStoryError: it cannot be read, is no YAML or does not follow the schema.
    """
    try:
        documents = list(yaml.load_all(path.read_text(encoding="utf-8"), _LOADER))
        return [Story.model_validate(document) for document in documents]
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        text = "; ".join(f"{'.'.join(map(str, f['loc']))}: {f['msg']}" for f in faults[:10])
        raise InvalidStoryError(text) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InvalidStoryError(str(error)) from None


def as_utc(moment: dt.datetime) -> dt.datetime:
    """A moment of a story, which is written in UTC and may leave the zone out."""
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


def of_story(known: Mapping[str, Got], name: str, noun: str) -> Got:
    """What the story calls so.

    Raises:
        InvalidStoryError: it has called nothing so until now.
    """
    if name not in known:
        raise InvalidStoryError(f"the story has no {noun} {name!r} so far")
    return known[name]
