"""Which playbooks are in force, for whoever has to look at them again."""

from dataclasses import dataclass
from datetime import datetime

from playbooks.choices import VersionState
from playbooks.models import PlaybookVersion


@dataclass(frozen=True)
class PlaybookInForce:
    """One playbook by the key of its segment."""

    segment_key: str
    number: int
    enacted_at: datetime


def playbooks_in_force() -> list[PlaybookInForce]:
    """Every playbook in force, by the key of its segment; one query."""
    rows = PlaybookVersion.objects.filter(state=VersionState.ACTIVE).order_by("playbook__segment__key")
    facts = rows.values_list("playbook__segment__key", "number", "enacted_at")
    return [PlaybookInForce(*each) for each in facts]
