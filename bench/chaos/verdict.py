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
Events = list[tuple[str, CleanArticle]]


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
    by_root = _events_by_root(verdict, pages, urls, cleaned)
    for page in pages:
        if page.poison is not None and page.number in by_root:
            verdict.wrong.append(f"poison page {page.number} is published")
        elif page.poison is None and page.copy_of is None:
            _judge_article(verdict, page, by_root.get(page.number, []))
    _judge_copies(verdict, pages, urls, changes)
    return verdict


def judge_letters(
    pages: Sequence[Page], urls: Mapping[int, str], unreadable: int, found: Sequence[tuple[str, str]]
) -> Verdict:
    """Dead letters are exactly the poison, each entry once: `found` has a letter's URL (or `unreadable N`) and its entry.

    Two entries of one URL are legal: two polls at once may both find a page, and internal streams may repeat one.
    """
    expected = {urls[page.number] for page in pages if page.poison is not None}
    expected |= {f"unreadable {number}" for number in range(unreadable)}
    names = {name for name, _ in found}
    return Verdict(
        late=[f"no dead letter of {name}" for name in sorted(expected - names)],
        doubled=[
            f"{count} dead letters of {name}, entry {entry_id}"
            for (name, entry_id), count in sorted(Counter(found).items())
            if count > 1
        ],
        wrong=[f"dead letter of {name}" for name in sorted(names - expected)],
    )


def _judge_ids(verdict: Verdict, entries: Sequence[Fields]) -> None:
    counts = Counter(entry["id"] for entry in entries)
    verdict.doubled += [
        f"event {event_id} stands {count} times" for event_id, count in counts.items() if count > 1
    ]


def _events_by_root(
    verdict: Verdict, pages: Sequence[Page], urls: Mapping[int, str], cleaned: Sequence[Fields]
) -> dict[int, Events]:
    number_of = {url: number for number, url in urls.items()}
    by_root: dict[int, Events] = defaultdict(list)
    for entry in cleaned:
        event, data = parse_event(entry)
        if isinstance(data, CleanArticle) and data.url in number_of:
            by_root[pages[number_of[data.url]].root].append((event.type, data))
        else:
            verdict.wrong.append(f"unexpected on articles.cleaned: {event.id}")
    return by_root


def _judge_article(verdict: Verdict, page: Page, events: Events) -> None:
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
    groups: dict[int, list[Page]] = defaultdict(list)
    for page in pages:
        groups[page.root].append(page)
    for root, group in groups.items():
        if len(group) == 1:
            continue
        linked = sum(announced[article_id_of(canonical_url(urls[page.number]))] for page in group)
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
