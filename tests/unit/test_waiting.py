"""Lines of those who wait for a batch: by bucket, in turn."""

from __future__ import annotations

from typing import Any, cast

from checkout.flows.waiting import Queue, Waiting


def queue_of(*waiting: tuple[str, int]) -> Queue:
    queue = Queue()
    for name, bucket in waiting:
        queue.add(Waiting(cast("Any", name), cast("Any", None), None, bucket))
    return queue


def batches_of(queue: Queue, most: int) -> list[str]:
    taken = []
    while batch := queue.take(most):
        assert len({each.bucket for each in batch}) == 1
        taken.append("".join(str(each.operation) for each in batch))
    return taken


def test_one_line_is_served_in_the_order_in_which_calls_came() -> None:
    """Without buckets everybody stands in the same line."""
    queue = queue_of(("a", -1), ("b", -1), ("c", -1))
    assert len(queue) == 3
    assert batches_of(queue, 2) == ["ab", "c"]
    assert len(queue) == 0
    assert not queue


def test_lines_take_turns() -> None:
    """Whoever comes behind a long line of another bucket waits for one batch of it, not for all."""
    queue = queue_of(("a", 1), ("b", 1), ("c", 1), ("d", 1), ("x", 2), ("e", 1), ("y", 3))
    assert batches_of(queue, 2) == ["ab", "x", "y", "cd", "e"]
