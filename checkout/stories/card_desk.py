"""What a story does with cards: how a teller asks for it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from checkout.stories.certificate_steps import present
from checkout.stories.document import of_story
from checkout.stories.shop import Shown

if TYPE_CHECKING:
    from checkout.stories.shop import Shop
    from checkout.stories.steps import Step

    Told = dict[str, Any]


class CardActions(ABC):
    """A teller's actions about cards; what it remembers are the numbers by their names."""

    _shop: Shop
    _shown: dict[str, tuple[Shown, ...]]
    _member_ids: dict[str, str]
    _names: dict[str, str]
    _request: str
    #: Real numbers by the names that the story gives them.
    _numbers: dict[str, str]

    @abstractmethod
    def _store(self, code: str) -> str:
        """The store of a step; the first of the story if it says none."""

    def shown_card(self, card: str) -> Shown:
        """The card that a story means."""
        number = of_story(self._numbers, card, "card") if card.startswith("@") else card
        return Shown("card", number)

    async def enrol(self, step: Step) -> Told:
        asked = present(step.enrol)
        shown = [self.shown_card(asked.card)] if asked.card else []
        shown += [Shown("phone", asked.phone)] if asked.phone else []
        shown.append(Shown("external_id", asked.name))
        request = asked.request or self._request
        told = await self._shop.enrol(self._store(asked.store), shown, request)
        if told["status"] == "ok":
            made = [Shown("card", number) for number in told["numbers"]]
            self._shown[asked.name] = (*made, *shown)
            self._member_ids[asked.name] = told["member_id"]
            self._names[told["member_id"]] = asked.name
        return self._with_names_of_cards(told)

    async def bind_card(self, step: Step) -> Told:
        asked = present(step.bind_card)
        shown = of_story(self._shown, asked.member, "member")
        card = self.shown_card(asked.card)
        request = asked.request or self._request
        told = await self._shop.bind_card(
            self._store(asked.store), shown[0], card.value, request, replace=asked.replace
        )
        if told["status"] == "ok":
            kept = shown[1:] if asked.replace else shown
            self._shown[asked.member] = (card, *kept)
        return told

    async def issue_cards(self, step: Step) -> Told:
        asked = present(step.issue_cards)
        request = asked.request or self._request
        return self._with_names_of_cards(
            await self._shop.issue_cards(asked.type, asked.count, request)
        )

    async def replace_card(self, step: Step) -> Told:
        asked = present(step.replace_card)
        old = self.shown_card(asked.card)
        new_card = self.shown_card(asked.new_card).value if asked.new_card else ""
        told = await self._shop.replace_card(
            asked, old.value, new_card, asked.request or self._request
        )
        if told["status"] == "ok":
            new = Shown("card", new_card or told["numbers"][0])
            for name, shown in self._shown.items():
                self._shown[name] = tuple(new if each == old else each for each in shown)
        return self._with_names_of_cards(told)

    def _with_names_of_cards(self, told: Told) -> Told:
        """The same with names for numbers; new ones are named in the order of their appearance."""
        numbers = told.pop("numbers", ())
        for number in numbers:
            if number not in self._numbers.values():
                self._numbers[f"@card-{len(self._numbers) + 1}"] = number
        names = {number: name for name, number in self._numbers.items()}
        return {**told, "cards": [names[number] for number in numbers]} if numbers else told
