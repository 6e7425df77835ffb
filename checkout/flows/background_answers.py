"""What background work is answered: nothing of it is stored."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class ExpireAnswer:
    """Whether the sweep ended the hold."""

    ended: bool


@dataclass(slots=True, kw_only=True)
class BookedAnswer:
    """How many postings booked what was due of lots."""

    postings: int


@dataclass(slots=True, kw_only=True)
class CountedAnswer:
    """How many receipts of a member were counted, how often the tier was judged, and more.

    `windows_moved`: what rules look at is worked out anew.
    """

    receipts: int
    judgements: int
    windows_moved: bool
