"""Publishes fetch requests on behalf of an operator."""

import json
from collections.abc import Sequence

import typer

from services.contracts.identities import article_id_of, canonical_url
from services.contracts.messages import FetchRequest
from services.contracts.streams import FETCH_REQUESTS
from services.runtime.wire import publish

from .connection import connected
from .exits import CommandError
from .settings import ConsoleSettings


async def submit_urls(settings: ConsoleSettings, urls: Sequence[str], why: str, *, as_json: bool) -> None:
    """Publish one request per URL, all or none, and print each entry's id. Raises CommandError."""
    asked = [(url, article_id_of(_canonical(url))) for url in urls]
    async with connected(settings) as redis:
        for url, article_id in asked:
            entry_id = await publish(redis, FETCH_REQUESTS, FetchRequest(url=url, kind="article", why=why))
            told = {"url": url, "article_id": article_id, "entryid": entry_id, "stream": FETCH_REQUESTS}
            typer.echo(json.dumps(told) if as_json else f"{entry_id}  {url}  article {article_id}")


def _canonical(url: str) -> str:
    try:
        return canonical_url(url)
    except ValueError as error:
        raise CommandError.usage(
            str(error), "nothing was submitted; give full addresses: https://example.org/page"
        ) from None
