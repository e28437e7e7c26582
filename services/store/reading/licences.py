"""Which licence holds for an article of the archive, and what it keeps back of ledgers and differences."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from services.contracts.messages import Block, Licence, NormalizedArticle

from ..claim.record import unpack
from ..core.licence import licence_of
from ..database.schema import revision
from ..database.statements import among, listed

SHOWN_OF_DIFF = ("headline", "notice")


def licences_of(connection: Connection, numbers: Sequence[int]) -> dict[int, Licence]:
    """The licence of each article, by its row number: that of its newest state; `full` where all were forgotten."""
    bodies = (
        select(revision.c.number, revision.c.body)
        .where(among(connection.dialect.name, revision.c.number, "numbers"), revision.c.body.is_not(None))
        .order_by(revision.c.fetched_at)
    )
    newest = {
        row.number: row.body for row in connection.execute(bodies, {"numbers": listed(connection, numbers)})
    }
    found = {
        number: licence_of(NormalizedArticle.model_validate_json(unpack(body)))
        for number, body in newest.items()
    }
    return {number: found.get(number, "full") for number in numbers}


def licensed_diff(diff: dict[str, Any], licence: Licence) -> dict[str, Any]:
    """What a revision changed; of a text that may not be shown only the headline's change."""
    return diff if licence == "full" else {name: diff.get(name) for name in SHOWN_OF_DIFF}


def licensed_block(block: Block, licence: Licence) -> Block:
    """A line of the ledger; its words only where the whole text may be shown."""
    return (
        block if licence == "full" else block.model_copy(update={"text": f"(kept back: licence {licence})"})
    )
