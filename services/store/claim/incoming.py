"""One message made ready for the archive: cleaned of what no database holds, its identity and fingerprint worked out."""

import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from pydantic_core import PydanticSerializationError

from services.contracts.failures import Unprocessable
from services.contracts.identities import article_id_of
from services.contracts.messages import NormalizedArticle

from ..core.fingerprint import Fingerprint, fingerprint_of
from ..core.members import Member, claimed_instant
from ..core.stories.terms import Terms, terms_of

MOST_TEXT = 8_000_000
"""Characters; a 5 MB page is stored, a book is refused."""
FETCHED_FROM, FETCHED_TO = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL, which PostgreSQL refuses, and halves of surrogate pairs, which are no text."""
REPLACEMENT = "\ufffd"
NUL_IN_JSON = "\\u0000"
PACK_LEVEL = 1  # a third of the size for a tenth of a millisecond
LONGEST_URL = 8_000
LONGEST_TOPIC = 64
LONGEST_NAMES = {"fetch_id": 64, "page_hash": 64, "engine": 64, "template": 64, "language": 16}


@dataclass(frozen=True)
class Incoming:
    """An article as it enters a claim. `message` is the cleaned one; `outlet` the name subscribers read.

    `body` and `ledger` are the message as JSON, the blocks apart. `traceparent` is what its announcements carry, empty
    where nobody traces.
    """

    message: NormalizedArticle
    member: Member
    fingerprint: Fingerprint
    outlet: str
    body: str
    ledger: str
    traceparent: str = ""

    @property
    def topic(self) -> str:
        """The topic whose stories the article belongs to: its surest one, "" where it has none."""
        best = max(self.message.topics, key=lambda match: match.score, default=None)
        return best.topic if best else ""

    @cached_property
    def packed_body(self) -> bytes:
        """The message as it came, without its ledger, compressed."""
        return pack(self.body)

    @cached_property
    def packed_ledger(self) -> bytes:
        """The ledger, compressed."""
        return pack(self.ledger)

    @cached_property
    def terms(self) -> Terms:
        """What the article's story is recognised by."""
        return terms_of(self.member.title, self.member.text, self.member.language)


def incoming_of(message: NormalizedArticle) -> Incoming:
    """Work out who the article is. Raises Unprocessable naming the field that cannot be stored."""
    cleaned, body, ledger = _cleaned(message)
    _refuse_the_unstorable(cleaned)
    published_at, day_only = claimed_instant(cleaned.published)
    host = outlet_host(cleaned.canonical_url)
    member = Member(
        article_id=article_id_of(cleaned.canonical_url),
        canonical_url=cleaned.canonical_url,
        outlet_group=cleaned.source.outlet if cleaned.source else host,
        title=cleaned.title,
        text=cleaned.text,
        first_seen=cleaned.fetched_at,
        fetched_at=cleaned.fetched_at,
        fetch_id=cleaned.fetch_id,
        page_hash=cleaned.page_hash,
        published_at=published_at,
        published_day_only=day_only,
        engine=cleaned.engine,
        template=cleaned.template,
        language=cleaned.language,
        is_replay=cleaned.replayed,
    )
    outlet = cleaned.source.outlet if cleaned.source else cleaned.outlet or host
    return Incoming(cleaned, member, fingerprint_of(cleaned.title, cleaned.text), outlet, body, ledger)


def outlet_host(canonical_url: str) -> str:
    """The host, with its port where it has one: who publishes, where no source says so."""
    return urlsplit(canonical_url).netloc.rpartition("@")[2]


def pack(text: str) -> bytes:
    """Compressed text, as revisions keep it."""
    return zlib.compress(text.encode(), PACK_LEVEL)


def _cleaned(message: NormalizedArticle) -> tuple[NormalizedArticle, str, str]:
    """The message as it can be stored, and its JSON: that of what it says, and that of its ledger."""
    if message.fetched_at.tzinfo is not None:
        try:
            body, ledger = _json_of(message)
        except PydanticSerializationError:  # half of a surrogate pair
            body = ledger = NUL_IN_JSON
        if NUL_IN_JSON not in body and NUL_IN_JSON not in ledger:
            return message, body, ledger
    plain = _replaced(message.model_dump())
    plain["fetched_at"] = (
        message.fetched_at if message.fetched_at.tzinfo else message.fetched_at.replace(tzinfo=UTC)
    )
    cleaned = NormalizedArticle.model_validate(plain)
    return cleaned, *_json_of(cleaned)


def _json_of(message: NormalizedArticle) -> tuple[str, str]:
    return message.model_dump_json(exclude={"ledger"}), message.model_dump_json(include={"ledger"})


def _replaced(value: Any) -> Any:
    if isinstance(value, str):
        return UNSTORABLE.sub(REPLACEMENT, value)
    if isinstance(value, dict):
        return {name: _replaced(part) for name, part in value.items()}
    return [_replaced(part) for part in value] if isinstance(value, (list, tuple)) else value


def _refuse_the_unstorable(message: NormalizedArticle) -> None:
    if not FETCHED_FROM <= message.fetched_at < FETCHED_TO:
        raise Unprocessable(f"fetched_at is {message.fetched_at.isoformat()}; allowed: 1990 to 2099")
    if len(message.text) > MOST_TEXT:
        raise Unprocessable(f"text has {len(message.text)} characters; allowed: {MOST_TEXT}")
    if not message.canonical_url.startswith(("https://", "http://")) or not outlet_host(
        message.canonical_url
    ):
        raise Unprocessable(
            f"canonical_url is {message.canonical_url[:200]!r}; allowed: an http(s) URL with a host"
        )
    if len(message.canonical_url) > LONGEST_URL:
        raise Unprocessable(
            f"canonical_url has {len(message.canonical_url)} characters; allowed: {LONGEST_URL}"
        )
    for match in message.topics:
        if len(match.topic) > LONGEST_TOPIC:
            raise Unprocessable(f"topics: a name has {len(match.topic)} characters; allowed: {LONGEST_TOPIC}")
    for name, longest in LONGEST_NAMES.items():
        value = getattr(message, name) or ""
        if len(value) > longest:
            raise Unprocessable(f"{name} has {len(value)} characters; allowed: {longest}")
