"""Names with values in a form: one pair a line, such as ``origin = Kuban``."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final

from wtforms import Field
from wtforms.widgets import TextArea

from admin.texts import say
from checkout.primitives import composed

if TYPE_CHECKING:
    from collections.abc import Mapping

#: As the engine's schema has the attributes of an article: names may hold a "=", but no blank.
PAIRS_MAX: Final = 50
VALUE_CHARACTERS_MAX: Final = 64
_PAIR: Final = re.compile(r"([^\s/|]{1,64})\s*=\s*(.+)")


class PairsField(Field):
    """Pairs, each name once."""

    widget: Any = TextArea()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "\n".join(pairs_of(self.data or {}))

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read them; the last of several values of a name would be a guess, so it is a fault."""
        found: dict[str, str] = {}
        for number, line in enumerate(str(valuelist[0] if valuelist else "").splitlines(), 1):
            if not line.strip():
                continue
            pair = _PAIR.fullmatch(composed(line).strip())
            if pair is None or pair[1] in found or not _is_value(pair[2]):
                raise ValueError(say("form.pair", line=number, most=VALUE_CHARACTERS_MAX))
            found[pair[1]] = pair[2]
        if len(found) > PAIRS_MAX:
            raise ValueError(say("form.pairs", most=PAIRS_MAX))
        self.data = found


def pairs_of(held: Mapping[str, str]) -> list[str]:
    """Each name with its value, as the form has them."""
    return [f"{name} = {value}" for name, value in sorted(held.items())]


def _is_value(value: str) -> bool:
    unseen = any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in value)
    return len(value) <= VALUE_CHARACTERS_MAX and not unseen
