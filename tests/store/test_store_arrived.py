"""The message as the store reads it says what the contract says, field by field."""

import pytest
from pydantic import ValidationError

from services.contracts.messages import Block, NormalizedArticle
from services.store.arrived import ArrivedArticle, LedgerLine
from services.store.claim.incoming import incoming_of
from tests.store.builders import make_article


def test_ledger_line_has_the_fields_of_a_block_and_no_others():
    assert set(LedgerLine.__annotations__) == set(Block.model_fields)
    required = {name for name, field in Block.model_fields.items() if field.is_required()}
    assert LedgerLine.__required_keys__ == required


def test_arrived_article_is_stored_as_the_same_article():
    body = make_article().model_dump_json()
    expected = incoming_of(NormalizedArticle.model_validate_json(body))
    arrived = incoming_of(ArrivedArticle.model_validate_json(body))
    assert (arrived.body, arrived.ledger) == (expected.body, expected.ledger)
    assert (arrived.member, arrived.fingerprint) == (expected.member, expected.fingerprint)


def test_line_that_violates_the_contract_is_named():
    body = make_article().model_dump(mode="json")
    body["ledger"][1]["kept"] = "perhaps"
    with pytest.raises(ValidationError) as caught:
        ArrivedArticle.model_validate(body)
    assert caught.value.errors()[0]["loc"] == ("ledger", 1, "kept")


def test_nul_in_a_ledger_is_replaced_there_too():
    body = make_article().model_dump(mode="json")
    body["ledger"][0]["text"] = "Read\x00also"
    assert "\\u0000" not in incoming_of(ArrivedArticle.model_validate(body)).ledger
