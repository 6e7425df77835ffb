"""A campaign's texts, taken apart where they have variables: once, not for each receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from checkout.engine.schema.campaign import Message

#: What stands between braces for something else.
VARIABLES: Final = frozenset({"campaign", "discount", "points", "tier", "store"})


class Template:
    """A text: `literals`, and between each two of them the value of one of `names`."""

    __slots__ = ("literals", "names")

    def __init__(self, text: str) -> None:
        """Find each ``{name}`` of a variable; any other brace is part of the text."""
        first, *parts = text.split("{")
        self.literals = [first]
        self.names: list[str] = []
        for part in parts:
            name, closing, rest = part.partition("}")
            if closing and name in VARIABLES:
                self.names.append(name)
                self.literals.append(rest)
            else:
                self.literals[-1] += "{" + part


class CompiledMessage:
    """A message in all its languages, and where it is shown."""

    __slots__ = ("place", "text", "translations")

    def __init__(self, message: Message) -> None:
        """Take the texts apart."""
        self.place: str = message.place.value
        self.text = Template(message.text)
        self.translations = {
            language: Template(text) for language, text in message.translations.items()
        }
