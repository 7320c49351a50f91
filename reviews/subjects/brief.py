"""Briefs under review."""

from typing import ClassVar

from reviews.subjects.documents import DocumentSubject
from training.selectors import checked_content, learner_count, live_content
from training.services.enactment import enact_brief, retire_brief


class BriefSubject(DocumentSubject):
    """What newcomers learn about a segment: the brief with its walkthrough."""

    type = "brief"
    noun = "brief"
    page = "training:brief"
    labels: ClassVar[dict[str, str]] = {
        "rationale": "Rationale",
        "data_sources": "Where the data comes from",
        "rule_explained": "The rule explained",
        "how_to_use": "How to use it",
        "dos": "Do",
        "donts": "Do not",
        "walkthrough": "Walkthrough",
    }

    def __init__(self) -> None:
        super().__init__(
            live_content=live_content,
            checked_content=checked_content,
            enact=enact_brief,
            retire=retire_brief,
            readers=_readers,
        )


def _readers(key: str) -> str:
    """Who learns from it, in a sentence."""
    begun, completed = learner_count(key)
    said = f"{_people(begun)} in its walkthrough, and {_people(completed)} through it."
    return f"{said[0].upper()}{said[1:]}"


def _people(count: int) -> str:
    return "nobody is" if not count else "1 person is" if count == 1 else f"{count} people are"
