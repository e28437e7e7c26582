"""How well stories are grouped: two sets of events, one-topic proxies, judged pairs, the five seeds, and the cost."""

import argparse
import itertools
import json
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bench.sameness_data import (
    ABSENT,
    FOLDER,
    SHARED,
    b_cubed,
    half_of,
    pair_f1,
    print_table,
    read_rows,
    shuffled,
)
from bench.story_feed import Feed, Prepared, prepare, take_snapshot
from services.store.core.stories.background import background_rates
from services.store.core.stories.index import StoryIndex
from services.store.core.stories.terms import Terms, topic_terms_of

NAME = re.compile(r"(?<=[a-z,;:\"”’] )[A-Z][\w’'-]+")
ONE_TOPIC = ("Lukashenko", "Minsk", "Belarus", "Tikhanovsky", "Kellogg", "Grodno")
SEED_TOPIC = ("Belarus", "Belarusian", "Lukashenko", "Minsk", "Беларусь", "Лукашенко", "Минск")


def main(argv: list[str]) -> int:
    """Print the tables; `--orders N` shuffles (20), `--sets a,b`, `--grow N` articles for the cost (0: not measured)."""
    parser = argparse.ArgumentParser(prog="bench stories", description=main.__doc__)
    parser.add_argument("--orders", type=int, default=20)
    parser.add_argument("--sets", default="events,ecb,events-3,ecb-3,events-6,ecb-6,pairs,seeds")
    parser.add_argument("--grow", type=int, default=0)
    options = parser.parse_args(argv)
    if options.grow:
        _print_cost(options.grow)
    if not FOLDER.is_dir():
        print(f"skipped: {ABSENT}", file=sys.stderr)
        return 0
    chosen = options.sets.split(",")
    _print_events([name for name in chosen if name.startswith(("events", "ecb"))], options.orders)
    if "pairs" in chosen:
        _print_pairs(options.orders)
    if "seeds" in chosen:
        _print_seeds()
    return 0


def _print_events(names: Sequence[str], orders: int) -> None:
    head = (
        "set",
        "articles",
        "F least",
        "F mean",
        "F most",
        "least a day later",
        "two days",
        "half 0",
        "half 1",
        "moved",
        "merged",
        "split",
        "s an order",
    )
    lines = []
    for name in names:
        rows, halves = set_of(name)
        lines.append([name, len(rows), *_events_line(rows, halves, orders)])
    print_table(
        f"stories, B³ F over {orders} orders (events-3: three top names of every article made the same)",
        head,
        lines,
    )


def _events_line(rows: list[dict[str, Any]], halves: list[int], orders: int) -> list[object]:
    prepared, true = prepare(rows), [row["group"] for row in rows]
    scores: list[tuple[float, float, float]] = []
    later: list[list[float]] = [
        [],
        [],
    ]  # by then a snapshot, and the one after it, has been taken of the whole feed
    told: Counter[str] = Counter()
    began = time.perf_counter()
    for seed in range(orders):
        feed = Feed(prepared)
        found = feed.run(shuffled(len(rows), seed))
        told += feed.told
        parts = [
            [place for place, half in enumerate(halves) if half in wanted] for wanted in ((0, 1), (0,), (1,))
        ]
        whole, one, other = (b_cubed([found[p] for p in part], [true[p] for p in part])[2] for part in parts)
        scores.append((whole, one, other))
        for day in later:
            day.append(b_cubed(feed.a_day_later(), true)[2])
    seconds = (time.perf_counter() - began) / orders
    wholes = [score[0] for score in scores]
    counts = [f"{told[kind] / orders:.0f}" for kind in ("moved", "merged", "split")]
    least = [min(score[part] for score in scores) for part in (1, 2)]
    whole_feed = [min(day) for day in later]
    return [min(wholes), sum(wholes) / orders, max(wholes), *whole_feed, *least, *counts, f"{seconds:.1f}"]


def set_of(name: str) -> tuple[list[dict[str, Any]], list[int]]:
    """The rows of a set (events, ecb, with -3 or -6 names made the same), and for each its half by event (ECB: by pair)."""
    file, _, same_names = name.partition("-")
    rows = read_rows("events.jsonl.gz" if file == "events" else "events_ecb.jsonl.gz")
    halves = [half_of(row.get("topic", row["group"])) for row in rows]
    return [_one_topic(row, int(same_names or 0)) for row in rows], halves


def _one_topic(row: dict[str, Any], names: int) -> dict[str, Any]:
    """The article with its most frequent names replaced by the same few: as if the feed knew one topic."""
    counts = Counter(NAME.findall(f"{row['title']} . {row['text']}"))
    title, text = row["title"], row["text"]
    for (word, _), name in zip(counts.most_common(names), ONE_TOPIC, strict=False):
        whole_word = re.compile(rf"\b{re.escape(word)}\b")
        title, text = whole_word.sub(name, title), whole_word.sub(name, text)
    return {**row, "title": title, "text": text}


def _print_pairs(orders: int) -> None:
    rows = read_rows("pairs_ru_en.jsonl.gz")
    prepared = prepare([row[side] for row in rows for side in ("a", "b")])
    scores = []
    for seed in range(min(orders, 5)):
        found = Feed(prepared).run(shuffled(2 * len(rows), seed))
        scores.append([pair_f1(rows, partial(_are_together, found), language) for language in ("ru", "en")])
    head = ("language", "pairs", "F1 least")
    lines = [
        (language, sum(row["lang"] == language for row in rows), min(score[place] for score in scores))
        for place, language in enumerate(("ru", "en"))
    ]
    print_table("judged pairs of the same event, as stories", head, lines)


def _are_together(found: Sequence[object], pair: int) -> bool:
    return found[2 * pair] == found[2 * pair + 1]


def _print_seeds() -> None:
    truth = json.loads((SHARED / "seeds" / "truth.json").read_text(encoding="utf-8"))
    pages, stories = truth["pages"], {frozenset(story) for story in truth["stories"]}
    prepared = prepare([{"id": page["id"], "title": page["title"], "text": page["text"]} for page in pages])
    lines = []
    for name, topic in (("none", frozenset[int]()), ("names of the topic", topic_terms_of(SEED_TOPIC))):
        right = sum(
            _seed_stories(prepared, pages, order, topic) == stories
            for order in itertools.permutations(range(5))
        )
        lines.append((name, 120, right))
    print_table("the five seeds", ("topic words", "orders", "right"), lines)


def _seed_stories(
    prepared: Prepared, pages: list[dict[str, Any]], order: Sequence[int], topic: frozenset[int]
) -> set[frozenset[str]]:
    found = Feed(prepared, topic).run(order)
    stories: dict[int, set[str]] = {}
    for page, story in zip(pages, found, strict=True):
        stories.setdefault(story, set()).add(page["id"])
    return {frozenset(story) for story in stories.values()}


def _print_cost(articles: int) -> None:
    """Articles of the events set again and again, their rare terms new each time: stories multiply, common words stay."""
    rows = read_rows("events.jsonl.gz") if FOLDER.is_dir() else []
    if not rows:
        return
    prepared, true = prepare(rows), {row["group"]: place for place, row in enumerate(rows)}
    stories = [[(f"{p}", prepared.terms[prepared.ids[p]])] for p in range(len(rows))]
    index = StoryIndex(take_snapshot(stories, version=1))
    timed = 1_000
    for number in range(articles):
        turn, place = divmod(number, len(rows))
        terms = _renamed(prepared.terms[prepared.ids[place]], turn)
        index.place(f"{number:032x}", terms, 1 + turn * len(rows) + true[rows[place]["group"]])
    samples = []
    for number in range(articles, articles + timed):
        turn, place = divmod(number, len(rows))
        terms = _renamed(prepared.terms[prepared.ids[place]], turn)
        began = time.process_time()
        index.apply(index.decide(f"{number:032x}", terms), terms)
        samples.append(time.process_time() - began)
    samples.sort()
    head = ("stored", "stories", "articles/CPU s", "p50 ms", "p95 ms", "p99 ms", "peak RSS MB")
    at = [f"{samples[int(share * timed)] * 1000:.1f}" for share in (0.5, 0.95, 0.99)]
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print_table(
        "cost", head, [(articles, len(index.stories()), f"{timed / sum(samples):.0f}", *at, f"{rss:.0f}")]
    )


def _renamed(terms: Terms, turn: int) -> Terms:
    common = background_rates()
    return {
        t if common.get(t, 0.0) > 0.02 else (t + turn * 2_654_435_761) % 2**32: n for t, n in terms.items()
    }


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    raise SystemExit(main(sys.argv[1:]))
