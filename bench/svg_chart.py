"""Small charts as SVG text, without a drawing library: bars, and curves over one axis; side by side as panels."""

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 380, 240, 46, 34, 34
BAR_LEFT, BAR_HEIGHT, BAR_GAP = 150, 18, 10
COLOURS = ("#1f6f54", "#c8553d", "#5b7fa6", "#8a6d3b", "#8f8f8f")
STYLE = (
    "<style>text{font:11px system-ui,sans-serif;fill:#444}.title{font-size:12px;font-weight:bold;fill:#222}"
    ".axis{stroke:#bbb;fill:none}.curve{fill:none;stroke-width:2}</style>"
)

Point = tuple[float, float]


def panels(parts: Sequence[str]) -> str:
    """One SVG document with the parts side by side, on white: it is read in dark mode too."""
    shown = "".join(f'<g transform="translate({n * WIDTH},0)">{part}</g>' for n, part in enumerate(parts))
    size = f'width="{WIDTH * len(parts)}" height="{HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{STYLE}<rect width="100%" height="100%" fill="#fff"/>{shown}</svg>\n'


def bars(title: str, values: Mapping[str, float], shape: str = ".0f") -> str:
    """A bar for each name, longest value across the panel; `shape` formats the figure behind it."""
    most = max(values.values(), default=0) or 1
    room = WIDTH - BAR_LEFT - 60
    rows = []
    for n, (name, value) in enumerate(values.items()):
        y, length = TOP + 12 + n * (BAR_HEIGHT + BAR_GAP), room * value / most
        rows.append(
            f'<text x="{BAR_LEFT - 6}" y="{y + 13}" text-anchor="end">{escape(name)}</text>'
            f'<rect x="{BAR_LEFT}" y="{y}" width="{length:.1f}" height="{BAR_HEIGHT}" fill="{COLOURS[0]}"/>'
            f'<text x="{BAR_LEFT + length + 5:.1f}" y="{y + 13}">{value:{shape}}</text>'
        )
    return _title(title) + "".join(rows)


def shares_below(title: str, samples: Mapping[str, Sequence[float]], unit: str) -> str:
    """For each name the share of its samples (all above 0) that lie below a value, on a logarithmic axis."""
    everything = [value for values in samples.values() for value in values] or [1.0]
    low, high = math.floor(math.log10(min(everything))), math.ceil(math.log10(max(everything)))
    decades = range(low, max(high, low + 1) + 1)
    curves = [_curve(n, name, sorted(values), decades) for n, (name, values) in enumerate(samples.items())]
    return _title(title) + _frame(decades, unit) + "".join(curves)


def over_time(
    title: str, series: Mapping[str, Sequence[Point]], marks: Mapping[float, str], unit: str
) -> str:
    """Lines over seconds from 0 on; `marks` are named moments."""
    points = [point for line in series.values() for point in line] or [(1.0, 1.0)]
    longest, most = max(x for x, _ in points) or 1, max(y for _, y in points) or 1

    def placed(x: float, y: float) -> str:
        return f"{_x(x / longest):.1f},{_y(y / most):.1f}"

    lines = [_line(n, name, [placed(x, y) for x, y in line]) for n, (name, line) in enumerate(series.items())]
    moments = [
        f'<path class="axis" stroke-dasharray="3 3" d="M{_x(at / longest):.1f} {TOP}V{HEIGHT - BOTTOM}"/>'
        f'<text x="{_x(at / longest) + 3:.1f}" y="{TOP + 10}">{escape(name)}</text>'
        for at, name in marks.items()
    ]
    axes = f'<path class="axis" d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - 12}"/>'
    ends = _label(WIDTH - 40, HEIGHT - 18, f"{longest:.0f} s") + _label(4, TOP + 8, f"{most:.0f} {unit}")
    return _title(title) + axes + ends + "".join(moments) + "".join(lines)


def _curve(number: int, name: str, values: Sequence[float], decades: range) -> str:
    span = decades[-1] - decades[0]
    step = max(len(values) // 200, 1)
    points = [
        f"{_x((math.log10(value) - decades[0]) / span):.1f},{_y((n + 1) / len(values)):.1f}"
        for n, value in enumerate(values)
        if n % step == 0 or n == len(values) - 1
    ]
    return _line(number, name, points)


def _line(number: int, name: str, points: Sequence[str]) -> str:
    colour = COLOURS[number % len(COLOURS)]
    key = f'<text x="{WIDTH - 120}" y="{HEIGHT - BOTTOM - 12 - 14 * number}" style="fill:{colour}">{escape(name)}</text>'
    return f'<polyline class="curve" stroke="{colour}" points="{" ".join(points)}"/>{key}'


def _frame(decades: range, unit: str) -> str:
    span = decades[-1] - decades[0]
    grid = [
        f'<path class="axis" d="M{_x((one - decades[0]) / span):.1f} {TOP}V{HEIGHT - BOTTOM}"/>'
        + f'<text x="{_x((one - decades[0]) / span):.1f}" y="{HEIGHT - 18}" text-anchor="middle">{10**one:g}</text>'
        for one in decades
    ]
    levels = [_label(8, _y(share) + 4, f"{share:.0%}") for share in (0, 0.5, 1)]
    return "".join([*grid, *levels, _label(WIDTH - 30, HEIGHT - 4, unit)])


def _title(text: str) -> str:
    return f'<text class="title" x="{LEFT}" y="20">{escape(text)}</text>'


def _label(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - 16)


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)
