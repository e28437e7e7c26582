"""Keeps a folder current: one file per article, replaced by its revisions, without text once withdrawn."""

import json
import os
from pathlib import Path

import redis

URL, GROUP = os.environ["CLEANWIRE_SUBSCRIBER_URL"], os.environ["CLEANWIRE_SUBSCRIBER_GROUP"]
TOPIC = os.environ.get("CLEANWIRE_SUBSCRIBER_TOPIC")
STREAM, ME = "articles.cleaned", "desk-1"  # the same name at every start gets its own entries back
FOLDER = Path("articles")


def keep(event: dict[str, str]) -> None:
    article, kept = json.loads(event["data"]), FOLDER / f"{event['subject']}.json"
    state = [article["revision"], event["type"].endswith(".withdrawn.v1")]
    if kept.exists():
        if state <= json.loads(kept.read_text())["state"]:
            return  # a repeat, or an older state
    elif TOPIC and TOPIC not in [match["topic"] for match in article.get("topics", [])]:
        return
    FOLDER.mkdir(exist_ok=True)
    new = kept.with_suffix(".new")
    new.write_text(json.dumps({"state": state, **article}))
    new.replace(kept)  # whole or not at all, and before the acknowledgement
    print(event["type"], article["url"], flush=True)


client = redis.Redis.from_url(URL, decode_responses=True, socket_timeout=30)  # longer than `block`
start = "0"  # first what an earlier run left unacknowledged, then what is new
while True:
    reply = client.xreadgroup(GROUP, ME, {STREAM: start}, count=100, block=5000)
    entries = reply[0][1] if reply else []
    for entry_id, event in entries:
        if event.get("type", "").startswith("cleanwire.article."):  # a type of the future is skipped
            keep(event)
        client.xack(STREAM, GROUP, entry_id)
    start = start if entries else ">"
