"""Rows of the emergency-stop list, as values. A test holds fields and columns equal."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(slots=True)
class CampaignStop:
    """Whether a campaign is on the partner's emergency-stop list."""

    partner_id: UUID
    campaign_code: str
    is_stopped: bool
    changed_at: dt.datetime
