"""`articles.normalized` as the store reads it: the same message, its ledger checked but not made into objects."""

from typing import NotRequired

from typing_extensions import TypedDict

from services.contracts.messages import NormalizedArticle


class LedgerLine(TypedDict):
    """A block of the page as plain values; the fields are those of `contracts.messages.Block`."""

    text: str
    kind: NotRequired[str]
    kept: bool
    reason: str
    rule: NotRequired[str]
    score: NotRequired[float | None]


class ArrivedArticle(NormalizedArticle):
    """A normalised article. The store keeps the ledger and never looks into it: two hundred objects a page are not made."""

    ledger: tuple[LedgerLine, ...] = ()  # type: ignore[assignment]
