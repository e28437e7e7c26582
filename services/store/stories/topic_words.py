"""The topics' own words, from their profiles: in a feed about a topic they tell no event from another."""

import tomllib
from pathlib import Path

import structlog

from ..core.stories.terms import topic_terms_of

log = structlog.get_logger()


def topic_terms(folder: Path) -> dict[str, frozenset[int]]:
    """The term hashes of every profile in `folder`, by topic. A file that cannot be read is told and left out."""
    found = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            profile = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            log.warning("topic_profile_unreadable", file=str(path), reason=str(error))
            continue
        groups = profile.get("groups", {})
        words = [term.rstrip("*") for group in groups.values() for term in group.get("terms", [])]
        found[str(profile.get("name", path.stem))] = topic_terms_of(words)
    return found
