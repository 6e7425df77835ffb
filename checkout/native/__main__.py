"""python -m checkout.native: compile what is hot with mypyc, for this Python and these sources.

Needs a C compiler and the development packages. What was compiled before is replaced as a whole,
when everything has succeeded.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
from typing import TYPE_CHECKING, Final

from mypyc.build import mypycify
from setuptools import Distribution
from setuptools.command.build_ext import build_ext

from checkout.native.finder import LIBRARY
from checkout.native.sources import DIRECTORY, ROOT, STAMP, compiled_sources, fingerprint

if TYPE_CHECKING:
    from pathlib import Path

    from setuptools import Extension

#: What mypyc says of a generator expression that is not lazy any more: one that is not consumed as
#: a whole may then take for ever.
EAGER: Final = "Treating generator comprehension as list"


def compile_engine() -> None:
    """Compile, and put the result in the place of the last one."""
    os.chdir(ROOT)
    before = fingerprint()
    made = DIRECTORY.with_name("native.new")
    shutil.rmtree(made, ignore_errors=True)
    sources = compiled_sources()
    told = io.StringIO()
    try:
        with contextlib.redirect_stdout(told):
            extensions = _extensions(sources, made)
    finally:
        # Also when mypyc gives up: it says here why.
        sys.stdout.write(told.getvalue())
    if EAGER in told.getvalue():
        raise SystemExit(
            "a generator expression would be worked out at once: where it is consumed as a whole"
            " write a list, else a generator function"
        )
    command = build_ext(Distribution({"name": "checkout-engine", "ext_modules": extensions}))
    command.build_lib = str(made)
    command.build_temp = str(made / "objects")
    command.parallel = os.cpu_count() or 1
    command.ensure_finalized()
    command.run()
    if fingerprint() != before:
        raise SystemExit("the sources changed while they were compiled: run it again")
    shutil.rmtree(made / "objects", ignore_errors=True)
    shutil.rmtree(made / "c", ignore_errors=True)
    (made / STAMP).write_text(f"{before}\n", encoding="ascii")
    shutil.rmtree(DIRECTORY, ignore_errors=True)
    made.rename(DIRECTORY)
    sys.stdout.write(f"==> {len(sources)} modules compiled into {DIRECTORY.relative_to(ROOT)}\n")


def _extensions(sources: list[str], made: Path) -> list[Extension]:
    """C for the sources, as extensions for the compiler."""
    extensions: list[Extension] = mypycify(
        sources,
        group_name=LIBRARY.removesuffix("__mypyc"),
        # Many small files are compiled side by side, and need less memory than one large one.
        multi_file=True,
        opt_level="3",
        debug_level="0",
        target_dir=str(made / "c"),
    )
    return extensions


if __name__ == "__main__":
    compile_engine()
