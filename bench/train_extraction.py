"""`./run bench train-extraction [--data PATH]`: trains the extraction model and writes services/normalize/core/judging/weights.json."""

import argparse
import sys
from pathlib import Path

from bench.extraction.corpus import default_data
from bench.extraction.train import ALL, fold_passes, load_samples, weights_table

WEIGHTS = Path(__file__).resolve().parents[1] / "services" / "normalize" / "core" / "judging" / "weights.json"


def main(argv: list[str] | None = None) -> int:
    """Train on every page of the data; the same data give the same file."""
    options = argparse.ArgumentParser(prog="train-extraction", description=__doc__)
    options.add_argument("--data", type=Path, default=default_data())
    options.add_argument("--out", type=Path, default=WEIGHTS)
    args = options.parse_args(argv)
    if not (args.data / "pages").is_dir():
        print(f"no pages under {args.data}; give their folder with --data", file=sys.stderr)
        return 2
    passes = {kind: fold_passes(load_samples(args.data, kind), kind)[ALL] for kind in ("html", "text")}
    args.out.write_text(weights_table(passes), encoding="utf-8")
    print(f"wrote {args.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
