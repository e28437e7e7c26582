"""How each rule of a profile stands for one text: for people who ask why an article is on a topic, or is not."""

from dataclasses import dataclass

from services.normalize.core.topics.topic import Topic, finds_of, rule_score, stand_together
from services.normalize.core.topics.topic_profile import Rule


@dataclass(frozen=True, slots=True)
class RuleStanding:
    """What a rule gives a text; if nothing, the groups that it lacks, those of them that stand alone, or that they lie apart."""

    rule: str
    score: float
    missing: tuple[str, ...]
    alone: tuple[str, ...]
    is_apart: bool


def rule_standings(topic: Topic, title: str | None, text: str) -> list[RuleStanding]:
    """Every rule of the profile, the nearest first: by its score, then by how little it lacks."""
    seen, finds = finds_of(topic, title, text)
    standings = [_standing(topic, rule, seen, finds) for rule in topic.profile.rules]
    return sorted(standings, key=lambda one: (-one.score, len(one.missing), one.rule))


def _standing(
    topic: Topic, rule: Rule, seen: dict[str, list[int]], finds: dict[str, list[int]]
) -> RuleStanding:
    missing = tuple(name for name in rule.all if name not in finds)
    places = [finds[name] for name in rule.all if name in finds]
    is_apart = not missing and rule.together and not stand_together(places, topic.profile.near_words)
    score = round(rule_score(topic.profile, rule, finds), 2)
    return RuleStanding(rule.name, score, missing, tuple(name for name in missing if name in seen), is_apart)
