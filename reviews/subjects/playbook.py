"""Playbooks under review."""

from typing import ClassVar

from playbooks.selectors import checked_content, live_content
from playbooks.services.enactment import enact_playbook
from reviews.subjects.documents import DocumentSubject


class PlaybookSubject(DocumentSubject):
    """What we do for a segment: the playbook that a representative reads."""

    type = "playbook"
    noun = "playbook"
    page = "playbooks:playbook"
    labels: ClassVar[dict[str, str]] = {
        "why": "Why this segment exists",
        "values": "What it values",
        "value_proposition": "Value proposition",
        "messages": "Messages",
        "channels": "Channels",
        "pricing": "Pricing",
        "objections": "Objections and answers",
        "decision_makers": "Decision makers",
        "triggers": "Buying triggers",
        "next_steps": "Next steps",
        "dos": "Do",
        "donts": "Do not",
    }

    def __init__(self) -> None:
        super().__init__(live_content=live_content, checked_content=checked_content, enact=enact_playbook)
