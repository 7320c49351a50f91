"""Tables of the playbooks."""

from playbooks.models.playbook import Playbook, PlaybookVersion
from playbooks.models.upkeep import ContentReview, ReadReceipt

__all__ = ["ContentReview", "Playbook", "PlaybookVersion", "ReadReceipt"]
