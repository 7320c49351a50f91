"""Whether a proposal about a segment names the moments of truth that it serves."""

from collections.abc import Sequence

from aims.selectors import known_moments, moments
from reviews.choices import CheckStatus, Kind, SubjectType

NAME = "Moments of truth"


def moments_check(subject_type: str, kind: str, key: str, named: Sequence[str]) -> list[dict[str, str]]:
    """The check of a new or changed segment; none for other proposals, nor while there is no moment to name."""
    if subject_type != SubjectType.SEGMENT or kind not in (Kind.CREATE, Kind.CHANGE, Kind.SPLIT, Kind.MERGE):
        return []
    in_force = moments()
    if not in_force:
        return []
    found, unknown = known_moments(named)
    if unknown:
        known = ", ".join(moment.ref for moment in in_force[:6])
        return [_check(CheckStatus.WARN, f"No journey has the moment {', '.join(unknown)}.", f"Known are {known}.")]
    serving = [moment for moment in in_force if key in moment.segments]
    if not found and not serving:
        remedy = "Name the moments that it serves, or have a journey link to it; else it is listed as an orphan."
        return [_check(CheckStatus.WARN, "It names no moment of truth that it serves.", remedy)]
    names = ", ".join(dict.fromkeys(moment.name for moment in (*found, *serving)))
    return [_check(CheckStatus.PASS, f"It serves: {names}.")]


def _check(status: CheckStatus, reason: str, remedy: str = "") -> dict[str, str]:
    return {"name": NAME, "status": status.value, "reason": reason, "remedy": remedy}
