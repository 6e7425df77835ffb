"""The command `story`: what it prints and how it ends."""

from __future__ import annotations

import io
import textwrap
from typing import TYPE_CHECKING

import pytest

from checkout.stories.expectation import differences
from checkout.stories.runner import run_stories

if TYPE_CHECKING:
    from pathlib import Path

STORY = """
    title: Tea costs what it costs
    why: Without a campaign the price is the price.
    steps:
      - quote: {lines: [tea 2 x 45.50]}
        expect: {payable_minor: PAYABLE}
"""


def run(folder: Path, text: str, *, shows_answers: bool = False) -> tuple[int, str]:
    """Exit code and output for one story."""
    file = folder / "story.yaml"
    file.write_text(textwrap.dedent(text))
    out = io.StringIO()
    return run_stories([folder], out, shows_answers=shows_answers), out.getvalue()


def test_a_story_that_goes_as_told_ends_well(tmp_path: Path) -> None:
    """The figures are right: the story is ok, and the command ends with 0."""
    code, out = run(tmp_path, STORY.replace("PAYABLE", "9100"))
    assert code == 0
    assert out == "ok story.yaml: Tea costs what it costs\n1 stories, 0 failed\n"


def test_a_wrong_figure_is_named_with_its_step_and_path(tmp_path: Path) -> None:
    """The output says which step, which field, what was expected and what came."""
    code, out = run(tmp_path, STORY.replace("PAYABLE", "9000"))
    assert code == 1
    assert "    step 1 (quote): payable_minor: expected 9000, got 9100\n" in out


def test_the_answers_are_shown_on_demand(tmp_path: Path) -> None:
    """With answers each step prints its whole answer as YAML."""
    _, out = run(tmp_path, STORY.replace("PAYABLE", "9100"), shows_answers=True)
    assert "--- step 1: quote\nstatus: ok\n" in out
    assert "payable_minor: 9100\n" in out


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ("quote: {lines: [tea 2 x 45.50], member: nobody}", "no member 'nobody'"),
        ("quote: {lines: [tea 2 x 45.505]}", "more than 2 decimals"),
        ("quote: {lines: [tea], coupon: X}", "steps.0.quote.coupon"),
        ("confirm: {}", "no quote of purchase 'purchase-1'"),
        ("quote: {lines: []}", "receipt.lines"),
    ],
)
def test_a_faulty_story_is_refused_with_its_place(
    tmp_path: Path, change: str, complaint: str
) -> None:
    """What is no story, or asks for what is not there, fails with a sentence that names it."""
    text = STORY.replace("quote: {lines: [tea 2 x 45.50]}", change).replace("PAYABLE", "1")
    code, out = run(tmp_path, text)
    assert code == 1
    assert complaint in out


def test_rules_that_are_refused_fail_the_story(tmp_path: Path) -> None:
    """Rules that cannot be published fail the story that begins with them, with the field."""
    rules = "snapshot: {campaigns: [{code: x, rewards: [{kind: percent, lane: no, rate_bp: 1}]}]}"
    text = STORY.replace("steps:", f"{rules}\n    steps:").replace("PAYABLE", "1")
    code, out = run(tmp_path, text.replace("lane: no", "lane: nowhere"))
    assert code == 1
    assert "campaigns[x].rewards[0].lane" in out


def test_who_was_never_merged_is_not_taken_apart(tmp_path: Path) -> None:
    """It is a fault of the story, and said as one."""
    text = STORY.replace("quote: {lines: [tea 2 x 45.50]}", "unmerge: {member: anna}")
    code, out = run(tmp_path, text.replace("PAYABLE", "0"))
    assert code == 1
    assert "the story has no merge of 'anna' so far" in out


def test_a_path_without_stories_is_an_unusable_argument(tmp_path: Path) -> None:
    """A folder without stories and a file that is not there end the command with 2."""
    for path in (tmp_path, tmp_path / "absent.yaml"):
        assert run_stories([path], io.StringIO()) == 2


@pytest.mark.parametrize(
    ("expected", "seen", "count"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, 0),
        ({"a.b": 1}, {"a": {"b": 1}}, 0),
        ({"a.c": 1}, {"a": {"b": 1}}, 1),
        ({"a": {}}, {"a": {}}, 0),
        ({"a": {}}, {"a": {"b": 1}}, 1),
        ({"a": ["x"]}, {"a": [{"code": "x", "n": 1}]}, 0),
        ({"a": ["x"]}, {"a": [{"campaign": "y"}]}, 1),
        ({"a": ["x"]}, {"a": []}, 1),
        ({"a": []}, {"a": [1]}, 1),
        ({"lines": {1: {"n": 1}}}, {"lines": {"1": {"n": 2}}}, 1),
        ({"slip": ["a b", "c"]}, {"slip": ["a    b", "x", " c"]}, 0),
        ({"slip": ["c", "a b"]}, {"slip": ["a    b", "x", " c"]}, 1),
    ],
)
def test_what_counts_as_expected(expected: object, seen: object, count: int) -> None:
    """Mappings may leave fields out, lists are complete, slip lines come in order."""
    assert len(list(differences(expected, seen))) == count
