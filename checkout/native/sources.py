"""Which modules are compiled, and whether what was compiled is of their present sources."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Where the compiled modules lie: never beside the sources, where Python would prefer old ones.
DIRECTORY = ROOT / "build" / "native"
STAMP = "stamp"
#: Pydantic reads or fills these, others derive classes from them, or nobody waits for them.
_PLAIN = frozenset(
    {
        "conditions/words.py",
        "documents.py",
        "facts.py",
        "near_misses.py",
        "parts.py",
        "receipt.py",
        "slip.py",
        "stored_outcome.py",
        "taken_certificate.py",
        "told.py",
    }
)
_PLAIN_ROOMS = ("problems", "schema")
#: What every quote and confirm passes through beside the engine, and works on values alone: that
#: waits for nobody, and that nothing of pydantic reads or fills.
_BESIDE = (
    "api/decode.py",
    "api/decode_certificates.py",
    "api/violations.py",
    "flows/coupon_facts.py",
    "flows/limit_slots.py",
    "flows/pricing.py",
    "flows/quote_token.py",
    "flows/sale_facts.py",
    "flows/sameness.py",
    "flows/tier_view.py",
    "ledger/lots.py",
    "ledger/merged_view.py",
)
#: Rooms that have compiled modules. What is in them decides whether compiled code is of today: it
#: relies also on the constants of those that are not compiled.
ROOMS = ("api", "engine", "flows", "ledger")


def compiled_sources() -> list[str]:
    """Paths of the modules that are compiled, below `ROOT`, in order."""
    engine = ROOT / "checkout" / "engine"
    paths = ["checkout/primitives.py", *(f"checkout/{below}" for below in _BESIDE)]
    for path in sorted(engine.rglob("*.py")):
        below = path.relative_to(engine)
        if (
            path.name != "__init__.py"
            and below.as_posix() not in _PLAIN
            and below.parts[0] not in _PLAIN_ROOMS
        ):
            paths.append(path.relative_to(ROOT).as_posix())
    return sorted(paths)


def fingerprint() -> str:
    """A digest of the interpreter's kind and of every source of the rooms."""
    state = hashlib.sha256(f"{sys.implementation.cache_tag} {sys.platform}".encode())
    paths = [ROOT / "checkout" / "primitives.py", ROOT / "checkout" / "refusals.py"]
    for room in ROOMS:
        paths += sorted((ROOT / "checkout" / room).rglob("*.py"))
    for path in paths:
        body = path.read_bytes()
        state.update(f"\n{path.relative_to(ROOT).as_posix()} {len(body)}\n".encode())
        state.update(body)
    return state.hexdigest()


def stamped(directory: Path) -> str:
    """The fingerprint of what was compiled; empty without anything."""
    stamp = directory / STAMP
    return stamp.read_text(encoding="ascii").strip() if stamp.exists() else ""
