"""With FastStream: the body is typed; the attributes come from the raw message, for `data` is FastStream's."""

import os
from typing import Any

from faststream import FastStream
from faststream.redis import RedisBroker, RedisStreamMessage, StreamSub

from cleanwire_contracts.messages import CleanArticle, WithdrawnArticle

URL, GROUP = os.environ["CLEANWIRE_SUBSCRIBER_URL"], os.environ["CLEANWIRE_SUBSCRIBER_GROUP"]
STREAM, ME = "articles.cleaned", "desk-1"
broker = RedisBroker(URL)
app = FastStream(broker)
states: dict[str, tuple[int, bool]] = {}  # subject → the state handled; keep it where your articles are

# FastStream reads each entry once: what failed, or was under way at a crash, comes back through the second one.
new = broker.subscriber(stream=StreamSub(STREAM, group=GROUP, consumer=ME, max_records=100))
again = broker.subscriber(stream=StreamSub(STREAM, group=GROUP, consumer=f"{ME}-again", min_idle_time=30_000))


def is_article(message: RedisStreamMessage) -> bool:
    return message.raw_message["data"].get(b"type", b"").startswith(b"cleanwire.article.")


@new(filter=is_article)
@again(filter=is_article)
async def on_article(article: CleanArticle | WithdrawnArticle, message: RedisStreamMessage) -> None:
    subject = message.raw_message["data"][b"subject"].decode()
    state = (article.revision, isinstance(article, WithdrawnArticle))
    if state > states.get(subject, (0, False)):  # else a repeat, or an older state
        states[subject] = state
        print("withdrawn" if state[1] else "article", article.url, article.revision, flush=True)


@new
@again
async def on_what_the_future_brings(body: Any) -> None:
    """A type of the future is acknowledged and skipped."""
