"""Sales in the life of a shop: what is bought, and what it is paid with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

Doc = dict[str, Any]


@dataclass(frozen=True)
class _Line:
    sku: str
    units: int
    price_minor: int

    def told(self) -> str:
        return f"{self.sku} {self.units} x {self.price_minor // 100}.{self.price_minor % 100:02}"


_LINES = st.lists(
    st.builds(
        _Line,
        st.sampled_from(("tea", "jam", "plum")),
        st.integers(1, 3),
        st.integers(100, 9000),
    ),
    min_size=1,
    max_size=3,
)
#: Of the series that a campaign asks for: what the first sale was given, and one that nobody has.
_COUPONS = st.sampled_from(((), (), ("@coupon-1",), ("NONE",)))
_CERTIFICATES = st.sampled_from((*((),) * 4, ("g1",), ("p1",), ("g1", "g2"), ("g2", "p1")))
_IS_GUEST = st.sampled_from((False,) * 5 + (True,))


@st.composite
def sales(draw: st.DrawFn) -> Doc:
    """A sale that the service prices."""
    is_guest = draw(_IS_GUEST)
    sale: Doc = {"lines": [line.told() for line in draw(_LINES)], "is_guest": is_guest}
    coupons = draw(_COUPONS)
    if coupons:
        sale["coupons"] = list(coupons)
    points = 0 if is_guest else draw(st.one_of(st.integers(0, 1500), st.just("max")))
    if points:
        sale["points"] = points
    paying = draw(_CERTIFICATES)
    if paying:
        sale["certificates"] = dict.fromkeys(paying, 0)
    return sale


@st.composite
def told_sales(draw: st.DrawFn) -> Doc:
    """A sale that a till made alone: it says what was paid with points and certificates."""
    is_guest = draw(_IS_GUEST)
    lines = draw(_LINES)
    sale: Doc = {"lines": [line.told() for line in lines], "is_guest": is_guest}
    room = sum(line.units * line.price_minor for line in lines)
    if not is_guest:
        points = draw(st.integers(0, min(room, 2500)))
        if points:
            sale["paid_points_minor"] = points
            room -= points
    name = draw(st.sampled_from(("", "g1", "g2", "p1", "p1")))
    if name == "p1" and room:
        # Units of a pass are those of a position: the edge refuses others.
        position = draw(st.integers(1, len(lines)))
        line = lines[position - 1]
        worth = draw(st.integers(1, min(room, line.units * line.price_minor)))
        units = draw(st.integers(1, line.units))
        taken = {"name": name, "amount_minor": worth, "position": position, "units": units}
        sale["taken"] = [taken]
    elif name and room:
        amount = draw(st.integers(1, min(room, 15000)))
        sale["taken"] = [{"name": name, "amount_minor": amount}]
    return sale
