"""Refusals about playbooks."""

from common.errors import Conflict, NotFound


class NoPlaybook(NotFound):
    """The segment has no playbook."""

    code = "no_playbook"


class StaleBase(Conflict):
    """The playbook in force is not the one that the decision was made about."""

    code = "stale_base"
