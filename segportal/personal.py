"""What counts as reading personal data: address -> what is read, and about what."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Read:
    """One kind of reading. `argument` names the part of the address that says which one; programs ask `by_program`
    so often that their questions are counted by the minute."""

    what: str
    object_type: str
    argument: str = ""
    by_program: bool = False


READS: dict[str, Read] = {
    "customers:list": Read("list of customers", "customers"),
    "customers:customer": Read("page of a customer", "customer", "external_id"),
    "customers:customer-events": Read("events of a customer", "customer", "external_id"),
    "customers:events": Read("events as they arrived", "events"),
    "customers:event": Read("one event", "event", "event_id"),
    "customers:import-quarantine": Read("rows that an import set aside", "import", "job_id"),
    "memberships:customer-timeline": Read("history of a customer", "customer", "external_id"),
    "memberships:explanation": Read("explanation of a customer", "customer", "external_id"),
    "memberships:members": Read("members of a segment", "segment", "key"),
    "memberships:members-export": Read("file of the members of a segment", "segment", "key"),
    "memberships:outside-children": Read("members outside the children of a segment", "segment", "key"),
    "memberships:overlap": Read("customers of an overlap", "overlap"),
    "memberships:transition-customers": Read("customers of a transition", "transition"),
    "memberships:list": Read("customers of a list", "list", "list_id"),
    "memberships:export-file": Read("file of an export", "export", "export_id"),
    "insights:trace": Read("trace of a customer", "customer"),
    "insights:report": Read("report about a customer", "misclassification", "report_id"),
    "api-customers": Read("list of customers", "customers", by_program=True),
    "api-customer": Read("values of a customer", "customer", "external_id", by_program=True),
    "api-customer-events": Read("events of a customer", "customer", "external_id", by_program=True),
    "api-customer-timeline": Read("history of a customer", "customer", "external_id", by_program=True),
    "api-customer-segments": Read("segments of a customer", "customer", "external_id", by_program=True),
    "api-customer-explanation": Read("explanation of a customer", "customer", "external_id", by_program=True),
    "api-customer-plays": Read("plays for a customer", "customer", "external_id", by_program=True),
    "api-import-quarantine": Read("rows that an import set aside", "import", "job_id"),
    "api-segment-members": Read("members of a segment", "segment", "key", by_program=True),
    "api-segment-changes": Read("who entered and left a segment", "segment", "key", by_program=True),
    "api-transition-customers": Read("customers of a transition", "transition", by_program=True),
    "api-list-members": Read("customers of a list", "list", "list_id", by_program=True),
    "api-export-file": Read("file of an export", "export", "export_id"),
    "api-misclassification": Read("report about a customer", "misclassification", "report_id"),
    "api-change-request-evidence": Read("evidence pack", "request", "request_id"),
    "ofrep-flag": Read("whether a customer is in a segment", "segment", "key", by_program=True),
    "ofrep-bulk": Read("all segments of a customer", "segments", by_program=True),
}

# Addresses that name a customer, a list or a file and yet show no personal data, or show it as a part of a page above.
SHOWS_NONE = frozenset(
    {
        "memberships:customer-segments",  # a part of the customer's page
        "playbooks:customer-region",  # a part of the customer's page
        "customers:customer-erase",  # a deed; it has a fact of its own
        "api-list",
        "api-list-compare",
        "api-list-anew",
        "api-list-restore",
        "memberships:list-anew",
        "memberships:list-discard",
        "memberships:list-restore",
        "api-export",
        "api-export-cancel",
        "api-export-retry",
        "memberships:export-progress",
        "memberships:export-cancel",
        "memberships:export-retry",
    }
)

# Address (or its beginning) -> what a refused attempt there was about; the part of the address says which one.
ABOUT: tuple[tuple[str, str, str], ...] = (
    ("", "request_id", "request"),
    ("", "external_id", "customer"),
    ("", "run_id", "run"),
    ("", "list_id", "list"),
    ("", "export_id", "export"),
    ("", "job_id", "import"),
    ("", "report_id", "misclassification"),
    ("", "username", "person"),
    ("reviews:board", "key", "board"),
    ("api-board", "key", "board"),
    ("customers:attribute", "key", "attribute"),
    ("api-attribute", "key", "attribute"),
    ("customers:source", "key", "source"),
    ("api-source", "key", "source"),
    ("taxonomy:objective", "key", "objective"),
    ("api-objective", "key", "objective"),
    ("taxonomy:", "key", "segment"),
    ("memberships:", "key", "segment"),
    ("api-segment", "key", "segment"),
    ("playbooks:", "key", "playbook"),
    ("training:", "key", "brief"),
)
