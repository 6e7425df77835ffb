"""What is wrong with a snapshot: references that lead nowhere, and rules that cannot work.

The types of `checkout.engine.schema` refuse what has no meaning as a field; here everything else
that ``docs/rules.md`` cannot run, or that could never do anything, is named by its field with a
sentence for the manager who wrote it.
"""

from __future__ import annotations

from checkout.engine.problems.check import check_snapshot
from checkout.engine.problems.problem import InvalidSnapshotError, Problem

__all__ = ["InvalidSnapshotError", "Problem", "check_snapshot"]
