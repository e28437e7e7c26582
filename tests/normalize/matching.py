"""What topics an article is found to belong to, as the handler asks."""

from collections.abc import Sequence

from services.contracts.messages import Scope, TopicMatch
from services.normalize.core.topics.topic import Topic, score_topics, topics_reached


def match_topics(
    topics: Sequence[Topic], title: str | None, text: str, scope: Scope = "general"
) -> tuple[TopicMatch, ...]:
    """The topics that a kept text reaches, best first."""
    return topics_reached(topics, score_topics(topics, title, text), scope)
