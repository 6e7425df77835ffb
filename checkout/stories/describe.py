"""`python -m checkout describe`: what programs and campaigns do, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from checkout.engine.documents import InvalidDocumentError, parse_snapshot
from checkout.engine.problems import check_snapshot
from checkout.wording.campaigns import campaign_in_words, campaign_title
from checkout.wording.programs import program_in_words, program_title
from checkout.wording.sections import section_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TextIO

    from checkout.engine.schema.snapshot import Snapshot


def describe_file(path: Path, out: TextIO, about: str = "") -> int:
    """Describe a snapshot, or that of a case; the exit code: 1 if it is no good.

    Rules that cannot be published are not described: nobody could say what they do.
    """
    try:
        document = orjson.loads(path.read_bytes())
        inner = document.get("snapshot", document)
        snapshot = parse_snapshot(inner)
        problems = check_snapshot(snapshot)
    except InvalidDocumentError as error:
        problems = error.problems
        snapshot = None
    except (orjson.JSONDecodeError, AttributeError) as error:
        out.write(f"{path.name} is not a JSON object: {error}\n")
        return 1
    if problems or snapshot is None:
        out.writelines(f"{problem.field}: {problem.message}\n" for problem in problems)
        return 1
    if about and about not in {campaign.code for campaign in snapshot.campaigns}:
        out.write(f"The snapshot has no campaign {about!r}.\n")
        return 1
    out.writelines(line + "\n" for line in described(snapshot, about))
    return 0


def described(snapshot: Snapshot, about: str = "") -> Iterator[str]:
    """Programs and their campaigns, in the snapshot's order; or the campaign that is named."""
    if about:
        yield from _campaign(snapshot, about)
        return
    for number, program in enumerate(snapshot.programs):
        if number:
            yield ""
        yield program_title(program)
        yield from section_lines(program_in_words(snapshot, program))
        for campaign in snapshot.campaigns:
            if campaign.program == program.code:
                yield ""
                yield from _campaign(snapshot, campaign.code)


def _campaign(snapshot: Snapshot, code: str) -> Iterator[str]:
    campaign = next(one for one in snapshot.campaigns if one.code == code)
    yield campaign_title(campaign)
    yield from section_lines(campaign_in_words(snapshot, campaign))
