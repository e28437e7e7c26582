"""Topic profiles: what a `deploy/topics/*.toml` file may say, read strictly. Finding them in a text is in topic.py."""

import tomllib
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

NAME = r"^[a-z0-9][a-z0-9-]{0,60}$"


class TopicProfileError(ValueError):
    """A profile cannot be used; the message names the file, the line or the key, and what is allowed."""


class Group(BaseModel):
    """One thing under all its names; `*` at a term's end stands for any ending, `exact` minds upper and lower case.

    `but_not` are terms that begin like one of these and name something else ("washington post").
    Where `needs_near` names groups, a find counts only with one of those within `near_words`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    weight: float = Field(default=1.0, gt=0, le=10)
    terms: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    but_not: tuple[str, ...] = ()
    needs_near: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _has_terms(self) -> "Group":
        if not self.terms and not self.exact:
            raise ValueError("has neither terms nor exact")
        bad = [
            term
            for term in (*self.terms, *self.but_not, *self.exact)
            if not term.strip(" *") or "*" in term.replace("* ", " ").rstrip("*")
        ]
        if bad:
            raise ValueError(f"term {bad[0]!r}: a `*` may only end a word")
        return self


class Rule(BaseModel):
    """Groups that must all be found; `together` asks that they stand near each other once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    all: tuple[str, ...] = Field(min_length=1)
    together: bool = False


class TopicProfile(BaseModel):
    """What makes an article belong to a topic."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=NAME)
    title: str = ""
    threshold: float = Field(gt=0)
    topic_threshold: float | None = Field(default=None, gt=0)
    near_words: int = Field(default=40, ge=1, le=1000)
    queries: dict[
        str, tuple[str, ...]
    ] = {}  # what ingest asks news searches, by language; no part of the score
    groups: dict[str, Group] = Field(min_length=1)
    rules: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_known_groups(self) -> "TopicProfile":
        for rule in self.rules:
            _known(self.groups, f"rule {rule.name!r}", rule.all)
        for name, group in self.groups.items():
            _known(self.groups, f"groups.{name}.needs_near", group.needs_near)
        return self


def read_topic_profile(source: str, file: str) -> TopicProfile:
    """The profile in `source`; `file` is only named in errors. Raises TopicProfileError."""
    try:
        return TopicProfile.model_validate(tomllib.loads(source))
    except tomllib.TOMLDecodeError as error:
        raise TopicProfileError(f"{file}: {error}") from None
    except ValidationError as error:
        raise TopicProfileError(f"{file}: " + "; ".join(map(_explained, error.errors()))) from None


def _known(groups: Mapping[str, Group], where: str, names: tuple[str, ...]) -> None:
    unknown = [name for name in names if name not in groups]
    if unknown:
        raise ValueError(f"{where} names group {unknown[0]!r}; there are: {', '.join(groups)}")


def _explained(detail: Any) -> str:
    key = ".".join(map(str, detail["loc"]))
    message = str(detail["msg"]).removeprefix("Value error, ")
    if detail["type"] == "extra_forbidden":
        message = "unknown key"
    return f"{key}: {message}" if key else message
