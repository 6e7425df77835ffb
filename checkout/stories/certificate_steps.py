"""The steps of a story that are about certificates alone."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from checkout.stories.certificates import StoryCertificates
    from checkout.stories.shop import Shop
    from checkout.stories.steps import Step

    Told = dict[str, Any]

Asked = TypeVar("Asked")


class CertificateSteps(ABC):
    """What `Teller` asks about certificates."""

    _shop: Shop
    _certificates: StoryCertificates
    _request: str

    async def issue_certificate(self, step: Step) -> Told:
        asked = present(step.issue_certificate)
        told = await self._shop.issue_certificate(
            asked.series, asked.face, asked.request or self._request, activate=asked.activate
        )
        return self._certificates.named(asked.name, told)

    async def check_certificate(self, step: Step) -> Told:
        asked = present(step.check_certificate)
        code = self._certificates.code(asked.name)
        return await self._shop.check_certificate(self._store(asked.store), code)

    async def block_certificate(self, step: Step) -> Told:
        asked = present(step.block_certificate)
        code = self._certificates.code(asked.name)
        request = asked.request or self._request
        return await self._shop.block_certificate(code, request, lift=asked.lift)

    async def move_certificate(self, step: Step) -> Told:
        asked = present(step.move_certificate)
        code = self._certificates.code(asked.name)
        told = await self._shop.move_certificate(code, asked.request or self._request)
        return self._certificates.named(asked.to, told)

    @abstractmethod
    def _store(self, code: str) -> str:
        """The store of a step; the first of the story if it says none."""


def present(asked: Asked | None) -> Asked:
    """The part of a step that its action says is there."""
    assert asked is not None, "the action says which part of the step is there"
    return asked
