"""Finds the compiled form of a module, where there is a fresh one."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from typing import TYPE_CHECKING

from checkout.native.sources import DIRECTORY, ROOMS, fingerprint, stamped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import ModuleType

#: `compiled`: fail without it; `plain`: pass over it; else it is used if it is there and fresh. Not
#: one of the settings: it decides on what code is loaded, before any of them is read.
VARIABLE = "CHECKOUT_ENGINE"
#: The library that holds the code of all compiled modules.
LIBRARY = "checkout_engine__mypyc"
#: What the names of compiled modules end with, on this machine and for this Python.
SUFFIX = importlib.machinery.EXTENSION_SUFFIXES[0]
_ALONE = frozenset({"checkout.primitives", LIBRARY})
_BELOW = tuple(f"checkout.{room}." for room in ROOMS)


class NativeFinder(importlib.abc.MetaPathFinder):
    """Stands before Python's own finders, and knows the modules of one directory."""

    def __init__(self, directory: Path, wanted: str) -> None:
        """Look at nothing yet: most commands that import the package need no engine."""
        self._directory = directory
        self._wanted = wanted
        self._is_used: bool | None = None

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The compiled module; none leaves it to Python's own finders."""
        del path, target
        if not (fullname in _ALONE or fullname.startswith(_BELOW)):
            return None
        if self._is_used is None:
            self._is_used = self._decide()
        file = self._directory / (fullname.replace(".", "/") + SUFFIX)
        if not self._is_used or not file.exists():
            return None
        return importlib.util.spec_from_file_location(fullname, file)

    def _decide(self) -> bool:
        """Whether compiled modules are used; decided once, so that they are never mixed."""
        if self._wanted == "plain":
            return False
        stamp = stamped(self._directory)
        # Where nothing was compiled no source is read for it: each process would do so.
        is_fresh = bool(stamp) and stamp == fingerprint()
        if self._wanted == "compiled" and not is_fresh:
            raise ImportError(
                f"{VARIABLE}=compiled, but {self._directory} has not been compiled from the present"
                " sources by this Python: run `make compiled`, or leave the variable out"
            )
        return is_fresh


def install() -> None:
    """Put the finder before the others.

    Raises:
        ImportError: the variable has a value that it cannot have.
    """
    wanted = os.environ.get(VARIABLE, "")
    if wanted not in {"", "plain", "compiled"}:
        raise ImportError(f"{VARIABLE}={wanted}: it is plain, compiled or left out")
    sys.meta_path.insert(0, NativeFinder(DIRECTORY, wanted))


def is_compiled() -> bool:
    """Whether the engine that this process has loaded is a compiled one."""
    return LIBRARY in sys.modules
