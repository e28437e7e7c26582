"""What the topic profiles say of one article, in lines: `cleanwire topic test` prints them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.contracts.messages import Scope, TopicMatch
from services.normalize.core.topics.topic import Topic, score_topics, threshold_of


@dataclass(frozen=True, slots=True)
class TopicCheck:
    """One profile's answer: the match, what a source of this scope needs, and whether it got there."""

    match: TopicMatch
    needed: float

    @property
    def is_on_topic(self) -> bool:
        """Whether an article with this score is let through."""
        return self.match.score >= self.needed


def check_topics(
    topics: Sequence[Topic], title: str | None, text: str, scope: Scope = "general"
) -> list[TopicCheck]:
    """Every profile's answer for an article's title and kept text, best first. Pure."""
    scores = score_topics(topics, title, text)
    checks = [
        TopicCheck(one, threshold_of(topic.profile, scope)) for topic, one in zip(topics, scores, strict=True)
    ]
    return sorted(checks, key=lambda check: (-check.match.score, check.match.topic))


def topic_lines(checks: Sequence[TopicCheck]) -> Iterator[str]:
    """The answers for people: one line a profile, its evidence under it."""
    for check in checks:
        verdict = "on topic" if check.is_on_topic else "off topic"
        yield f"{check.match.topic}: {verdict}, score {check.match.score:g} of {check.needed:g} needed"
        for shown in check.match.evidence:
            yield f"    {shown}"
