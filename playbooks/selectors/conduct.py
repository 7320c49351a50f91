"""What the playbooks in force say to do, channel by channel, for the tables of what applies where."""

from typing import Any

from django.urls import reverse

from aims.selectors import Conduct, Guidance
from playbooks.selectors.reading import playbooks_for


def conduct(viewer: Any) -> list[Conduct]:
    """What we do for each segment that has a playbook which the viewer may read; one query."""
    found = []
    for version in playbooks_for(viewer=viewer):
        key = version.playbook.segment.key
        content = version.content
        found.append(
            Conduct(
                segment_key=key,
                title=f"Playbook, version {version.number}",
                url=reverse("playbooks:playbook", args=[key]),
                messages=tuple(row["text"] for row in content.get("messages") or []),
                guidance=tuple(Guidance(row["channel"], row["guidance"]) for row in content.get("channels") or []),
            )
        )
    return found
