"""What the verifier's checks make sure, on pages: English as a check says it, and as it was kept.

A sentence is its own key: one that a check no longer says, or says anew, is seen to be so.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import orjson

from admin.texts import spoken

#: Language → the check's sentence → the same in that language.
CATALOGUES: Final[dict[str, dict[str, str]]] = {
    code: orjson.loads((Path(__file__).parent / f"checks_{code}.json").read_bytes())
    for code in ("ru",)
}


def check_sentence(sentence: str) -> str:
    """A check's sentence in the language that is spoken; of a verifier that is older, as it is."""
    return CATALOGUES.get(spoken(), {}).get(sentence, sentence)
