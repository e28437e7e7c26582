"""The verdict of a chaos run, from the manifest and the public streams alone; our own logs are no witness. Pure."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.contracts.events import ARTICLE_PUBLISHED, GROUP_CANONICAL_CHANGED, GROUP_COPY_SEEN, parse_event
from services.contracts.identities import article_id_of, canonical_url
from services.contracts.messages import CleanArticle

from .plan import Page, revision_of

Fields = Mapping[str, str]


@dataclass
class Verdict:
    """What is wrong: each list must be empty. `late` is not there yet; only at the end is it lost."""

    late: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether everything is there exactly once."""
        return not (self.late or self.doubled or self.wrong)


def judge(
    pages: Sequence[Page], urls: Mapping[int, str], cleaned: Sequence[Fields], changes: Sequence[Fields]
) -> Verdict:
    """Every article published exactly once, its revision standing, its copies linked and never published."""
    verdict = Verdict()
    _judge_ids(verdict, [*cleaned, *changes])
    number_of = {url: number for number, url in urls.items()}
    by_root: dict[int, list[tuple[str, CleanArticle]]] = defaultdict(list)
    for entry in cleaned:
        event, data = parse_event(entry)
        if not isinstance(data, CleanArticle) or data.url not in number_of:
            verdict.wrong.append(f"unexpected on articles.cleaned: {event.id}")
            continue
        page = pages[number_of[data.url]]
        by_root[page.number if page.copy_of is None else page.copy_of].append((event.type, data))
    for page in pages:
        if page.copy_of is None:
            _judge_article(verdict, page, by_root.get(page.number, []))
    _judge_copies(verdict, pages, urls, changes)
    return verdict


def _judge_ids(verdict: Verdict, entries: Sequence[Fields]) -> None:
    counts = Counter(entry["id"] for entry in entries)
    verdict.doubled += [
        f"event {event_id} stands {count} times" for event_id, count in counts.items() if count > 1
    ]


def _judge_article(verdict: Verdict, page: Page, events: list[tuple[str, CleanArticle]]) -> None:
    published = sum(kind == ARTICLE_PUBLISHED for kind, _ in events)
    if published == 0:
        verdict.late.append(f"article {page.number} is not published")
    elif published > 1:
        verdict.doubled.append(f"article {page.number} is published {published} times")
    revisions = [article.revision for _, article in events]
    if revisions != sorted(set(revisions)):
        verdict.wrong.append(f"article {page.number} has the revisions {revisions}")
    most = 2 if page.changes_s is not None else 1
    if len(events) > most:
        verdict.doubled.append(f"article {page.number} has {len(events)} events, {most} at most are right")
    if events and page.changes_s is not None and revision_of(page) not in events[-1][1].text:
        verdict.late.append(f"article {page.number} lacks its revision")


def _judge_copies(
    verdict: Verdict, pages: Sequence[Page], urls: Mapping[int, str], changes: Sequence[Fields]
) -> None:
    """Of the pages with one text, all but the first to come are announced: as a copy, or as the earlier original."""
    announced = Counter(_announced_article(entry) for entry in changes)
    ids = {number: article_id_of(canonical_url(url)) for number, url in urls.items()}
    for root in sorted({page.copy_of for page in pages if page.copy_of is not None}):
        group = [page for page in pages if root in (page.number, page.copy_of)]
        linked = sum(announced[ids[page.number]] for page in group)
        if linked < len(group) - 1:
            verdict.late.append(f"{len(group) - 1 - linked} copies of article {root} are not linked")
        elif linked > len(group) - 1:
            verdict.doubled.append(
                f"article {root} has {linked} copies announced, {len(group) - 1} are right"
            )


def _announced_article(entry: Fields) -> str | None:
    """The article that this change says is a copy, or the original of copies that came before it."""
    data = json.loads(entry["data"])
    kinds = {GROUP_COPY_SEEN: "article_id", GROUP_CANONICAL_CHANGED: "canonical_id"}
    return data.get(kinds[entry["type"]]) if entry["type"] in kinds else None
