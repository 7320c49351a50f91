"""The texts of briefs that are in force, for looking up the words that they use."""

from collections.abc import Iterator

from django.urls import reverse

from common.uses import TextInForce
from taxonomy.selectors import headings
from taxonomy.selectors.word_faults import prose_of
from training.choices import VersionState
from training.models import BriefVersion


def texts_in_force() -> Iterator[TextInForce]:
    """Every brief in force as one text, by segment."""
    rows = BriefVersion.objects.filter(state=VersionState.ACTIVE).select_related("brief__segment")
    found = list(rows.order_by("brief__segment__key"))
    names = headings(row.brief.segment.key for row in found)
    for row in found:
        key = row.brief.segment.key
        yield TextInForce("Brief", f"Brief of {names[key].name}", reverse("training:brief", args=[key]),
                          prose_of("brief", row.content))  # fmt: skip
