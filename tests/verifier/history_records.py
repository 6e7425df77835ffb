"""Changes of records, as the pages for managers make them: for the chain of their history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.service import world

if TYPE_CHECKING:
    from tests.service.running import Service


async def change_records(service: Service) -> None:
    """As somebody would in the pages for managers."""
    async with service.database.transaction():
        await service.database.execute("set local role checkout_admin")
        for name, value in {
            "reach": "partner",
            "partner": str(world.NORTH),
            "author": "tester",
            "reason": "a new sign",
        }.items():
            await service.database.execute(
                "select set_config('checkout.admin_' || $1, $2, true)", name, value
            )
        await service.database.execute("update chain set name = 'Chain of the north'")
        await service.database.execute("update store set region = 'north' where code = 's1'")
        await service.database.execute("insert into category values ($1, 'toys')", world.NORTH)
