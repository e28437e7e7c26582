"""What a topic's new snapshot costs, and what claims beside it wait: `./run bench story_refresh --articles 30000`."""

import argparse
import asyncio
import hashlib
import os
import random
import resource
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from bench.sameness_data import print_table
from bench.store.messages import make_message, make_words
from services.runtime.collector import spare_what_is_there
from services.store.archive import Archive
from services.store.claim.incoming import Incoming, incoming_of
from services.store.core.stories.terms import pack_terms, terms_of
from services.store.database.migrate import migrate
from services.store.database.opening import Database, open_database
from services.store.database.schema import day_of, story, story_member, story_state

TOPIC = ""
EVENT_WORDS, REPORTS = 60, 6
"""Articles come in sixes that share sixty words of their own; they are in one story, or scattered, as nobody has weighed them."""
ALONE_S, PAUSE_S = 5.0, 0.05
TURN_S = 0.005
MOST_CLAIMS = 2_000


@dataclass
class Waits:
    """Milliseconds that claims took, one every twentieth of a second, and that the loop came late meanwhile.

    `claims_own` and `loop_own` are the CPU that this process spent meanwhile, in all its threads: what was waited for that
    it did itself, whatever else the machine did.
    """

    claims: list[float] = field(default_factory=list)
    claims_own: list[float] = field(default_factory=list)
    loop: list[float] = field(default_factory=list)
    loop_own: list[float] = field(default_factory=list)

    async def claim(self, archive: Archive, incoming: Incoming) -> None:
        """Claim one article."""
        began, began_own = time.perf_counter(), time.process_time()
        await archive.claim(incoming)
        self.claims.append(1e3 * (time.perf_counter() - began))
        self.claims_own.append(1e3 * (time.process_time() - began_own))

    async def turn(self) -> None:
        """Turn the loop for ever, noting how late each turn came."""
        while True:
            began, began_own = time.perf_counter(), time.process_time()
            await asyncio.sleep(TURN_S)
            self.loop.append(1e3 * (time.perf_counter() - began - TURN_S))
            self.loop_own.append(1e3 * max(0.0, time.process_time() - began_own - TURN_S))

    def rows(self, name: str) -> list[tuple[str, ...]]:
        """The lines of the table."""
        kinds = (
            ("claim", self.claims),
            ("claim, CPU", self.claims_own),
            ("loop late", self.loop),
            ("loop late, CPU", self.loop_own),
        )
        return [(f"{kind}, {name}", *_spread(some)) for kind, some in kinds]


async def measure(folder: Path, articles: int, *, scattered: bool) -> None:
    """Fill an archive with scattered articles, claim alone, then beside the refresh; print what it took."""
    database = open_database(f"sqlite:///{folder / 'archive.db'}")
    await migrate(database)
    await _fill(database, articles, 1 if scattered else REPORTS)
    archive = Archive(database)
    rng = random.Random(1)
    incomings = [incoming_of(make_message(number, rng)) for number in range(MOST_CLAIMS)]
    spare_what_is_there()  # as the store does at its start
    before = _peak_mb()
    loaded = await _timed(archive.stories.prepare(TOPIC, day_of(datetime.now(UTC))))
    held = _peak_mb()
    alone = await _claims_beside(archive, incomings, asyncio.sleep(ALONE_S))
    began = time.process_time()
    beside = await _claims_beside(archive, incomings, archive.weigh_stories_anew())
    refreshed_s = time.process_time() - began
    await database.close()
    head = ("articles", "loaded, CPU s", "refreshed, CPU s", "MB before", "loaded", "refreshed", "load")
    load = os.getloadavg()[0]
    print_table(
        "a refresh on SQLite, claims beside it",
        head,
        [(articles, loaded, refreshed_s, before, held, _peak_mb(), load)],
    )
    print_table(
        "milliseconds that claims took and that the event loop came late, and of CPU that this process spent meanwhile",
        ("", "p50", "p90", "p99", "most"),
        [*alone.rows("alone"), *beside.rows("beside")],
    )


async def _fill(database: Database, articles: int, together: int) -> None:
    """Articles in stories of so many, and not weighed yet."""
    today, rng = day_of(datetime.now(UTC)), random.Random(2)
    own: list[str] = []

    def fill(connection: Connection) -> None:
        nonlocal own
        members: list[dict[str, Any]] = []
        for number in range(articles):
            if number % REPORTS == 0:
                own = [f"e{number}w{place}" for place in range(EVENT_WORDS)]
            words = [*rng.sample(own, EVENT_WORDS - 10), *make_words(220, rng)]
            rng.shuffle(words)
            terms = pack_terms(terms_of(" ".join(words[:8]), " ".join(words[8:]), "en"))
            article_id = hashlib.blake2b(str(number).encode(), digest_size=16).hexdigest()
            row = {"article_id": article_id, "story_id": 1 + number // together, "terms": terms, "day": today}
            members.append({"topic": TOPIC, **row})
        now = datetime.now(UTC)
        stories = sorted({row["story_id"] for row in members})
        begun = [{"topic": TOPIC, "story_id": story_id, "started_at": now} for story_id in stories]
        connection.execute(insert(story_member), members)
        connection.execute(insert(story), begun)
        state = {"topic": TOPIC, "seq": 1, "next_story_id": articles + 1, "snapshot": 0}
        connection.execute(insert(story_state), state)

    await database.write(fill)


async def _claims_beside(archive: Archive, incomings: list[Incoming], work: Any) -> Waits:
    """Claim one article after another, with a pause, until `work` is done."""
    waits, done = Waits(), asyncio.ensure_future(work)
    turning = asyncio.ensure_future(waits.turn())
    while not done.done() and incomings:
        await waits.claim(archive, incomings.pop())
        await asyncio.sleep(PAUSE_S)
    await done
    turning.cancel()
    return waits


async def _timed(work: Any) -> float:
    began = time.process_time()
    await work
    return time.process_time() - began


def _spread(waits: list[float]) -> list[str]:
    ordered = sorted(waits) or [float("nan")]
    return [
        f"{ordered[min(int(len(ordered) * share), len(ordered) - 1)]:.1f}" for share in (0.5, 0.9, 0.99, 1)
    ]


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024


def main(argv: list[str]) -> int:
    """Measure once."""
    parser = argparse.ArgumentParser(prog="./run bench story_refresh", description=__doc__)
    parser.add_argument("--articles", type=int, default=30_000)
    parser.add_argument(
        "--scattered", action="store_true", help="every article in a story of its own at first"
    )
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), options.articles, scattered=options.scattered))
    return 0
