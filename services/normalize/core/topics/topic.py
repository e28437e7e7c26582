"""Whether a text belongs to a topic, how surely, and by which words. On the kept text only, never on a page's lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from services.contracts.messages import Scope, TopicMatch
from services.normalize.core.topics.topic_profile import Rule, TopicProfile
from services.normalize.core.topics.topic_words import STEM_KEY, Asked, folded_word, words_asked

LEAD_WORDS = 120  # headline and first paragraphs: a thing named there is what the article is about
MOST_FINDS = 4  # more mentions of one thing say no more
LEAD_BONUS = 0.5
MOST_EVIDENCE = 12
NOBODY = ""  # the group of terms that only look like one's own; they are tried first


@dataclass(frozen=True)
class Form:
    """One term, ready to be compared: its words, which of them are beginnings, its group."""

    words: tuple[str, ...]
    open_ended: tuple[bool, ...]
    group: str

    def begins(self, folded: str) -> bool:
        """Whether the term's first word is this one."""
        return folded.startswith(self.words[0]) if self.open_ended[0] else folded == self.words[0]

    def goes_on(self, spelled: Sequence[str]) -> bool:
        """Whether the term's other words stand behind the first of these."""
        if len(self.words) > len(spelled):
            return False
        others = zip(map(folded_word, spelled[1:]), self.words[1:], self.open_ended[1:], strict=False)
        return all(word.startswith(term) if ended else word == term for word, term, ended in others)


@dataclass(frozen=True)
class Terms:
    """The terms of a profile by the first letters of their first word.

    `starts` are those letters of all of them, `reach` the words of the longest.
    """

    by_key: Mapping[str, tuple[Form, ...]]
    exact: Mapping[str, str]
    starts: frozenset[str]
    reach: int


@dataclass(frozen=True)
class Topic:
    """A profile made ready: what `score_topics` looks with. Build it once (`make_topic`)."""

    profile: TopicProfile
    terms: Terms


def make_topic(profile: TopicProfile) -> Topic:
    """A profile with its terms ready to be looked up."""
    return Topic(profile, terms_of(profile))


def score_topics(topics: Sequence[Topic], title: str | None, text: str) -> list[TopicMatch]:
    """The score of each topic in an article's kept text, with its evidence, whether or not it reaches a threshold."""
    if not topics:
        return []
    starts = reduce(or_, [topic.terms.starts for topic in topics])
    reach = max(topic.terms.reach for topic in topics)
    asked = words_asked(f"{title or ''}\n{text}", starts, folded_word, reach)
    return [_scored(topic, asked) for topic in topics]


def finds_of(topic: Topic, title: str | None, text: str) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """Where in the text each group is found; and of these the finds that count, which have the company they need."""
    asked = words_asked(f"{title or ''}\n{text}", topic.terms.starts, folded_word, topic.terms.reach)
    places = _places(topic.terms, asked)
    return places, _near_enough(topic.profile, places)


def topics_reached(
    topics: Sequence[Topic], scores: Sequence[TopicMatch], scope: Scope
) -> tuple[TopicMatch, ...]:
    """The topics an article belongs to: of the scores those that reach the threshold of its source's scope, best first."""
    found = [
        one
        for topic, one in zip(topics, scores, strict=True)
        if one.score >= threshold_of(topic.profile, scope)
    ]
    return tuple(sorted(found, key=lambda match: (-match.score, match.topic)))


def threshold_of(profile: TopicProfile, scope: Scope) -> float:
    """The score from which an article is on the topic; a source of nothing else (scope "topic") needs less."""
    return profile.topic_threshold or profile.threshold if scope == "topic" else profile.threshold


def _scored(topic: Topic, asked: Asked) -> TopicMatch:
    places = _near_enough(topic.profile, _places(topic.terms, asked))
    score = max(rule_score(topic.profile, rule, places) for rule in topic.profile.rules)
    evidence = _evidence({at: words[0] for at, words in asked}, places) if score else ()
    return TopicMatch(topic=topic.profile.name, score=round(score, 2), evidence=evidence)


def _places(terms: Terms, asked: Asked) -> dict[str, list[int]]:
    """Group → where in the text its terms begin, in order."""
    places: dict[str, list[int]] = {}
    for at, spelled in asked:
        group = _group_at(terms, spelled)
        if group:
            places.setdefault(group, []).append(at)
    return places


def _group_at(terms: Terms, spelled: tuple[str, ...]) -> str | None:
    first = folded_word(spelled[0])
    for form in terms.by_key.get(first[:STEM_KEY], ()):
        if form.begins(first) and form.goes_on(spelled):
            return form.group
    return terms.exact.get(spelled[0])


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


def rule_score(profile: TopicProfile, rule: Rule, places: Mapping[str, list[int]]) -> float:
    """0 unless all groups are found (together); else their weights times how often and how early they are named."""
    if not all(name in places for name in rule.all):
        return 0.0
    if rule.together and not stand_together([places[name] for name in rule.all], profile.near_words):
        return 0.0
    score = 0.0
    for name in rule.all:
        often = min(len(places[name]), MOST_FINDS) / MOST_FINDS
        early = LEAD_BONUS if places[name][0] < LEAD_WORDS else 0.0
        score += profile.groups[name].weight * (0.5 + often + early)
    return score


def stand_together(finds: list[list[int]], reach: int) -> bool:
    first, *others = sorted(finds, key=len)
    return any(all(any(abs(at - other) <= reach for other in found) for found in others) for at in first)


def _evidence(spelled: Mapping[int, str], places: Mapping[str, list[int]]) -> tuple[str, ...]:
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
    forms = [_form(term, NOBODY) for group in profile.groups.values() for term in group.but_not]
    forms += [_form(term, name) for name, group in profile.groups.items() for term in group.terms]
    for form in forms:
        by_key.setdefault(form.words[0][:STEM_KEY], []).append(form)
    for name, group in profile.groups.items():
        exact |= dict.fromkeys(group.exact, name)
    starts = frozenset([*by_key, *(folded_word(word)[:STEM_KEY] for word in exact)]) - {""}
    reach = max((len(form.words) for forms in by_key.values() for form in forms), default=1)
    return Terms({key: tuple(forms) for key, forms in by_key.items()}, exact, starts, reach)


def _form(term: str, group: str) -> Form:
    parts = [_part(part) for part in term.casefold().replace("’", "'").split()]
    return Form(tuple(word for word, _ in parts), tuple(ended for _, ended in parts), group)


def _part(part: str) -> tuple[str, bool]:
    return part.rstrip("*"), part.endswith("*")
