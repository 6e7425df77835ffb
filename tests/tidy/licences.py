"""Licences of what is deployed, as the installed packages say: python -m tests.tidy.licences."""

from __future__ import annotations

import re
import sys
from importlib import metadata
from typing import Final

from tests.tidy.sources import ROOT

#: What may be used and passed on with our code, by a word of its name.
ACCEPTED: Final = (
    *("MIT", "BSD", "Apache", "ISC", "PSF", "Python Software Foundation", "MPL", "Mozilla"),
    *("PostgreSQL", "Unlicense", "0BSD", "Zlib"),
)


def deployed() -> list[str]:
    """Packages of the service's lock file that are installed here; others are for other systems."""
    lock = (ROOT / "requirements.txt").read_text()
    names = sorted(set(re.findall(r"^([\w.\-]+)(?:\[[^\]]*\])?==", lock, re.MULTILINE)))
    return [name for name in names if _is_installed(name)]


def licence_of(name: str) -> str:
    """What a package says of itself, in one line; empty if it says nothing."""
    about = metadata.metadata(name)
    for said in about.get_all("License-Expression") or ():
        return str(said)
    prefix = "License :: "
    classified = [
        text.rpartition(" :: ")[2]
        for text in about.get_all("Classifier") or ()
        if text.startswith(prefix) and text != f"{prefix}OSI Approved"
    ]
    said_freely = about.get_all("License") or [""]
    return ", ".join(classified) or str(said_freely[0]).partition("\n")[0]


def is_accepted(licence: str) -> bool:
    """Whether one of the names that we accept is in it."""
    return any(re.search(rf"\b{re.escape(name)}", licence) for name in ACCEPTED)


def _is_installed(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


if __name__ == "__main__":
    for each in deployed():
        sys.stdout.write(f"{each:32} {metadata.version(each):14} {licence_of(each)}\n")
