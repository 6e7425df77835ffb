"""The command as tests run it: in this process, with what it prints as lines."""

from __future__ import annotations

import io

from checkout.verifier.verifier import run_verify


def verified(dsn: str, *, require_exercised: bool = False) -> tuple[int, list[str]]:
    """Its exit status and what it printed."""
    out = io.StringIO()
    status = run_verify(dsn, require_exercised=require_exercised, out=out)
    return status, out.getvalue().splitlines()
