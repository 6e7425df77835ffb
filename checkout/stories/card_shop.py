"""What both shops offer of cards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from checkout.stories.card_steps import ReplaceCardStep, StoryCardType
    from checkout.stories.shop import Shown

    Told = dict[str, Any]


class CardShop(Protocol):
    """Calls about cards. Numbers that the service made stand under `numbers`."""

    async def set_card_types(self, types: Sequence[StoryCardType]) -> None:
        """These are the partner's types of cards."""

    async def enrol(self, store: str, identifiers: Sequence[Shown], request_id: str) -> Told:
        """A new member joins."""

    async def bind_card(
        self, store: str, shown: Shown, card: str, request_id: str, *, replace: bool
    ) -> Told:
        """Give a member another card."""

    async def issue_cards(self, card_type: str, count: int, request_id: str) -> Told:
        """Issue cards for nobody yet."""

    async def replace_card(
        self, asked: ReplaceCardStep, card: str, new_card: str, request_id: str
    ) -> Told:
        """Put another card in the place of one."""
