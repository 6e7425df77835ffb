"""python -m tests.golden: make the corpus of the present semantics anew.

Only while they may still change, which is until the first release.
"""

from __future__ import annotations

import sys

from tests.golden.corpus import chosen, corpus_file, read, write

if __name__ == "__main__":
    path = corpus_file()
    write(path, chosen())
    worlds = list(read(path))
    sales = sum(len(world["sales"]) for world in worlds)
    size = path.stat().st_size
    sys.stdout.write(f"{path.name}: {len(worlds)} snapshots, {sales} sales, {size:,} bytes\n")
