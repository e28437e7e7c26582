"""What each rule gains: the figures without it against the figures with all, on the same folds."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.extraction.corpus import load_pages, word_f1, words
from bench.extraction.figures import PageScore, macro, news, pooled
from bench.extraction.ours import passes_by_fold
from bench.extraction.samples import load_dumps
from services.normalize.core.judging.draft import first_draft
from services.normalize.core.judging.keep import RULES, Rule, text_kept_by
from services.normalize.core.judging.model import Passes
from services.normalize.core.judging.scoring import score_page
from services.normalize.core.reading.page import Page, read_page
from services.normalize.core.rejections import Rejection

Judged = tuple[str, str, bool, Page, Passes, str]
"""Collection, site, whether its truth is suspect, the page, the model of its fold, the true text."""


def print_rule_gains(data: Path) -> None:
    """For pages and for dumps: all rules, then without each."""
    for kind in ("html", "text"):
        choices = {"all rules": RULES[kind], "no rule": ()}
        for rule in RULES[kind]:
            choices[f"without {rule.__name__}"] = tuple(one for one in RULES[kind] if one is not rule)
        _print(kind, _scores(data, kind, choices))


def _scores(data: Path, kind: str, choices: dict[str, tuple[Rule, ...]]) -> dict[str, list[PageScore]]:
    passes = passes_by_fold(data, kind)
    scores: dict[str, list[PageScore]] = {name: [] for name in choices}
    pages = _html(data, passes) if kind == "html" else _text(data, passes)
    for dataset, site, suspect, page, model, text in pages:
        true = Counter(words(text))
        scored = score_page(page, model)
        for name, rules in choices.items():
            draft = first_draft(scored)
            kept = text_kept_by(draft, rules)
            scores[name].append(PageScore(dataset, site, suspect, word_f1(true, Counter(words(kept))), 0.0))
    return scores


def _html(data: Path, passes: dict[int, Passes]) -> Iterator[Judged]:
    for one in load_pages(data):
        page = read_page(one.html, one.row["url"], None)
        if not isinstance(page, Rejection) and page.blocks:
            yield one.dataset, one.row["site"], one.suspect, page, passes[one.fold], one.text


def _text(data: Path, passes: dict[int, Passes]) -> Iterator[Judged]:
    for one in load_dumps(data):
        page = read_page(one.dump.encode(), "", "text/plain")
        if isinstance(page, Page):
            yield one.dataset, one.site, one.suspect, page, passes[one.fold], one.text


def _print(kind: str, scores: dict[str, list[PageScore]]) -> None:
    base = scores["all rules"]
    print(f"\n{kind:38}{'macro':>9}{'pooled':>9}{'news':>9}   pages better / worse with the rule")
    for name, found in scores.items():
        better, worse = _changes(base, found)
        print(f"{name:38}{macro(found):9.4f}{pooled(found):9.4f}{news(found):9.4f}   {better} / {worse}")


def _changes(base: Sequence[PageScore], other: Sequence[PageScore]) -> tuple[int, int]:
    differences = [one.f1 - two.f1 for one, two in zip(base, other, strict=True)]
    return sum(one > 1e-9 for one in differences), sum(one < -1e-9 for one in differences)
