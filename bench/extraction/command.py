"""`./run bench extraction`: prints the figures and draws the charts of docs/."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.extraction.corpus import ARTICLE_SETS, NEWS_SETS, default_data
from bench.extraction.figures import FIGURES, PageScore, by_set, interval, pooled, share_of
from bench.extraction.ours import parse_alone_ms, passes_by_fold, score_dumps, score_ours
from bench.extraction.peers import INSTALL, PEERS, run_peers
from bench.extraction.reader_turns import print_reader_turns
from bench.extraction.rule_gains import print_rule_gains
from bench.extraction.title_choice import print_title_choice
from bench.extraction.wrapped_dumps import print_wrapped_dumps

ROOT = Path(__file__).resolve().parents[2]
DRAWER = Path(__file__).with_name("draw_chart.py")


def main(argv: list[str] | None = None) -> int:
    """Measure; 2 if the data are not there."""
    args = _options().parse_args(argv)
    if not (args.data / "pages").is_dir():
        print(f"no pages under {args.data}; give their folder with --data", file=sys.stderr)
        return 2
    if args.rules:
        print_rule_gains(args.data)
        return 0
    if args.readers:
        print_reader_turns(args.data)
        return 0
    if args.titles:
        print_title_choice(args.data)
        return 0
    if args.wrapped:
        print_wrapped_dumps(args.data)
        return 0
    rows: dict[str, Sequence[PageScore]] = {
        "cleanwire": list(score_ours(args.data, passes_by_fold(args.data, "html")))
    }
    if args.peers_python is not None:
        for peer in run_peers(args.peers_python, args.data, args.peer or PEERS):
            if peer.skipped:
                print(f"{peer.name}: skipped: {peer.skipped}", file=sys.stderr)
            else:
                rows[f"{peer.name} {peer.version}"] = peer.scores
    _print_tables(rows)
    _print_speed(rows, parse_alone_ms(args.data))
    _print_dumps(args.data)
    if args.json:
        args.json.write_text(json.dumps(_chart_rows(rows), indent=1) + "\n", encoding="utf-8")
    if args.chart and args.peers_python is not None and args.peers_python.exists():
        _draw(rows, args.peers_python, args.chart)
    return 0


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="extraction", description=__doc__)
    options.add_argument("--data", type=Path, default=default_data(), help="the folder that holds pages/")
    peers = Path(os.environ.get("CLEANWIRE_PEERS_PYTHON", ROOT / ".venv-peers/bin/python"))
    options.add_argument("--peers-python", type=Path, default=peers, help=f"made by: {INSTALL}")
    options.add_argument("--peer", action="append", choices=PEERS, help="only this one (may be repeated)")
    options.add_argument("--no-peers", dest="peers_python", action="store_const", const=None)
    options.add_argument(
        "--rules", action="store_true", help="only the gain of each rule, each left out in turn"
    )
    options.add_argument(
        "--titles",
        action="store_true",
        help="only which place the true title follows where a page's places disagree",
    )
    options.add_argument(
        "--readers", action="store_true", help="only the CPU of the compiled reader beside Python's, in turns"
    )
    options.add_argument(
        "--wrapped",
        action="store_true",
        help="only dumps broken into lines of one width, quoted, and by lynx and w3m where they are",
    )
    options.add_argument("--json", type=Path, help="write the figures here")
    options.add_argument("--chart", type=Path, help="write extraction-quality.png and .svg into this folder")
    return options


def _print_tables(rows: dict[str, Sequence[PageScore]]) -> None:
    print(f"{'':24}" + "".join(f"{name:>22}" for name in FIGURES))
    for name, scores in rows.items():
        cells = []
        for figure in FIGURES.values():
            low, high = interval(scores, figure)
            cells.append(f"{figure(scores):.4g} [{low:.3f} {high:.3f}]")
        print(f"{name:24}" + "".join(f"{cell:>22}" for cell in cells))
    print(f"\n{'word F1 by collection':24}" + "".join(f"{name[:12]:>13}" for name in ARTICLE_SETS))
    for name, scores in rows.items():
        sets = by_set(scores)
        print(f"{name:24}" + "".join(f"{sets[one]:>13.3f}" for one in ARTICLE_SETS))
    print(f"\n{'fields':24}" + "".join(f"{field + ' ' + one[:8]:>22}" for field, one in FIELDS))
    for name, scores in rows.items():
        print(f"{name:24}" + "".join(f"{_field_cell(scores, field, one):>22}" for field, one in FIELDS))


def _field_cell(scores: Sequence[PageScore], field: str, dataset: str) -> str:
    """A field's figure in one collection, with the interval when its sites are drawn anew."""
    own = [one for one in scores if one.dataset == dataset and getattr(one, field) is not None]
    share = share_of(own, dataset, field)
    if not share:
        return "-"
    low, high = interval(own, lambda drawn: share_of(drawn, dataset, field) or 0.0)
    return f"{share:.3f} [{low:.3f} {high:.3f}]"


FIELDS = tuple(
    (field, one)
    for field in ("title", "date", "authors")
    for one in ("news424", "fundus_tests", "wcxb_article")
)


def _print_speed(rows: dict[str, Sequence[PageScore]], floor: float) -> None:
    ours = FIGURES["cpu ms"](rows["cleanwire"])
    print(
        f"\nCPU ms a page: parse alone {floor:.2f}, cleanwire {ours:.2f} = {ours / floor:.1f} x parse", end=""
    )
    for name, scores in rows.items():
        if name != "cleanwire":
            print(f"; {name} {FIGURES['cpu ms'](scores) / ours:.1f} x cleanwire", end="")
    spread = sorted(one.cpu_ms for one in rows["cleanwire"])
    quantiles = ", ".join(
        f"{share:.0%} {spread[int(share * (len(spread) - 1))]:.1f}" for share in (0.5, 0.9, 0.99)
    )
    print(
        f"\ncleanwire's pages: {quantiles}, slowest {spread[-1]:.1f} ms; load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def _print_dumps(data: Path) -> None:
    scores = list(score_dumps(data, passes_by_fold(data, "text")))
    sets = by_set(scores)
    low, high = interval(scores, pooled)
    cells = "  ".join(f"{one} {sets[one]:.3f}" for one in NEWS_SETS)
    mean = sum(sets.values()) / len(sets)
    print(
        f"\nplain-text dumps: mean of four {mean:.4f}  pooled {pooled(scores):.4f} [{low:.3f} {high:.3f}]  {cells}"
    )
    clean = [one for one in scores if not one.suspect]
    print(f"without suspect truth: mean of four {FIGURES['news'](scores):.4f}  pooled {pooled(clean):.4f}")


def _chart_rows(rows: dict[str, Sequence[PageScore]]) -> list[dict[str, object]]:
    return [
        {
            "name": name,
            "ours": name == "cleanwire",
            **{key: figure(scores) for key, figure in FIGURES.items()},
        }
        for name, scores in rows.items()
    ]


def _draw(rows: dict[str, Sequence[PageScore]], python: Path, folder: Path) -> None:
    paths = [str(folder / f"extraction-quality.{kind}") for kind in ("png", "svg")]
    subprocess.run(
        [str(python), str(DRAWER), *paths], input=json.dumps(_chart_rows(rows)), text=True, check=True
    )
    print("drew " + ", ".join(paths))
