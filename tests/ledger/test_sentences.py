"""Entries of the ledger as sentences."""

from types import SimpleNamespace

from ledger.sentences import sentence_of


def test_sentence_of__code_of_a_choice__said_in_words() -> None:
    payload = {"verdict": "request_changes", "function": "sales", "in_place": "", "request_id": 7}
    entry = SimpleNamespace(event="reviews.vote.cast", payload=payload)
    assert sentence_of(entry) == "voted request changes for sales on request 7"


def test_sentence_of__key_of_a_thing__left_as_it_is() -> None:
    entry = SimpleNamespace(event="reviews.request.submitted", payload={"board_key": "data_board"})
    assert "data_board" in sentence_of(entry)
