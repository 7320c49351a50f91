"""Whether the impact that a board signed still describes what would happen."""

from typing import Any

from customers.selectors import newest_build
from memberships import selectors as memberships
from memberships.measures.suppression import K, is_small
from reviews.choices import Kind, SubjectType
from reviews.models import ChangeRequest, Impact
from reviews.selectors.requests import current_impact
from taxonomy import selectors as taxonomy

_WORDS = {"entering": "it said that would enter", "leaving": "it said that would leave", "total": "its size was"}
_COUNTS = tuple(_WORDS)


def impact_has_expired(request: ChangeRequest) -> str | None:
    """Why the signed impact no longer holds, in a sentence without its full stop; None while it does.

    It holds while the policy names no `tolerance`, on the build it was computed on, and while no count has moved by
    more than that share of the members that it was about.
    """
    impact = current_impact(request)
    if impact is None or not _is_counted(request, impact):
        return None
    tolerance = request.board.policy.get("tolerance")
    build = newest_build()
    if tolerance is None or build is None or build.digest == impact.record.get("digest_of_build"):
        return None
    found = _recounted(request)
    if found.not_computed_reason:
        return None
    worst, share = _moved(impact.record, found)
    if share <= float(tolerance):
        return None
    return (
        f"the impact has expired: {_WORDS[worst]} {shown(impact.record[worst])}, now it would be "
        f"{shown(getattr(found, worst))}, further off than the {float(tolerance):.0%} that the policy lets pass"
    )


def shown(count: int) -> str:
    """The count as everybody may read it."""
    return f"fewer than {K}" if is_small(count) else f"{count:,}"


def _is_counted(request: ChangeRequest, impact: Impact) -> bool:
    is_rule = request.subject_type == SubjectType.SEGMENT and request.kind not in (Kind.RETIRE, Kind.SPLIT, Kind.MERGE)
    record = impact.record
    return is_rule and bool(record.get("computed")) and all(isinstance(record.get(name), int) for name in _COUNTS)


def _recounted(request: ChangeRequest) -> Any:
    content = dict(request.proposed)
    checked = taxonomy.checked_content(content, key=request.subject_key, kind=request.kind)
    return memberships.impact(
        segment_key=None if request.kind == Kind.CREATE else request.subject_key,
        effective_rule=checked.effective_rule,
        parent_key=content.get("parent"),
    )


def _moved(record: dict[str, Any], found: Any) -> tuple[str, float]:
    """The count that moved most, and how far as a share of all members before or after."""
    whole = max(record["total"], record["total"] - record["entering"] + record["leaving"], 1)
    shares = {name: abs(getattr(found, name) - record[name]) / whole for name in _COUNTS}
    worst = max(_COUNTS, key=lambda name: shares[name])
    return worst, shares[worst]
