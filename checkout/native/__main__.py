"""python -m checkout.native: compile the engine with mypyc, for this Python and these sources.

Needs a C compiler and the development packages. What was compiled before is replaced as a whole,
when everything has succeeded.
"""

from __future__ import annotations

import os
import shutil
import sys

from mypyc.build import mypycify
from setuptools import Distribution
from setuptools.command.build_ext import build_ext

from checkout.native.finder import LIBRARY
from checkout.native.sources import DIRECTORY, ROOT, STAMP, compiled_sources, fingerprint


def compile_engine() -> None:
    """Compile, and put the result in the place of the last one."""
    os.chdir(ROOT)
    before = fingerprint()
    made = DIRECTORY.with_name("native.new")
    shutil.rmtree(made, ignore_errors=True)
    sources = compiled_sources()
    extensions = mypycify(
        sources,
        group_name=LIBRARY.removesuffix("__mypyc"),
        # Many small files are compiled side by side, and need less memory than one large one.
        multi_file=True,
        opt_level="3",
        debug_level="0",
        target_dir=str(made / "c"),
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


if __name__ == "__main__":
    compile_engine()
