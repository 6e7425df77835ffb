"""The loyalty checkout: what a basket costs, what may be paid with points, what is earned."""

from __future__ import annotations

from typing import Final

from checkout.native.finder import install

__version__: Final = "0.1.0"

# Before any module of the engine is imported: it may be a compiled one.
install()
