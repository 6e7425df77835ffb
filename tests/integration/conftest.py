"""What several of these tests share: the service with more rules than the small world has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.service.coupons import publish_coupon_rules

if TYPE_CHECKING:
    from tests.service.running import Service


@pytest.fixture
async def shop(service: Service) -> Service:
    """The service with rules that take and issue coupons."""
    await publish_coupon_rules(service)
    return service
