"""Parts that several pages of the taxonomy share: the place in the tree and the filters in the address."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from taxonomy.models import SegmentVersion
from taxonomy.selectors import Overview, branches, lineage, narrowed, tree_for
from taxonomy.web.forms import TreeFilter

Crumb = dict[str, str]


def crumbs_to(version: SegmentVersion, *further: Crumb) -> list[Crumb]:
    """The place of a segment in the taxonomy, from the root, and what follows below its page."""
    return _crumbs(lineage(version.segment), version, *further)


def crumbs_of(overview: Overview) -> list[Crumb]:
    """The place of a segment whose overview was read already."""
    return _crumbs(overview.ancestors, overview.version)


def _crumbs(above: list[SegmentVersion], version: SegmentVersion, *further: Crumb) -> list[Crumb]:
    return [
        {"label": "Taxonomy", "href": reverse("taxonomy:tree")},
        *(
            {"label": each.name, "href": reverse("taxonomy:segment", args=[each.segment.key])}
            for each in (*above, version)
        ),
        *further,
    ]


def tree_found(viewer: Any, form: TreeFilter) -> dict[str, Any]:
    """The tree as far as it fits the form: nested rows, the keys left out, how many rows fit, how many there are."""
    rows = tree_for(viewer)
    wanted = form.narrowing()
    found = narrowed(rows, wanted)
    shown = {row.key for row in found}
    return {
        "branches": branches(found),
        "unseen": [row.key for row in rows if row.key not in shown],
        "fitting": sum(wanted.fits(row) for row in rows),
        "total": len(rows),
    }


def filter_chips(form: TreeFilter) -> list[dict[str, str]]:
    """What narrows the tree now, each with the address without it."""
    given = form.given
    return [
        {
            "label": _said(form, name, value),
            "remove_href": "?" + urlencode({k: v for k, v in given.items() if k != name}),
        }
        for name, value in given.items()
    ]


def _said(form: TreeFilter, name: str, value: str) -> str:
    if name == "q":
        return f"Contains “{value}”"
    field: Any = form.fields[name]
    return f"{field.label}: {dict(field.choices)[value]}"
