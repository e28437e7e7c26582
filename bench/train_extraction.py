"""`./run bench train-extraction [--data PATH]`: trains the extraction model: weights.json and boosted_trees.json of services/normalize/core/judging."""

import argparse
import sys
from pathlib import Path

from bench.extraction.corpus import default_data
from bench.extraction.train import ALL, fold_passes, load_samples, trees_table, weights_table
from services.normalize.core.judging.model import TREES_FILE, WEIGHTS_FILE

JUDGING = Path(__file__).resolve().parents[1] / "services" / "normalize" / "core" / "judging"


def main(argv: list[str] | None = None) -> int:
    """Train on every page of the data; the same data give the same files."""
    options = argparse.ArgumentParser(prog="train-extraction", description=__doc__)
    options.add_argument("--data", type=Path, default=default_data())
    options.add_argument("--out", type=Path, default=JUDGING, help="the folder for both files")
    args = options.parse_args(argv)
    if not (args.data / "pages").is_dir():
        print(f"no pages under {args.data}; give their folder with --data", file=sys.stderr)
        return 2
    passes = {kind: fold_passes(load_samples(args.data, kind), kind, [ALL])[ALL] for kind in ("html", "text")}
    args.out.joinpath(WEIGHTS_FILE).write_text(weights_table(passes), encoding="utf-8")
    assert passes["html"].trees is not None
    args.out.joinpath(TREES_FILE).write_text(trees_table(passes["html"].trees), encoding="utf-8")
    print(f"wrote {WEIGHTS_FILE} and {TREES_FILE} into {args.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
