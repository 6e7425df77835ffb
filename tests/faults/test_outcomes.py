"""What was written when nobody knew, or when it was denied, is told by times; at length: FC4."""

from __future__ import annotations

from tests.faults.commits import Place
from tests.faults.journal import Call
from tests.faults.outcomes import Death, inside_commit, sort_out, unseen

#: The transactions whose keys are there began then.
BEGUN_S = {("Confirm", "early"): 9.0, ("Confirm", "late"): 11.0}


def call(request_id: str, **more: object) -> Call:
    made = Call("confirm", "Confirm", request_id, "p")
    for name, value in more.items():
        setattr(made, name, value)
    return made


def test_an_attempt_without_an_answer_had_written_or_not() -> None:
    """What its repetition wrote was not there then; neither was what is not there at all."""
    calls = [call(name, unknown_at_s=10.0) for name in ("early", "late", "never")]
    found = sort_out(calls, BEGUN_S)
    assert (found.written, found.unwritten, found.denied) == (["early"], ["late", "never"], [])


def test_who_hears_that_nothing_was_written_is_told_the_truth() -> None:
    """But for an earlier attempt, or another copy of the call: those may have written."""
    calls = [call(name, denied_at_s=10.0) for name in ("early", "late", "never")]
    assert sort_out(calls, BEGUN_S).denied == ["early"]
    assert not sort_out([call("early", denied_at_s=10.0, is_twice=True)], BEGUN_S).denied
    assert not sort_out([call("early", denied_at_s=9.5, unknown_at_s=9.2)], BEGUN_S).denied


def test_what_leaves_no_key_is_left_out() -> None:
    """Nobody could say whether it was written."""
    offline = Call("confirm", "SubmitOffline", "early", "p", unknown_at_s=10.0)
    found = sort_out([offline], BEGUN_S)
    assert (found.written, found.unwritten, found.denied) == ([], [], [])


def test_a_death_inside_commit_is_seen_in_what_nobody_knew_then() -> None:
    """Until the next death; what was written then says nothing of a death before the disk."""
    deaths = [Death(9.5, Place.BEFORE_DISK), Death(20.0, Place.AFTER_DISK)]
    begun_s = BEGUN_S | {("Confirm", "second"): 19.0}
    calls = [call(name, unknown_at_s=10.0) for name in ("early", "late")]
    both = [*calls, call("second", unknown_at_s=20.5)]
    seen = inside_commit(deaths, both, begun_s)
    assert seen == {Place.BEFORE_DISK: (1, 1), Place.AFTER_DISK: (1, 1)}
    assert unseen(seen) == []
    early_alone = inside_commit(deaths, [calls[0], both[-1]], begun_s)
    assert early_alone[Place.BEFORE_DISK] == (1, 0)
    (told,) = unseen(early_alone)
    assert told.startswith("PostgreSQL died 1 times inside of COMMIT before it is on disk, and")


def test_a_death_elsewhere_stands_for_none_inside_commit() -> None:
    """Whatever was unknown after it, and however much."""
    deaths = [Death(9.5, Place.ANYWHERE)]
    calls = [call(name, unknown_at_s=10.0) for name in ("early", "late")]
    seen = inside_commit(deaths, calls, BEGUN_S)
    assert seen == {Place.BEFORE_DISK: (0, 0), Place.AFTER_DISK: (0, 0)}
    assert len(unseen(seen)) == 2
    assert len(unseen(inside_commit([Death(9.5, Place.AFTER_DISK)], calls[1:], BEGUN_S))) == 2
