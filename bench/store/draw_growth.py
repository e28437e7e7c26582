"""Draws what claims cost as the archive grows; started with the Python of the peers' environment.

It imports matplotlib and nothing of this project. Arguments: the figures as JSON, the pictures (`.png`, `.svg`).
"""

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
matplotlib.rcParams["svg.hashsalt"] = "cleanwire"
import matplotlib.pyplot as plt  # noqa: E402 - the backend is chosen first

COLOURS = {"sqlite": "#1f6f54", "postgresql": "#31618f"}
PANELS = (
    ("claims_per_s", "claims a second"),
    ("p99_ms", "p99 of a claim, ms"),
    ("cpu_ms", "CPU of a claim, server and all, ms"),
    ("compared", "articles compared in a claim"),
    ("index_bytes", "sketch index, bytes an article"),
    ("disk_mb", "on disk, MB"),
)


def main() -> None:
    sizes: list[dict[str, Any]] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    figure, axes = plt.subplots(2, 3, figsize=(12, 6))
    for axis, (key, title) in zip(axes.flat, PANELS, strict=True):
        for name, colour in COLOURS.items():
            rows = [size for size in sizes if size["database"] == name]
            axis.plot(
                [row["stored"] for row in rows], [row[key] for row in rows], "o-", color=colour, label=name
            )
        axis.set_xscale("log")
        axis.set_yscale("log" if key == "disk_mb" else "linear")
        axis.set_ylim(bottom=None if key == "disk_mb" else 0)
        axis.set_title(title, fontsize=10)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0][0].legend(frameon=False)
    loads = [size["load"] for size in sizes]
    figure.suptitle(f"measured at a load of {min(loads):.0f} to {max(loads):.0f}", fontsize=9)
    for axis in axes[1]:
        axis.set_xlabel("articles stored")
    figure.tight_layout()
    for path in sys.argv[2:]:
        figure.savefig(path, dpi=120, metadata={"Date": None} if path.endswith(".svg") else None)


if __name__ == "__main__":
    main()
