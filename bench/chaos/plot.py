"""Draws a chaos run from its record: articles on the clean stream over time, and below it every fault."""

import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

WIDTH, LEFT, TOP, HEIGHT, ROW = 1_000, 190, 40, 220, 17
FAULT, LINE, FAINT = "#c0392b", "#1f6f54", "#d5d9dc"
STYLE = "font-family:sans-serif;font-size:11px"
NOT_FAULTS = ("(", "drained", "time is over")
TICKS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600)


def draw(record: dict[str, Any]) -> str:
    """The run as SVG."""
    marks = [(at, *_split(text)) for at, text in record["timeline"] if not text.startswith(NOT_FAULTS)]
    rows = sorted(
        {name for _, name, _ in marks}, key=lambda name: [other for _, other, _ in marks].index(name)
    )
    samples = [(at, count) for at, count in record["samples"] if at >= 0]
    until = max(at for at, *_ in (*samples, *marks))
    most = max(count for _, count in samples) or 1
    title = f"{record['topology']}, seed {record['seed']}, {record['pages']:,} pages: articles on articles.cleaned"
    parts = [_text(LEFT, TOP - 16, title, "13px")]
    parts += _axes(until, most)
    parts.append(_curve([(_x(at, until), _y(count, most)) for at, count in samples]))
    for number, name in enumerate(rows):
        height = TOP + HEIGHT + 34 + number * ROW
        parts.append(_text(LEFT - 8, height + 4, name, anchor="end"))
        parts.append(_line(LEFT, height, WIDTH - 20, height, FAINT))
        parts += [_mark(_x(at, until), height, detail, at) for at, other, detail in marks if other == name]
    total = TOP + HEIGHT + 44 + len(rows) * ROW
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{total}" style="{STYLE}">'
        f'<rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>\n'
    )


def write_plot(record: Path, target: Path) -> None:
    """Draw the record of one run into an SVG file."""
    target.write_text(draw(json.loads(record.read_text(encoding="utf-8"))), encoding="utf-8")


def _split(text: str) -> tuple[str, str]:
    """A fault's name and its detail: `kill -9 store 1` is about a slot, `AOF tail cut by …` is not."""
    for slot in ("ingest", "normalize", "store"):
        head, found, tail = text.partition(f" {slot} ")
        if found:
            return head, f"{slot} {tail}"
    for joint in (" by ", " to ", " articles.", " tmpfs", " file size"):
        head, found, tail = text.partition(joint)
        if found:
            return head, (joint + tail).strip()
    return text.lstrip("0123456789 "), text


def _x(at: float, until: float) -> float:
    return LEFT + (WIDTH - 20 - LEFT) * at / until


def _y(count: float, most: float) -> float:
    return TOP + HEIGHT * (1 - count / most)


def _axes(until: float, most: int) -> list[str]:
    step = next((tick for tick in TICKS if until / tick <= 12), TICKS[-1])
    parts = [_line(LEFT, TOP + HEIGHT, WIDTH - 20, TOP + HEIGHT, "#444")]
    for second in range(0, int(until) + 1, step):
        x = _x(second, until)
        parts.append(_line(x, TOP, x, TOP + HEIGHT, FAINT))
        parts.append(_text(x, TOP + HEIGHT + 15, f"{second} s", anchor="middle"))
    for count in (0, most // 2, most):
        parts.append(_text(LEFT - 8, _y(count, most) + 4, f"{count:,}", anchor="end"))
    return parts


def _curve(points: Sequence[tuple[float, float]]) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{LINE}" stroke-width="2"/>'


def _mark(x: float, y: float, detail: str, at: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y}" r="4" fill="{FAULT}"><title>{at:.1f} s {escape(detail)}</title></circle>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def _text(x: float, y: float, text: str, size: str = "11px", anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="#222">{escape(text)}</text>'
