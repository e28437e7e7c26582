"""The names of a topic, as far as ingest needs them: to ask searches, and to leave out what clearly speaks of other things."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

ENOUGH_WORDS = 20  # a shorter title and summary may well leave every name out


@dataclass(frozen=True)
class TopicNames:
    """One topic: every spelling of every thing it is about, and what to ask searches, by language."""

    topic: str
    names: re.Pattern[str]
    queries: Mapping[str, Sequence[str]]

    def is_named_in(self, text: str) -> bool:
        """Whether any name of the topic stands in the text."""
        return bool(self.names.search(text))


def topic_names(topic: str, terms: Iterable[str], queries: Mapping[str, Sequence[str]]) -> TopicNames:
    """The names from a profile's terms; `*` at the end of a word stands for any ending, case does not count."""
    spellings = [
        re.escape(term.strip()).replace(r"\*", r"\w*").replace(r"\ ", r"\s+")
        for term in terms
        if term.strip(" *")
    ]
    pattern = rf"(?<!\w)(?:{'|'.join(spellings)})(?!\w)" if spellings else r"(?!)"
    return TopicNames(topic, re.compile(pattern, re.IGNORECASE), queries)


def contradicts_topics(title: str | None, summary: str | None, topics: Sequence[TopicNames]) -> bool:
    """Whether an entry says enough of itself, and nothing of any topic.

    False without a title, without a summary, or where they are short: absence of names is then no evidence.
    """
    if not (title and summary and topics):
        return False
    text = f"{title} {summary}"
    return len(text.split()) >= ENOUGH_WORDS and not any(topic.is_named_in(text) for topic in topics)
