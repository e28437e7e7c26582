"""How dead letters are told: as objects for programs, as lines for people, and what their contract objects to."""

import difflib
import json
from typing import Any

from pydantic import BaseModel, ValidationError

from services.contracts.failures import Unprocessable
from services.contracts.messages import FetchRequest, NormalizedArticle, RawArticle
from services.contracts.streams import ARTICLES_NORMALIZED, ARTICLES_RAW, FETCH_BACKFILL, FETCH_REQUESTS
from services.runtime.bodies import body_of
from services.runtime.delivery.dead import DeadGroup, DeadLetter
from services.runtime.envelope import DATA_KEY

MESSAGE_OF: dict[str, type[BaseModel]] = {
    FETCH_REQUESTS: FetchRequest,
    FETCH_BACKFILL: FetchRequest,
    ARTICLES_RAW: RawArticle,
    ARTICLES_NORMALIZED: NormalizedArticle,
}
REASON_CHARS = 160


def objections(when: str, stream: str, body: Any) -> list[str]:
    """What the contract of `stream` objects to in `body`, one line per field."""
    try:
        MESSAGE_OF[stream].model_validate_json(json.dumps(body))
    except ValidationError as error:
        return [f"{when}: {'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in error.errors()]
    return [f"{when}: keeps to the contract of {stream}"]


def changes(before: Any, after: Any) -> list[str]:
    """The two bodies as a unified diff."""
    old, new = (json.dumps(body, ensure_ascii=False, indent=2).splitlines() for body in (before, after))
    return list(difflib.unified_diff(old, new, "as it came", "patched", lineterm="", n=1))


def readable_body(letter: DeadLetter) -> Any:
    """The letter's body as JSON values; `{"unreadable": reason}` where it has none."""
    try:
        return body_of(letter.fields)
    except Unprocessable as error:
        return {"unreadable": error.reason}


def field_sizes(letter: DeadLetter) -> dict[str, str]:
    """The other fields of the entry (a page, say) and their sizes."""
    names = (name for name in letter.fields if name != DATA_KEY)
    return {name.decode(errors="replace"): f"{len(letter.fields[name])} bytes" for name in names}


def letter_object(letter: DeadLetter) -> dict[str, Any]:
    """The letter without its body."""
    return {
        "letter": f"{letter.stream}/{letter.id}",
        "cause": letter.fingerprint,
        "reason": letter.reason,
        "count": letter.count,
        "first": letter.first.isoformat(),
        "last": letter.last.isoformat(),
        "group": letter.group,
        "consumer": letter.consumer,
        "entryid": letter.entry_id,
    }


def group_object(group: DeadGroup) -> dict[str, Any]:
    """A cause with the addresses of its letters."""
    return {
        "stream": group.stream,
        "cause": group.fingerprint,
        "count": group.count,
        "first": group.first.isoformat(),
        "last": group.last.isoformat(),
        "reason": group.reason,
        "letters": [f"{group.stream}/{one}" for one in group.ids],
    }


def group_line(group: DeadGroup) -> str:
    """A cause in one line: its name, how many, first and last seen, its newest letter and reason."""
    newest, seen = (
        f"{group.stream}/{group.ids[-1]}",
        f"{group.first:%Y-%m-%d %H:%M} to {group.last:%Y-%m-%d %H:%M}",
    )
    return f"{group.fingerprint}  {group.count:>5}  {seen}  {newest}  {group.reason[:REASON_CHARS]}"
