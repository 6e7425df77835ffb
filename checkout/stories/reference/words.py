"""An example's rules in words, without what all rules say that leave everything out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from checkout.engine.documents import parse_snapshot
from checkout.engine.schema.campaign import Campaign
from checkout.stories.rules import StoryProgram, snapshot_document
from checkout.wording.campaigns import BESIDE_WHOM, campaign_in_words
from checkout.wording.names import titled
from checkout.wording.programs import program_in_words
from checkout.wording.sections import Sentence, list_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from checkout.engine.schema.snapshot import Snapshot
    from checkout.stories.document import Story
    from checkout.wording.sections import Section

_MARKUP: Final = re.compile(r"([*<`\[\]|])")


def words_of(story: Story) -> Iterator[str]:
    """A list: what is unusual of programs, and what the first campaign does."""
    snapshot = parse_snapshot(snapshot_document(story.snapshot, "shop"))
    for program in snapshot.programs:
        plain = StoryProgram(code=program.code, name=program.name)
        usual = _sentences(program_in_words(snapshot, plain))
        told = _sentences(program_in_words(snapshot, program))
        yield from _item(f"Program {titled(program.code, program.name)}", told, usual)
    for campaign in snapshot.campaigns[:1]:
        told = _sentences(campaign_in_words(snapshot, campaign))
        usual = list(_usual(snapshot, campaign))
        yield from _item(f"Campaign {titled(campaign.code, campaign.name)}", told, usual)


def _usual(snapshot: Snapshot, campaign: Campaign) -> Iterator[Sentence]:
    """What a campaign of which nothing is set says, and one of these rewards of its company."""
    bare = Campaign(code=campaign.code, program=campaign.program, name=campaign.name)
    yield from _sentences(campaign_in_words(snapshot, bare))
    giving = bare.model_copy(update={"rewards": campaign.rewards})
    alone = snapshot.model_copy(update={"campaigns": (giving,)})
    for section in campaign_in_words(alone, giving):
        if section.heading == BESIDE_WHOM:
            yield from section.sentences


def _sentences(sections: Iterable[Section]) -> list[Sentence]:
    return [sentence for section in sections for sentence in section.sentences]


def _item(title: str, sentences: Iterable[Sentence], usual: list[Sentence]) -> Iterator[str]:
    told = tuple(each for each in sentences if each not in usual)
    if told:
        yield from map(_escaped, list_lines(Sentence(title, told)))


def _escaped(line: str) -> str:
    return _MARKUP.sub(r"\\\1", line)
