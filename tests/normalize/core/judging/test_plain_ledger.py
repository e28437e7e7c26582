"""The ledger is plain values until somebody looks into it; what is sent is the contract's message to the byte."""

from datetime import UTC, datetime

from services.contracts.messages import Block, NormalizedArticle, RawArticle
from services.normalize import Extraction, extract
from services.normalize.core.judging.ledger import LedgerLine
from services.normalize.core.normalized import normalized_article
from services.runtime.envelope import json_of

PAGE = (
    "<html><head><title>The ferry leaves</title></head><body><ul><li><a href=/a>Sport and letters</a></li></ul><article>"
    "<h1>The ferry leaves</h1>"
    + "".join(
        f'<p>Ferry number {n} left the «old harbour» with {n} loads of "timber" because its crew had waited, the harbour said.</p>'
        for n in range(6)
    )
    + "</article></body></html>"
)


def extraction() -> Extraction:
    found = extract(PAGE.encode(), "https://ledger.example/a", "text/html")
    assert isinstance(found, Extraction)
    return found


def test_lines_have_the_fields_of_the_contracts_block_in_their_order() -> None:
    assert list(LedgerLine.__annotations__) == list(Block.model_fields)
    assert all(list(line) == list(Block.model_fields) for line in extraction().ledger)


def test_blocks_say_what_the_lines_say() -> None:
    found = extraction()
    assert [block.model_dump() for block in found.blocks] == list(found.ledger)
    assert found.as_dict()["blocks"] == list(found.ledger)


def test_written_article_is_the_contracts_message_to_the_byte() -> None:
    raw = RawArticle(
        fetch_id="f1",
        url="https://ledger.example/a",
        final_url="https://ledger.example/a",
        fetched_at=datetime(2026, 1, 5, tzinfo=UTC),
        page_hash="0" * 64,
    )
    written = normalized_article(raw, extraction(), ())
    assert isinstance(written, NormalizedArticle)
    assert len(written.ledger) > 6
    read = NormalizedArticle.model_validate_json(json_of(written))
    assert read.ledger == extraction().blocks
    assert json_of(written).decode() == read.model_dump_json()
