"""The archive's tables, once for SQLite and PostgreSQL. What they mean is told in docs/archive.md; no statements here."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DAY_US = 86_400_000_000

Number = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only where the key is spelt INTEGER."""
ArticleId = String(32)


class Instant(TypeDecorator[datetime]):
    """A moment as microseconds since 1970: the same on both databases, from year 1 to 9999."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """To microseconds; a time without a zone is taken as UTC."""
        return None if value is None else microseconds_of(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """From microseconds, in UTC."""
        return None if value is None else EPOCH + timedelta(microseconds=value)


def microseconds_of(moment: datetime) -> int:
    """Microseconds since 1970; a time without a zone is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - EPOCH) // MICROSECOND


def day_of(moment: datetime) -> int:
    """Days since 1970: what the sketch index is partitioned by."""
    return microseconds_of(moment) // DAY_US


metadata = MetaData()

article_group = Table(
    "article_group",
    metadata,
    Column("group_id", Number, primary_key=True, autoincrement=True),
    Column("canonical_id", ArticleId, nullable=False),
    Column("revision", Integer, nullable=False),  # the highest number given in this group, ever
    Column(
        "changes", Integer, nullable=False, server_default="0"
    ),  # events told of this group on stories.updated
    Column("face", Number),  # the member whose text stands on articles.cleaned
    Column("members", Integer, nullable=False, server_default="1"),
    Index("ix_group_canonical", "canonical_id"),
)

article = Table(
    "article",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=True),
    Column("article_id", ArticleId, nullable=False, unique=True),
    Column("group_id", Number, ForeignKey("article_group.group_id"), nullable=False, index=True),
    Column("alias_of", ArticleId),  # another URL of the same outlet with the same text
    Column("url", Text, nullable=False),
    Column("canonical_url", Text, nullable=False),
    Column("outlet", Text, nullable=False),
    Column("outlet_group", Text, nullable=False),
    Column("source", Text),
    Column("side", String(16)),
    Column("language", String(16)),
    Column("title", Text),
    Column("text", Text, nullable=False),
    Column("text_hash", LargeBinary(16)),
    Column("published_at", Instant),
    Column("published_day_only", Integer, nullable=False, server_default="0"),
    Column("first_seen", Instant, nullable=False),
    Column("fetched_at", Instant, nullable=False),
    Column("fetch_id", String(64), nullable=False),
    Column("page_hash", String(64), nullable=False),
    Column("engine", String(64), nullable=False),
    Column("template", String(64)),
    Column("revision", Integer, nullable=False),
    Column("withdrawn_at", Instant),
    Index("ix_article_text_hash", "text_hash"),
    Index("ix_article_source", "source"),
    Index("ix_article_fetched", "fetched_at"),
)

revision = Table(
    "revision",
    metadata,
    Column("number", Number, ForeignKey("article.number"), primary_key=True, autoincrement=False),
    Column("fetch_id", String(64), primary_key=True),
    Column("revision", Integer),  # NULL: an older fetch that came late, kept as history only
    Column("verdict", String(16), nullable=False),
    Column("page_hash", String(64), nullable=False),
    Column("fetched_at", Instant, nullable=False),
    Column("engine", String(64), nullable=False),
    Column("template", String(64)),
    Column("body", LargeBinary),  # zlib: the message as it came, without its ledger
    Column("ledger", LargeBinary),  # zlib: every block, kept or cut, with its reason
    Column("diff", Text),  # JSON: what changed against the revision before
)

fetch = Table(
    "fetch",
    metadata,
    Column("number", Number, ForeignKey("article.number"), primary_key=True, autoincrement=False),
    Column("fetch_id", String(64), primary_key=True),
    Column("fetched_at", Instant, nullable=False),
    Column("page_hash", String(64), nullable=False),
    Column("source", Text),
    Column("verdict", String(16), nullable=False),
    Column("reason", String(32)),
)

edge = Table(
    "edge",
    metadata,
    Column("low", ArticleId, primary_key=True),  # the smaller article id of the two
    Column("high", ArticleId, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("containment", Float, nullable=False),
    Column("head_containment", Float, nullable=False),
    Column("verified", Integer, nullable=False),  # 0: a near miss, kept for review
    Index("ix_edge_high", "high"),
)

sketch = Table(
    "sketch",
    metadata,
    Column("h", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),  # narrow types: 31 rows an article
    Column("day", SmallInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
    postgresql_partition_by="RANGE (day)",
)

story = Table(
    "story",
    metadata,
    Column("topic", String(64), primary_key=True),
    Column("story_id", Number, primary_key=True, autoincrement=False),  # counted up within its topic
    Column("title", Text),  # the headline of the article that began it
    Column("started_at", Instant, nullable=False),
    Column("changes", Integer, nullable=False, server_default="0"),  # events told of it on stories.updated
    Column("merged_into", Number),
)

story_member = Table(
    "story_member",
    metadata,
    Column("article_id", ArticleId, primary_key=True),  # the canonical of a group: copies are one voice
    Column("topic", String(64), nullable=False),
    Column("story_id", Number, nullable=False),
    Column("terms", LargeBinary, nullable=False),  # packed: what the article is recognised by
    Column("day", Integer, nullable=False),
    Index("ix_story_member_story", "topic", "story_id"),
    Index("ix_story_member_day", "topic", "day"),
)

story_change = Table(
    "story_change",
    metadata,
    Column("topic", String(64), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("article_id", ArticleId, primary_key=True),
    Column("story_id", Number),  # NULL: the article stands for no group any more
    Column("weighed", Integer, nullable=False, server_default="0"),  # its terms are new
)

story_state = Table(
    "story_state",
    metadata,
    Column("topic", String(64), primary_key=True),
    Column("seq", BigInteger, nullable=False),  # counts the changes; a replica that is behind reads them up
    Column("next_story_id", Number, nullable=False),
    Column("snapshot", Integer, nullable=False),
)

story_snapshot = Table(
    "story_snapshot",
    metadata,
    Column("topic", String(64), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("taken_at", Instant, nullable=False),
    Column("units", Integer, nullable=False),
    Column("body", Text, nullable=False),
)

search_queue = Table(
    "search_queue",
    metadata,
    Column("number", Number, primary_key=True, autoincrement=False),  # articles whose text is not indexed yet
)

outbox = Table(
    "outbox",
    metadata,
    Column("n", Number, primary_key=True, autoincrement=True),
    Column("stream", String(64), nullable=False),
    Column("event_id", String(200), nullable=False),
    Column("article_id", ArticleId),  # whose text stands in the body; forget looks for it
    Column("fields", Text),  # JSON: the entry's fields in order; NULL: a foreign entry, or a forgotten one
    Column("ms", BigInteger),  # the entry id, in two integers; NULL until allotted
    Column("seq", BigInteger),
    UniqueConstraint("stream", "event_id"),
    Index("ix_outbox_position", "stream", "ms", "seq"),
    Index("ix_outbox_article", "article_id"),
)
Index(
    "ix_outbox_waiting",
    outbox.c.stream,
    outbox.c.n,
    sqlite_where=outbox.c.ms.is_(None),
    postgresql_where=outbox.c.ms.is_(None),
)

head = Table(
    "head",
    metadata,
    Column("stream", String(64), primary_key=True),
    Column("ms", BigInteger, nullable=False),  # the last entry id allotted
    Column("seq", BigInteger, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("holder", String(128), nullable=False),
    Column("until", Instant, nullable=False),
)

subscriber_position = Table(
    "subscriber_position",
    metadata,
    Column("stream", String(64), primary_key=True),
    Column("consumer_group", String(200), primary_key=True),
    Column("ms", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("noted_at", Instant, nullable=False),
)
