"""The texts of playbooks that are in force, for looking up the words that they use."""

from collections.abc import Iterator

from django.urls import reverse

from common.uses import TextInForce
from playbooks.choices import VersionState
from playbooks.models import PlaybookVersion
from taxonomy.selectors import headings
from taxonomy.selectors.word_faults import prose_of


def texts_in_force() -> Iterator[TextInForce]:
    """Every playbook in force as one text, by segment."""
    rows = PlaybookVersion.objects.filter(state=VersionState.ACTIVE).select_related("playbook__segment")
    found = list(rows.order_by("playbook__segment__key"))
    names = headings(row.playbook.segment.key for row in found)
    for row in found:
        key = row.playbook.segment.key
        yield TextInForce("Playbook", f"Playbook of {names[key].name}", reverse("playbooks:playbook", args=[key]),
                          prose_of("playbook", row.content))  # fmt: skip
