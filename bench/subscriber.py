"""A subscriber's reading: entries per second through a consumer group, typed by pydantic, by msgspec, and untyped."""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
from redis import Redis

from bench.export import rows_of
from services.console.local.embedded_valkey import start_valkey
from services.contracts.events import parse_event

STREAM, GROUP, CONSUMER = "articles.cleaned", "bench", "one"
TARGET_PER_SECOND = 10_000
AT_ONCE = 500

Parse = Callable[[Mapping[bytes, bytes]], object]


class Match(msgspec.Struct):
    """A topic match, as far as msgspec needs telling."""

    topic: str
    score: float
    evidence: list[str] = []


class Article(msgspec.Struct):
    """The fields a subscriber uses most, typed; the others are skipped unread, which favours msgspec."""

    article_id: str
    canonical_id: str
    revision: int
    url: str
    outlet: str
    text: str
    title: str | None = None
    topics: list[Match] = []


def by_pydantic(fields: Mapping[bytes, bytes]) -> object:
    """What the wheel cleanwire-contracts does: the event and every field of its data, validated."""
    return parse_event(fields)


def by_msgspec(fields: Mapping[bytes, bytes], decoder: Any = msgspec.json.Decoder(Article)) -> object:  # noqa: B008
    """The attributes as text, the data as a struct."""
    return fields[b"id"].decode(), decoder.decode(fields[b"data"])


def untyped(fields: Mapping[bytes, bytes]) -> object:
    """The standard library's JSON."""
    return fields[b"id"].decode(), json.loads(fields[b"data"])


PARSERS: dict[str, Parse] = {"pydantic": by_pydantic, "msgspec": by_msgspec, "json": untyped}


def fill(redis: "Redis", entries: int) -> None:
    """Put entries of 5 KB on the stream."""
    pipeline = redis.pipeline(transaction=False)
    for number, row in enumerate(rows_of(entries)):
        pipeline.xadd(STREAM, json.loads(str(row["fields"])))
        if number % 1_000 == 999:
            pipeline.execute()
    pipeline.execute()


def read_all(redis: "Redis", parse: Parse) -> tuple[int, float]:
    """Read, parse and acknowledge everything in a new group; how many, and the seconds it took."""
    redis.xgroup_create(STREAM, GROUP, "0")
    count, began = 0, time.perf_counter()
    while entries := _next_entries(redis):
        for _, fields in entries:
            parse(fields)
        redis.xack(STREAM, GROUP, *(entry_id for entry_id, _ in entries))
        count += len(entries)
    seconds = time.perf_counter() - began
    redis.xgroup_destroy(STREAM, GROUP)
    return count, seconds


def _next_entries(redis: "Redis") -> list[tuple[bytes, Mapping[bytes, bytes]]]:
    reply: Any = redis.xreadgroup(GROUP, CONSUMER, {STREAM: ">"}, count=AT_ONCE)
    return reply[0][1] if reply else []


def main(arguments: list[str]) -> int:
    """Exit code 0 where the typed reading of the wheel meets its target."""
    parser = argparse.ArgumentParser(prog="./run bench subscriber", description=__doc__)
    parser.add_argument("--entries", type=int, default=50_000)
    chosen = parser.parse_args(arguments)
    met = False
    with tempfile.TemporaryDirectory(prefix="cleanwire-bench-") as folder:
        server = start_valkey(Path(folder), maxmemory="2gb")
        try:
            with Redis.from_url(server.url) as redis:
                fill(redis, chosen.entries)
                for name, parse in PARSERS.items():
                    count, seconds = min((read_all(redis, parse) for _ in range(3)), key=lambda run: run[1])
                    rate = round(count / seconds)
                    met = met or (name == "pydantic" and rate >= TARGET_PER_SECOND)
                    print(json.dumps({"typed_by": name, "entries": count, "per_second": rate}))
        finally:
            server.stop()
    print(json.dumps({"target_per_second": TARGET_PER_SECOND, "met": met}))
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
