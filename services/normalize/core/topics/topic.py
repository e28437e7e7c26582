"""Whether a text belongs to a topic, how surely, and by which words. On the kept text only, never on a page's lists."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.contracts.messages import Scope, TopicMatch
from services.normalize.core.topics.topic_profile import Rule, TopicProfile

WORD = re.compile(r"(?:[A-Za-z]\.){2,}|[^\W_]+(?:[’'ʼ][^\W_]+)*")
STEM_KEY = 3  # endings are looked up by their first letters
LEAD_WORDS = 120  # headline and first paragraphs: a thing named there is what the article is about
MOST_FINDS = 4  # more mentions of one thing say no more
LEAD_BONUS = 0.5
MOST_EVIDENCE = 12


@dataclass(frozen=True)
class Form:
    """One term, ready to be compared: its words, which of them are beginnings, its group."""

    words: tuple[str, ...]
    open_ended: tuple[bool, ...]
    group: str

    def matches(self, words: Sequence[str], at: int) -> bool:
        """Whether the term stands in `words` at `at`."""
        if at + len(self.words) > len(words):
            return False
        return all(
            words[at + n].startswith(word) if ended else words[at + n] == word
            for n, (word, ended) in enumerate(zip(self.words, self.open_ended, strict=True))
        )


@dataclass(frozen=True)
class Terms:
    """The terms of a profile by the first letters of their first word."""

    by_key: Mapping[str, tuple[Form, ...]]
    exact: Mapping[str, str]


@dataclass(frozen=True)
class Topic:
    """A profile made ready: what `match_topics` looks with. Build it once (`make_topic`)."""

    profile: TopicProfile
    terms: Terms


def make_topic(profile: TopicProfile) -> Topic:
    """A profile with its terms ready to be looked up."""
    return Topic(profile, terms_of(profile))


def match_topics(
    topics: Sequence[Topic], title: str | None, text: str, scope: Scope = "general"
) -> tuple[TopicMatch, ...]:
    """The topics an article belongs to, best first. `text` is its kept text.

    A source that covers nothing but a topic (scope "topic") needs the profile's lower threshold only.
    """
    scores = score_topics(topics, title, text)
    found = [
        one
        for topic, one in zip(topics, scores, strict=True)
        if one.score >= threshold_of(topic.profile, scope)
    ]
    return tuple(sorted(found, key=lambda match: (-match.score, match.topic)))


def score_topics(topics: Sequence[Topic], title: str | None, text: str) -> list[TopicMatch]:
    """The score of each topic with its evidence, whether or not it reaches a threshold."""
    if not topics:
        return []
    spelled = WORD.findall(f"{title or ''}\n{text}")
    folded = "\n".join(spelled).casefold().replace("’", "'").replace("ʼ", "'")
    words = folded.split("\n") if spelled else []
    return [_scored(topic, spelled, words) for topic in topics]


def threshold_of(profile: TopicProfile, scope: Scope) -> float:
    """The score from which an article of a source with this scope is on the topic."""
    return profile.topic_threshold or profile.threshold if scope == "topic" else profile.threshold


def _scored(topic: Topic, spelled: list[str], words: list[str]) -> TopicMatch:
    places = _near_enough(topic.profile, _places(topic.terms, spelled, words))
    score = max(_rule_score(topic.profile, rule, places) for rule in topic.profile.rules)
    evidence = _evidence(spelled, places) if score else ()
    return TopicMatch(topic=topic.profile.name, score=round(score, 2), evidence=evidence)


def _places(terms: Terms, spelled: list[str], words: list[str]) -> dict[str, list[int]]:
    """Group → where in the text its terms begin, in order."""
    places: dict[str, list[int]] = {}
    for at, word in enumerate(words):
        for form in terms.by_key.get(word[:STEM_KEY], ()):
            if form.matches(words, at):
                places.setdefault(form.group, []).append(at)
                break
        else:
            group = terms.exact.get(spelled[at])
            if group:
                places.setdefault(group, []).append(at)
    return places


def _near_enough(profile: TopicProfile, places: dict[str, list[int]]) -> dict[str, list[int]]:
    """The finds without those whose group needs company that they don't have."""
    kept: dict[str, list[int]] = {}
    for name, found in places.items():
        needs = profile.groups[name].needs_near
        company = [at for need in needs for at in places.get(need, ())]
        good = [
            at for at in found if not needs or any(abs(at - other) <= profile.near_words for other in company)
        ]
        if good:
            kept[name] = good
    return kept


def _rule_score(profile: TopicProfile, rule: Rule, places: Mapping[str, list[int]]) -> float:
    """0 unless all groups are found (together); else their weights times how often and how early they are named."""
    if not all(name in places for name in rule.all):
        return 0.0
    if rule.together and not _stand_together([places[name] for name in rule.all], profile.near_words):
        return 0.0
    score = 0.0
    for name in rule.all:
        often = min(len(places[name]), MOST_FINDS) / MOST_FINDS
        early = LEAD_BONUS if places[name][0] < LEAD_WORDS else 0.0
        score += profile.groups[name].weight * (0.5 + often + early)
    return score


def _stand_together(finds: list[list[int]], reach: int) -> bool:
    first, *others = sorted(finds, key=len)
    return any(all(any(abs(at - other) <= reach for other in found) for found in others) for at in first)


def _evidence(spelled: list[str], places: Mapping[str, list[int]]) -> tuple[str, ...]:
    """`group: word ×times`, each spelling once, the most frequent first."""
    counts: dict[str, int] = {}
    for name, found in places.items():
        for at in found:
            counts[f"{name}: {spelled[at]}"] = counts.get(f"{name}: {spelled[at]}", 0) + 1
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(f"{shown} ×{times}" if times > 1 else shown for shown, times in ranked[:MOST_EVIDENCE])


def terms_of(profile: TopicProfile) -> Terms:
    """A profile's terms, ready to be looked up."""
    by_key: dict[str, list[Form]] = {}
    exact: dict[str, str] = {}
    for name, group in profile.groups.items():
        for term in group.terms:
            parts = [_part(part) for part in term.casefold().replace("’", "'").split()]
            form = Form(tuple(word for word, _ in parts), tuple(ended for _, ended in parts), name)
            by_key.setdefault(form.words[0][:STEM_KEY], []).append(form)
        exact |= dict.fromkeys(group.exact, name)
    return Terms({key: tuple(forms) for key, forms in by_key.items()}, exact)


def _part(part: str) -> tuple[str, bool]:
    return part.rstrip("*"), part.endswith("*")
