"""Refusals about briefs and walkthroughs."""

from common.errors import Conflict, NotFound


class NoBrief(NotFound):
    """The segment has no brief."""

    code = "no_brief"


class StaleBase(Conflict):
    """The brief in force is not the one that the decision was made about."""

    code = "stale_base"


class WalkthroughChanged(Conflict):
    """The walkthrough was replaced while somebody was in it."""

    code = "walkthrough_changed"
