"""What a story does with unique coupons: what both shops offer, and how a teller asks for it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Protocol

from checkout.stories.certificate_steps import present
from checkout.stories.document import as_utc, of_story

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from checkout.stories.coupon_steps import IssueCouponsStep
    from checkout.stories.shop import Shop, Shown
    from checkout.stories.steps import Step

    Told = dict[str, Any]


class CouponDesk(Protocol):
    """Calls about coupons. Codes that the service made are told as they are."""

    async def issue(
        self,
        asked: IssueCouponsStep,
        member_id: str,
        valid_from: dt.datetime | None,
        valid_until: dt.datetime | None,
        request_id: str,
    ) -> Told:
        """Issue coupons."""

    async def block(self, code: str, request_id: str, *, lift: bool) -> Told:
        """Block a coupon, or lift that."""

    async def check(self, store: str, code: str, shown: Shown | None) -> Told:
        """What a code is good for."""

    async def list_of(self, store: str, shown: Shown) -> Told:
        """A member's coupons."""


class CouponActions(ABC):
    """A teller's actions about coupons; what it remembers are the codes by their names."""

    _shop: Shop
    _shown: Mapping[str, Sequence[Shown]]
    _member_ids: Mapping[str, str]
    _request: str
    #: Real codes by the names that the story gives them.
    _codes: dict[str, str]

    @abstractmethod
    def _store(self, code: str) -> str:
        """The store of a step; the first of the story if it says none."""

    def shown_code(self, code: str) -> str:
        """The code that a story means."""
        return of_story(self._codes, code, "coupon") if code.startswith("@") else code

    async def issue_coupons(self, step: Step) -> Told:
        asked = present(step.issue_coupons)
        member_id = of_story(self._member_ids, asked.member, "member") if asked.member else ""
        return await self._shop.coupons.issue(
            asked,
            member_id,
            as_utc(asked.valid_from) if asked.valid_from is not None else None,
            as_utc(asked.valid_until) if asked.valid_until is not None else None,
            asked.request or self._request,
        )

    async def block_coupon(self, step: Step) -> Told:
        asked = present(step.block_coupon)
        return await self._shop.coupons.block(
            self.shown_code(asked.code), asked.request or self._request, lift=asked.lift
        )

    async def check_coupon(self, step: Step) -> Told:
        asked = present(step.check_coupon)
        shown = of_story(self._shown, asked.member, "member")[0] if asked.member else None
        return await self._shop.coupons.check(
            self._store(asked.store), self.shown_code(asked.code), shown
        )

    async def list_coupons(self, step: Step) -> Told:
        asked = present(step.list_coupons)
        shown = of_story(self._shown, asked.member, "member")[0]
        return await self._shop.coupons.list_of(self._store(asked.store), shown)

    def with_names(self, told: Any) -> Any:  # noqa: ANN401 - a document of plain values
        """The same with the names of codes; new ones are named in the order of their appearance."""
        for issued in (*told.get("coupons_issued", ()), *told.get("coupons_made", ())):
            if issued["code"] not in self._codes.values():
                self._codes[f"@coupon-{len(self._codes) + 1}"] = issued["code"]
        names = {code: name for name, code in self._codes.items()}
        return _renamed(told, names) if names else told


def _renamed(value: Any, names: Mapping[str, str]) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {names.get(key, key): _renamed(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_renamed(each, names) for each in value]
    return names.get(value, value) if isinstance(value, str) else value
