"""What was seen at each site, in Redis: read before a page is judged, noted with its hand-off."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.normalize.core.site_template import (
    KEEP_DAYS,
    Sighting,
    apply_template,
    frame_is_gone,
    outdated,
    pack,
    sighting_of,
    template_version,
    unpack,
)
from services.normalize.extract import Extraction
from services.normalize.keys import site_sightings
from services.runtime.wire import emit_command

logger = structlog.get_logger()

FRESH_S = 60.0  # another process's sightings are seen after so long
MOST_HOSTS = 300  # sites whose sightings are held in memory
SECONDS_OF_DAY = 86_400


class SiteMemory:
    """The sightings of each host; `now` is the clock."""

    def __init__(self, redis: Redis, now: Callable[[], datetime]) -> None:
        self._redis = redis
        self._now = now
        self._held: OrderedDict[str, tuple[datetime, dict[str, Sighting]]] = OrderedDict()
        self._alarmed: set[str] = set()

    async def judge(self, host: str, article_id: str, found: Extraction) -> tuple[Extraction, str | None]:
        """An extraction less what is its site's, and the version of that knowledge if it cut anything.

        A page that it cuts nothing of has no version: it reads the same whatever was learnt meanwhile, so what changes
        on it is news. The page is noted for the next ones. Where Redis does not answer, the extraction as it is.
        """
        today = int(self._now().timestamp() // SECONDS_OF_DAY)
        own = sighting_of(article_id, today, found)
        try:
            known = await self._known(host)
        except (RedisError, OSError) as error:
            logger.warning("site_memory_away", host=host, reason=str(error))
            return found, None
        others = list(known.values())
        self._watch_frame(host, own, others)
        self._note(host, own, known, outdated([one for one in others if one.article != own.article], today))
        judged = apply_template(found, own, others)
        return judged, template_version(others) if judged.text != found.text else None

    async def _known(self, host: str) -> dict[str, Sighting]:
        held = self._held.get(host)
        if held and (self._now() - held[0]).total_seconds() < FRESH_S:
            self._held.move_to_end(host)
            return held[1]
        stored: Any = await self._redis.hgetall(site_sightings(host))  # bytes: the client decodes nothing
        read = (unpack(article.decode("ascii", "replace"), packed) for article, packed in stored.items())
        known = {one.article: one for one in read if one is not None}
        self._held[host] = (self._now(), known)
        while len(self._held) > MOST_HOSTS:
            self._held.popitem(last=False)
        return known

    def _note(self, host: str, own: Sighting, known: dict[str, Sighting], gone: list[str]) -> None:
        key = site_sightings(host)
        emit_command("HSET", key, own.article, pack(own))
        if gone:
            emit_command("HDEL", key, *gone)
        emit_command("EXPIRE", key, KEEP_DAYS * SECONDS_OF_DAY)
        known[own.article] = own
        for article in gone:
            known.pop(article, None)

    def _watch_frame(self, host: str, own: Sighting, others: list[Sighting]) -> None:
        """One alarm when a site's pages lose all that stood around their articles; silent until they look alike again."""
        if not frame_is_gone(own, others):
            self._alarmed.discard(host)
        elif host not in self._alarmed:
            self._alarmed.add(host)
            logger.warning("template_changed", host=host, articles_known=len(others))
