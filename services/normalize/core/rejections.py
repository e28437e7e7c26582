"""Why a page is no article for us: an expected outcome, never an exception."""

from dataclasses import dataclass
from typing import Literal

RejectionReason = Literal[
    "too short",
    "not an article",
    "off topic",
    "consent wall",
    "block page",
    "soft 404",
    "not text",
    "engine error",
]


@dataclass(frozen=True, slots=True)
class Rejection:
    """A page that is no article: the reason from the closed list, and what showed it in words."""

    reason: RejectionReason
    detail: str
