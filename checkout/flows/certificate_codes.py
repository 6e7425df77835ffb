"""Codes of certificates: how they are read, and how those that we make come about.

Who knows a code can spend it, so none is stored: the ledger keeps a keyed digest, and a code of
ours follows from the certificate's id and the key, whenever it has to be shown again.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from checkout.flows.identifiers import mask
from checkout.flows.shown_certificates import name_of
from checkout.refusals import Reason, Refusal

if TYPE_CHECKING:
    from uuid import UUID

    from checkout.flows.identifiers import IdentifierHasher

CODE_CHARACTERS_MIN: Final = 4
CODE_CHARACTERS_MAX: Final = 32
_CODE: Final = re.compile(r"[0-9A-Z]+")
#: 80 bits make 16 characters, which nobody guesses.
_CODE_BYTES: Final = 10


@dataclass(frozen=True, slots=True)
class PresentedCode:
    """A certificate's code as presented: only its digest and a masked form go on from the edge."""

    digest: bytes
    masked: str

    @property
    def name(self) -> str:
        """What stands for it in receipts and outcomes."""
        return name_of(self.masked, self.digest)


class CertificateCodes:
    """Reads and makes codes of certificates."""

    def __init__(self, hasher: IdentifierHasher) -> None:
        self._hasher = hasher

    def present(self, partner_id: UUID, code: str) -> PresentedCode | Refusal:
        """A code without spaces and dashes, in capitals, as a digest."""
        normal = re.sub(r"[\s-]", "", code).upper()
        is_long_enough = CODE_CHARACTERS_MIN <= len(normal) <= CODE_CHARACTERS_MAX
        if not is_long_enough or not _CODE.fullmatch(normal):
            return Refusal(
                Reason.FIELD_INVALID,
                f"a certificate has {CODE_CHARACTERS_MIN} to {CODE_CHARACTERS_MAX} "
                "digits or letters",
                "code",
            )
        digest = self._hasher.digest(partner_id, "certificate", normal)
        return PresentedCode(digest, mask(normal))

    def code_of(self, partner_id: UUID, certificate_id: UUID) -> str:
        """The code of a certificate that we made."""
        secret = self._hasher.digest(partner_id, "certificate_code", certificate_id.hex)
        return base64.b32encode(secret[:_CODE_BYTES]).decode()

    def made(self, partner_id: UUID, certificate_id: UUID) -> PresentedCode:
        """The same as it will be presented."""
        presented = self.present(partner_id, self.code_of(partner_id, certificate_id))
        assert isinstance(presented, PresentedCode), "our codes are codes"
        return presented
