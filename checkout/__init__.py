"""The loyalty checkout: what a basket costs, what may be paid with points, what is earned."""

from __future__ import annotations

from typing import Final

__version__: Final = "0.1.0"
