"""Playbooks under review."""

from typing import ClassVar

from playbooks.selectors import checked_content, live_content, reader_count
from playbooks.services.enactment import enact_playbook, retire_playbook
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
        super().__init__(
            live_content=live_content,
            checked_content=checked_content,
            enact=enact_playbook,
            retire=retire_playbook,
            readers=_readers,
        )


def _readers(key: str) -> str:
    """Who has read it, in a sentence."""
    count = reader_count(key)
    said = "Nobody has" if not count else "1 person has" if count == 1 else f"{count} people have"
    return f"{said} confirmed reading the version in force."
