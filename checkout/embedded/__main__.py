"""`python -m checkout.embedded stop|clean --directory var`, for the Makefile.

Uses the standard library only, so that any python3 can end what a broken .venv left running.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from checkout.embedded.errors import EmbeddedError
from checkout.embedded.shutdown import clean_directory, stop_servers


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m checkout.embedded", description=__doc__)
    parser.add_argument("command", choices=["stop", "clean"])
    parser.add_argument("--directory", type=Path, default=Path("var"))
    arguments = parser.parse_args()
    try:
        if arguments.command == "stop":
            ended = stop_servers(arguments.directory)
            print("ended " + ", ".join(ended) if ended else "nothing runs here")
        else:
            for path in clean_directory(arguments.directory):
                print(f"removed {path}")
    except EmbeddedError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"error: {error.strerror}: {error.filename}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
