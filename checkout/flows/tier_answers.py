"""What an operator is answered who sets a tier."""

from __future__ import annotations

from dataclasses import dataclass

from checkout.flows.views import TierView


@dataclass(slots=True, kw_only=True)
class SetTierAnswer:
    """The tier that a member had before an operator set another one, and the member since."""

    tier_before: str
    changed: bool
    standing: TierView
