"""Draws the bars of quality and CPU from the figures on stdin; started with the Python of the peers' environment.

It imports matplotlib and nothing of this project. Arguments: the paths to write (`.png`, `.svg`).
"""

import json
import sys
from typing import Any

import matplotlib

matplotlib.use("Agg")
matplotlib.rcParams["svg.hashsalt"] = "cleanwire"
import matplotlib.pyplot as plt  # noqa: E402 - the backend is chosen first

OURS, THEIRS = "#1f6f54", "#b9c0c7"
PANELS = (
    ("macro", "word F1, mean of nine collections", ".3f"),
    ("news", "word F1, four news collections", ".3f"),
    ("bad", "pages with F1 < 0.5", ".1%"),
    ("cpu ms", "CPU milliseconds a page (mean)", ".1f"),
)


def main() -> None:
    rows: list[dict[str, Any]] = json.load(sys.stdin)
    names = [row["name"] for row in rows]
    colours = [OURS if row["ours"] else THEIRS for row in rows]
    figure, axes = plt.subplots(1, len(PANELS), figsize=(13, 0.5 * len(rows) + 1.4), sharey=True)
    for axis, (key, title, shape) in zip(axes, PANELS, strict=True):
        values = [row[key] for row in rows]
        axis.barh(names, values, color=colours)
        axis.set_title(title, fontsize=9)
        axis.set_xticks([])
        axis.spines[:].set_visible(False)
        axis.tick_params(left=False)
        for place, value in enumerate(values):
            axis.text(value, place, f" {value:{shape}}", va="center", fontsize=9)
        axis.set_xlim(0, max(values) * 1.25)
    axes[0].invert_yaxis()
    figure.tight_layout()
    for path in sys.argv[1:]:
        metadata = {"Date": None} if path.endswith(".svg") else None
        figure.savefig(path, dpi=150, metadata=metadata)


if __name__ == "__main__":
    main()
