"""Names of the rules of rewards, lanes and points that a full run of generated sales must reach."""

from __future__ import annotations

RULES_OF_REWARDS: set[str] = set()
