"""What notices say; no count in them is so small that it could point at a person."""

from activation.measures import moved_percent


def enacted(name: str, version_number: int, *, is_new: bool) -> str:
    """A version came into force."""
    if is_new:
        return f"{name} is a new segment: version {version_number} is in force."
    return f"{name} has changed: version {version_number} is in force."


def moved(name: str, entered: int, left: int, size: int) -> str:
    """Many customers entered or left in one run."""
    share = moved_percent(entered, left, size) or 0
    moved_count = f"{entered + left:,} customers entered or left in one run"
    return f"{name} moved: {moved_count}, {share:.0f} % of the members it had."
