"""Merges of a story behind real gRPC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.scenarios.grpc_certificates import REASON, told_or_refused

if TYPE_CHECKING:
    from checkout.client import OperatorClient
    from tests.scenarios.stage import Stage

    Told = dict[str, Any]


class GrpcMerging:
    """What `GrpcShop` does with two members who are one."""

    _stage: Stage

    async def _operators(self) -> OperatorClient:
        """The operators' client of the story's partner."""
        raise NotImplementedError

    async def merge_members(self, absorbed_id: str, survivor_id: str, request_id: str) -> Told:
        operator = await self._operators()
        told = await told_or_refused(
            operator.merge_members(request_id, absorbed_id, survivor_id, REASON),
            lambda done: {
                "status": "ok",
                "merge_id": done.merge_id,
                "changed": done.changed,
                "moved": dict(done.moved_minor),
            },
        )
        await self._stage.worker.invalidator.step()
        return told

    async def unmerge_members(self, merge_id: str, request_id: str) -> Told:
        operator = await self._operators()
        told = await told_or_refused(
            operator.unmerge_members(request_id, merge_id, REASON),
            lambda done: {
                "status": "ok",
                "changed": done.changed,
                "moved": dict(done.moved_minor),
                "debts": dict(done.debts_minor),
            },
        )
        await self._stage.worker.invalidator.step()
        return told
