"""Steps of a story that make one member of two, or two of one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from checkout.stories.certificate_steps import present
from checkout.stories.document import of_story

if TYPE_CHECKING:
    from checkout.stories.shop import Shop
    from checkout.stories.steps import Step

    Told = dict[str, Any]


class MergeSteps(ABC):
    """What a teller does with merges; it keeps their ids by the members who were absorbed."""

    _shop: Shop
    _request: str
    _merge_ids: dict[str, str]

    @abstractmethod
    def _member_id(self, name: str) -> str:
        """The id of the member whom the story calls so."""

    async def merge(self, step: Step) -> Told:
        """Let a member be another name of a second one."""
        asked = present(step.merge)
        told = await self._shop.merge_members(
            self._member_id(asked.member),
            self._member_id(asked.into),
            asked.request or self._request,
        )
        if told.get("merge_id"):
            self._merge_ids[asked.member] = told.pop("merge_id")
        return told

    async def unmerge(self, step: Step) -> Told:
        """Take that back."""
        asked = present(step.unmerge)
        return await self._shop.unmerge_members(
            of_story(self._merge_ids, asked.member, "merge of"), asked.request or self._request
        )
