"""Members for the tests of sameness: every argument optional."""

import random
from datetime import UTC, datetime, timedelta

from services.store.core.members import Candidate, Member

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=400)


def made_text(seed: int, words: int = 120, paragraph: int = 40) -> str:
    """A text of its own for each seed."""
    rng = random.Random(seed)
    made = ["".join(rng.choices("bdfgklmnprst", k=4)) for _ in range(words)]
    return "\n\n".join(" ".join(made[start : start + paragraph]) for start in range(0, words, paragraph))


def make_member(
    article_id: str = "a",
    text: str | None = None,
    *,
    title: str | None = "Envoy flies to the capital for talks",
    outlet: str = "one.example",
    minutes: float = 0,
    published: datetime | None = None,
    day_only: bool = False,
    page: str | None = None,
    engine: str = "1",
    template: str | None = None,
    seed: int = 1,
) -> Member:
    """An article first seen and fetched `minutes` after noon."""
    text = made_text(seed) if text is None else text
    seen = NOON + timedelta(minutes=minutes)
    return Member(
        article_id=article_id,
        canonical_url=f"https://{outlet}/{article_id}",
        outlet_group=outlet,
        title=title,
        text=text,
        first_seen=seen,
        fetched_at=seen,
        fetch_id=f"{article_id}-{minutes}-{page or text}",
        page_hash=page or text,
        published_at=published,
        published_day_only=day_only,
        engine=engine,
        template=template,
    )


def candidates(*members: Member, shared: int = 9) -> list[Candidate]:
    """The members as candidates that share hashes enough."""
    return [Candidate(member, shared) for member in members]
