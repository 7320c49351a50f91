"""Briefs under review."""

from typing import ClassVar

from reviews.subjects.documents import DocumentSubject
from training.selectors import checked_content, live_content
from training.services.enactment import enact_brief


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
        super().__init__(live_content=live_content, checked_content=checked_content, enact=enact_brief)
