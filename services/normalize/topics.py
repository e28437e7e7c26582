"""The topic profiles of a folder, read at the start."""

from pathlib import Path

from services.normalize.core.topics.topic import Topic, make_topic
from services.normalize.core.topics.topic_profile import TopicProfileError, read_topic_profile


def read_topics(folder: Path) -> tuple[Topic, ...]:
    """All `*.toml` of the folder, by file name. Raises TopicProfileError naming the file, and line or key."""
    if not folder.is_dir():
        raise TopicProfileError(
            f"{folder}: no such folder; CLEANWIRE_TOPICS_DIR must name one with *.toml files"
        )
    topics = tuple(
        make_topic(read_topic_profile(_text_of(file), str(file))) for file in sorted(folder.glob("*.toml"))
    )
    names = [topic.profile.name for topic in topics]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise TopicProfileError(f"{folder}: two profiles are named {twice!r}; each needs a name of its own")
    return topics


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise TopicProfileError(f"{file}: {reason}") from None
