"""Two cookies: who is signed in, and which browser asks: its forms prove that they are ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.responses import Response


class Cookies:
    """Names and marks; over TLS only its own host may set them (`__Host-`)."""

    def __init__(self, *, is_https: bool) -> None:
        self._is_https = is_https
        prefix = "__Host-" if is_https else ""
        self.session = f"{prefix}staff"
        self.visitor = f"{prefix}visitor"

    def set(self, response: Response, name: str, value: str) -> None:
        """Give the browser a value until it closes; scripts and other sites do not get it."""
        response.set_cookie(
            name, value, path="/", secure=self._is_https, httponly=True, samesite="lax"
        )

    def drop(self, response: Response, name: str) -> None:
        """Take it back."""
        response.delete_cookie(name, path="/", secure=self._is_https, httponly=True, samesite="lax")
