"""Governed words as approved requests would have made them."""

from typing import Any

from common.actors import SYSTEM
from taxonomy.models import DefinitionVersion
from taxonomy.services.definition_enactment import enact_definition, put_away_definition

WORDS: dict[str, dict[str, Any]] = {
    "lead": {"name": "Lead", "definition": "A household that has asked us to call.", "function": "marketing",
             "abbreviations": ["MQL"], "synonyms": [{"word": "enquiry", "team": "Desk"}], "avoid": ["hot name"]},
    "opportunity": {"name": "Qualified opportunity", "definition": "A lead that wants a price.", "function": "sales"},
    "household": {"name": "Household", "definition": "People who share one loyalty card.", "function": "product"},
}  # fmt: skip


def enact_word(key: str, *, kind: str = "term", base: int | None = None, **given: Any) -> DefinitionVersion:
    """A word created, or changed from version `base`."""
    return enact_definition(
        actor=SYSTEM,
        kind="create" if base is None else "change",
        definition_type=kind,
        key=key,
        content={**WORDS.get(key, {}), **given},
        rationale="So that all say the same.",
        base_version=base,
        request_ref="set-up",
    )


def put_away(key: str, *, base: int = 1, heir: str | None = None, is_final: bool = False) -> None:
    """A term deprecated, or retired."""
    put_away_definition(
        actor=SYSTEM,
        definition_type="term",
        key=key,
        base_version=base,
        successor_key=heir,
        is_final=is_final,
        request_ref="set-up",
    )


def enact_words() -> None:
    """All of them, a metric and a guideline."""
    for key in WORDS:
        enact_word(key)
    enact_word("share-kept", kind="metric", name="Share kept", definition="Households still there.", unit="%")
    enact_word("ethics", kind="guideline", name="Fair", definition="Be fair.", questions=["Is it fair?"])
