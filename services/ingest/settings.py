"""The settings of ingest, each read from the environment as CLEANWIRE_<NAME>."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from services.runtime.settings import ServiceSettings

HOST_AND_PORT = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\s:/\[\]]+):\d{1,5}")


def _host_and_port(entry: str) -> str:
    if not HOST_AND_PORT.fullmatch(entry):
        raise ValueError(
            f"{entry!r} is not host:port; allowed: a comma-separated list such as 127.0.0.1:8080,news.test:80"
        )
    return entry.lower()


def _contact(contact: str) -> str:
    if not (
        contact.startswith(("http://", "https://", "mailto:")) or re.fullmatch(r"[^@\s]+@[^@\s]+", contact)
    ):
        raise ValueError("must be an e-mail address or a URL where a site's owner reaches you")
    if not contact.isascii() or not contact.isprintable():
        raise ValueError("must be plain ASCII: it stands in the User-Agent header")
    return contact


class IngestSettings(ServiceSettings):
    """`contact` has no default: whoever asks the web for pages says who they are."""

    sources_file: Path = Path("deploy/sources.toml")
    topics_dir: Path = Path("deploy/topics")
    allow_private_hosts: frozenset[Annotated[str, AfterValidator(_host_and_port)]] = frozenset()
    contact: Annotated[str, AfterValidator(_contact)]
    feed_window_days: float = Field(default=7.0, gt=0, le=3_650)
    host_gap_s: float = Field(default=5.0, ge=0.0, le=3_600)

    @property
    def user_agent(self) -> str:
        """Who we are, as servers see it."""
        return f"Cleanwire/0.1 (+{self.contact})"
