"""Certificates of a story: by the names that it gives them, whatever their codes are.

A service shows only the end of a code; here that becomes the name again, so that two services can
be compared and a story can say which certificate it means.
"""

from __future__ import annotations

from typing import Any, Final

from checkout.flows.identifiers import mask

Told = dict[str, Any]

#: Fields of answers that hold masked codes: as keys, as elements, or under `certificate`.
CERTIFICATE_KEYS: Final = frozenset(
    ("certificate", "certificates", "brought", "certificates_back", "certificates_undone")
)


class StoryCertificates:
    """Codes by name, and names by masked code."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def code(self, name: str) -> str:
        """The code of a certificate; what has no name is taken for a code itself."""
        return self.codes.get(name, name)

    def named(self, name: str, told: Told) -> Told:
        """Give the certificate that was made its name; the answer without its code."""
        if told["status"] == "ok":
            self._learn(name, told.pop("code"))
        return told

    def learn(self, told: Told) -> None:
        """Give names to certificates that campaigns issued, in order of appearance."""
        for brought in told.get("brought", ()):
            code = brought.pop("code")
            if code and mask(code) not in self._names:
                count = sum(name.startswith("certificate-") for name in self.codes)
                self._learn(f"certificate-{count + 1}", code)

    def unmask(self, value: Any) -> Any:  # noqa: ANN401 - any part of an answer
        """The same with names for masked codes."""
        if isinstance(value, dict):
            return {self._name(key): self.unmask(each) for key, each in value.items()}
        if isinstance(value, list):
            # In the order of the names: that of the codes differs from service to service.
            return sorted((self.unmask(each) for each in value), key=repr)
        return self._name(value)

    def _learn(self, name: str, code: str) -> None:
        self.codes[name] = code
        self._names[mask(code)] = name

    def _name(self, value: Any) -> Any:  # noqa: ANN401
        return self._names.get(value, value) if isinstance(value, str) else value
