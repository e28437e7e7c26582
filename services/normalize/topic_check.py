"""What the topic profiles say of one article, in lines: `cleanwire topic test` prints them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.contracts.messages import Scope, TopicMatch
from services.normalize.core.topics.standing import RuleStanding, rule_standings
from services.normalize.core.topics.topic import Topic, score_topics, threshold_of
from services.normalize.core.topics.topic_profile import TopicProfile

MOST_RULES = 4  # the nearest ones; the rest lack more


@dataclass(frozen=True, slots=True)
class TopicCheck:
    """One profile's answer: the match, what a source of this scope needs, and how the profile's rules stand."""

    match: TopicMatch
    needed: float
    profile: TopicProfile
    rules: tuple[RuleStanding, ...]

    @property
    def is_on_topic(self) -> bool:
        """Whether an article with this score is let through."""
        return self.match.score >= self.needed


def check_topics(
    topics: Sequence[Topic], title: str | None, text: str, scope: Scope = "general"
) -> list[TopicCheck]:
    """Every profile's answer for an article's title and kept text, best first. Pure."""
    checks = [
        TopicCheck(
            score,
            threshold_of(topic.profile, scope),
            topic.profile,
            tuple(rule_standings(topic, title, text)),
        )
        for topic, score in zip(topics, score_topics(topics, title, text), strict=True)
    ]
    return sorted(checks, key=lambda check: (-check.match.score, check.match.topic))


def topic_lines(checks: Sequence[TopicCheck]) -> Iterator[str]:
    """The answers for people: one line a profile, under it what was found and how the nearest rules stand."""
    for check in checks:
        verdict = "on topic" if check.is_on_topic else "off topic"
        yield f"{check.match.topic}: {verdict}, score {check.match.score:g} of {check.needed:g} needed"
        for shown in check.match.evidence:
            yield f"    {shown}"
        for standing in check.rules[:MOST_RULES]:
            yield f"  rule “{standing.rule}”: {_why(standing, check.profile)}"


def _why(standing: RuleStanding, profile: TopicProfile) -> str:
    if standing.is_apart:
        return f"all are named, but never within {profile.near_words} words of one another"
    if not standing.missing:
        return f"{standing.score:g}"
    lacks = [_lacked(name, profile, is_alone=name in standing.alone) for name in standing.missing]
    return f"lacks {' and '.join(lacks)}"


def _lacked(name: str, profile: TopicProfile, *, is_alone: bool) -> str:
    """A group that a rule lacks; one that is named, but without the company it needs, says so."""
    if not is_alone:
        return name
    company = " or ".join(profile.groups[name].needs_near)
    return f"{name} (named, but not within {profile.near_words} words of {company})"
