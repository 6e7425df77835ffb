"""The page: chapters of forms, each with its fields, answers and worked examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from checkout.engine.schema.snapshot import Snapshot
from checkout.stories.reference.chapters import (
    CHAPTERS,
    FORMS,
    about_form,
    anchor_of,
    chapter_heading,
    heading_of,
)
from checkout.stories.reference.examples import Example, example_lines
from checkout.stories.reference.fields import (
    answers_of,
    default_answer,
    field_table,
    fields_of,
)
from checkout.stories.reference.served import is_answer_served, is_served
from checkout.stories.reference.uses import Use, count_uses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic import BaseModel

#: Links to examples that stand in one place.
_LINKS_MAX: Final = 3
#: Fields that say nothing of what an example is about.
_NAMES: Final = ("name", "description")
_HEAD: Final = """\
# Rule reference

Every form that a manager can fill in, what its fields mean, and worked examples that are run with
each change of the code. `make docs` makes this page of the schema and of the stories in
`tests/scenarios`; it is not edited. What the rules do exactly stands in [rules.md](rules.md).

In YAML amounts are in minor units (`amount_minor: 500` is 5.00), rates in basis points
(`rate_bp: 1000` is 10 %), quantities in thousandths. Examples leave out what is usual: a program
`club` with a lane `off` for discounts and a lane `earn` for points that are worth money one to one.
A line of a receipt is an article, a quantity if it is not 1, and a price. A step without a remark
expects that it succeeds.

Below the YAML stands in words what is unusual about the program, and what the first campaign does:
its rewards with every setting, and of the rest what is not left out. All of it, for any rules, is
what `python -m checkout describe` says.
"""


def render_page(examples: list[Example]) -> str:
    """The whole page: the same examples give the same text."""
    places = _places(examples)
    lines = [_HEAD, f"{len(examples)} examples.", ""]
    for chapter in CHAPTERS:
        heading = chapter_heading(chapter)
        forms = ", ".join(f"[{_short(form)}](#{_anchor(form)})" for form in chapter.forms)
        lines.append(f"- [{heading}](#{anchor_of(heading)}): {forms}")
    for chapter in CHAPTERS:
        lines += ["", f"## {chapter_heading(chapter)}", "", chapter.about]
        for form in chapter.forms:
            lines += ["", *_form(form, examples, places)]
    return "\n".join(lines) + "\n"


def _places(examples: Iterable[Example]) -> dict[str, type[BaseModel]]:
    """The form under which each example stands in full, by its heading.

    It is the one that the fewest others show, of those that belong to the folder of its file; rules
    that are refused stand where publishing does.
    """
    examples = list(examples)
    counts = count_uses(example.uses for example in examples)
    order = {form: number for number, form in enumerate(FORMS)}

    def rank(use: Use, room: str) -> tuple[bool, bool, int, int]:
        chapter = FORMS[use.form]
        return use.field in _NAMES, room not in chapter.rooms, counts[use], order[use.form]

    return {
        example.heading: (
            Snapshot
            if example.refused.stated
            else min(example.uses.stated, key=lambda use: rank(use, example.room)).form
        )
        for example in examples
    }


def _form(
    form: type[BaseModel], examples: list[Example], places: dict[str, type[BaseModel]]
) -> Iterator[str]:
    yield f"### {heading_of(form)}"
    yield ""
    yield about_form(form)
    if not is_served(form):
        yield ""
        yield "*The service does not publish this yet; `python -m checkout evaluate` knows it.*"
    if FORMS[form].is_of_rules:
        yield ""
        yield from field_table(form)
        yield from _settings(form, examples)
    shown = _stating(Use(form), examples)
    here = [example for example in shown if places[example.heading] is form]
    elsewhere = [example for example in shown if places[example.heading] is not form]
    refused = [example for example in examples if Use(form) in example.refused.stated]
    for example in sorted(here, key=lambda example: len(example.uses.stated)):
        yield from ("", *example_lines(example))
    if elsewhere:
        yield from ("", f"{'Also in' if here else 'Shown in'}: {_links(elsewhere)}")
    elif not here and refused:
        yield from ("", f"Refused in: {_links(refused)}")


def _settings(form: type[BaseModel], examples: list[Example]) -> Iterator[str]:
    """Where each setting is shown, and each answer to those that have a closed list of them."""
    lines: list[str] = []
    known = len(_stating(Use(form), examples))
    for name, about in fields_of(form).items():
        shown = f"`{about.alias or name}`"
        answers = answers_of(about.annotation)
        if not answers:
            found = _stating(Use(form, name), examples)
            if 0 < len(found) * 2 <= known:  # what most examples set needs no list
                lines.append(f"- {shown}: {_links(found)}")
            continue
        lines.append(f"- {shown}")
        usual = default_answer(about)
        for answer in answers:
            links = _links(_stating(Use(form, name, answer), examples))
            if not is_answer_served(form, name, answer):
                links = "not published yet"
            elif answer == usual:
                links = f"if left out{'; ' if links else ''}{links}"
            lines.append(f"  - `{answer}`: {links or '–'}")
    if lines:
        yield from ("", "In examples:", "", *lines)


def _stating(use: Use, examples: list[Example]) -> list[Example]:
    return [example for example in examples if use in example.uses.stated]


def _links(examples: list[Example]) -> str:
    """Links to the simplest, and how many there are beside."""
    simple = sorted(examples, key=lambda example: len(example.uses.stated))
    links = [f"[{e.story.title}](#{anchor_of(e.heading)})" for e in simple[:_LINKS_MAX]]
    more = len(examples) - _LINKS_MAX
    return ", ".join(links) + (f" and {more} more" if more > 0 else "")


def _short(form: type[BaseModel]) -> str:
    return heading_of(form).rpartition("`")[0].rpartition("`")[2] or heading_of(form).lower()


def _anchor(form: type[BaseModel]) -> str:
    return anchor_of(heading_of(form))
