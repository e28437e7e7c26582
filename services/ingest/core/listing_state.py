"""What is remembered of one listing between two polls."""

from collections.abc import Mapping
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class ListingState:
    """Validators, body hash and pace of a listing; moments are Unix seconds, 0 where never."""

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    interval_s: float = 0.0
    polled_at: float = 0.0
    new_at: float = 0.0
    failures: int = 0

    @classmethod
    def of_fields(cls, stored: Mapping[str, str]) -> "ListingState":
        """Read the state from a Redis hash; unknown fields are ignored, missing ones take their default."""
        known = {field.name: field for field in fields(cls)}
        values: dict[str, str | float | int] = {}
        for name, value in stored.items():
            field = known.get(name)
            if field is not None:
                values[field.name] = _typed(value, field.default)
        return cls(**values)  # type: ignore[arg-type]

    def to_pairs(self) -> list[str | float | int]:
        """The state as field, value, field, value for HSET."""
        return [part for field in fields(self) for part in (field.name, getattr(self, field.name))]

    def validators(self) -> dict[str, str]:
        """The request headers that ask for news only: both validators, where the server gave both."""
        headers = {"if-none-match": self.etag, "if-modified-since": self.last_modified}
        return {name: value for name, value in headers.items() if value}


def _typed(text: str, default: object) -> str | float | int:
    try:
        if isinstance(default, int):
            return int(text)
        return float(text) if isinstance(default, float) else text
    except ValueError:
        return 0
