"""A profile as a picture: a bar for each part of each kind of call, all to one scale (SVG)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from loadtests.service.profile import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from loadtests.engine.figures import Figure

_TITLES: Final = {
    "quote_unary": "A quote, unary",
    "quote_session": "A quote on a Session",
    "confirm_session": "A confirm on a Session",
}
_WIDTH: Final = 920
_LABEL: Final = 470
_BARS: Final = 340
_ROW: Final = 22
_OURS: Final = "#2f6db5"
_OTHERS: Final = "#9aa7b5"
#: Parts that are not our code.
_NOT_OURS: Final = ("grpc", "threads", "echo", "postgres")


def picture_of(figures: Sequence[Figure]) -> str:
    """The picture of what `measure_profile` told, as a document of its own."""
    told = {figure.name: figure for figure in figures}
    rows: list[tuple[str, float | None, str]] = [
        ("An empty call with the same bytes", None, ""),
        ("a unary echo", told["echo_us"].value, _OTHERS),
    ]
    for kind, parts, _ in KINDS:
        rows.append((f"{_TITLES[kind]}: {told[f'{kind}_us'].value:,.0f} µs", None, ""))
        for part in parts:
            figure = told[f"{kind}_us_{part.name}"]
            colour = _OTHERS if part.name in _NOT_OURS else _OURS
            rows.append((part.about, figure.value, colour))
        if (postgres := told.get(f"{kind}_postgres_us")) is not None:
            rows.append(("and PostgreSQL, in processes of its own", postgres.value, _OTHERS))
    longest = max(value for _, value, _ in rows if value is not None)
    height = _ROW * (len(rows) + 2)
    size = f'width="{_WIDTH}" height="{height}"'
    return f"""<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {_WIDTH} {height}"
 font-family="sans-serif" font-size="13">
<title>Where each microsecond goes</title>
<rect {size} fill="#ffffff"/>
{chr(10).join(_drawn(rows, longest))}
<text x="12" y="{height - 12}" fill="#5a6675" font-size="12">Microseconds of processor time a call;
grey: libraries and servers, blue: the service</text>
</svg>
"""


def _drawn(rows: list[tuple[str, float | None, str]], longest: float) -> Iterator[str]:
    for number, (label, value, colour) in enumerate(rows):
        y = _ROW * number + 6
        if value is None:
            yield f'<text x="12" y="{y + 15}" font-weight="bold">{escape(label)}</text>'
            continue
        width = _BARS * value / longest
        yield (
            f'<text x="{_LABEL - 10}" y="{y + 15}" text-anchor="end">{escape(label)}</text>'
            f'<rect x="{_LABEL}" y="{y + 3}" width="{width:.1f}" height="{_ROW - 6}"'
            f' fill="{colour}"/>'
            f'<text x="{_LABEL + width + 6:.1f}" y="{y + 15}">{value:,.0f}</text>'
        )
