"""Facts about the catalogue, the sources, imports, customers and builds. Keys, ids and counts: no values of
customers.
"""

from dataclasses import dataclass

from common.events import Event


@dataclass(frozen=True, kw_only=True)
class AttributeDefined(Event):
    name = "customers.attribute.defined"
    object_type = "attribute"
    sentence = "defined the attribute {attribute_key}, version {version}"
    attribute_key: str
    version: int
    changed_fields: list[str]
    request_ref: str = ""

    @property
    def object_key(self) -> str:
        return self.attribute_key


@dataclass(frozen=True, kw_only=True)
class AttributeRetired(Event):
    name = "customers.attribute.retired"
    object_type = "attribute"
    sentence = "retired the attribute {attribute_key}, version {version}"
    attribute_key: str
    version: int
    successor_key: str
    request_ref: str

    @property
    def object_key(self) -> str:
        return self.attribute_key


@dataclass(frozen=True, kw_only=True)
class SourceDefined(Event):
    name = "customers.source.defined"
    object_type = "source"
    sentence = "defined the source {source_key}"
    source_key: str
    changed_fields: list[str]

    @property
    def object_key(self) -> str:
        return self.source_key


@dataclass(frozen=True, kw_only=True)
class ImportRequested(Event):
    name = "customers.import.requested"
    object_type = "import"
    sentence = "started import {job_id} from {source_key}"
    job_id: int
    source_key: str

    @property
    def object_key(self) -> str:
        return str(self.job_id)


@dataclass(frozen=True, kw_only=True)
class ImportFinished(Event):
    name = "customers.import.finished"
    object_type = "import"
    sentence = (
        "import {job_id} ended {state}: {created} new, {changed} changed, {unchanged} unchanged, {refused} refused"
    )
    job_id: int
    source_key: str
    state: str
    created: int
    changed: int
    unchanged: int
    refused: int

    @property
    def object_key(self) -> str:
        return str(self.job_id)


@dataclass(frozen=True, kw_only=True)
class ProfilesChanged(Event):
    """`ordinal` is None when more than one customer changed. Never the customer's id: the ledger cannot forget it."""

    name = "customers.profiles.changed"
    object_type = "customer"
    sentence = "changed customer data: {created} new, {changed} changed"
    ordinal: int | None
    created: int
    changed: int
    source_key: str

    @property
    def object_key(self) -> str:
        return "" if self.ordinal is None else str(self.ordinal)


@dataclass(frozen=True, kw_only=True)
class CustomersMerged(Event):
    """Two customers were one: ordinals only, the ids may have to be forgotten."""

    name = "customers.customers.merged"
    object_type = "customer"
    sentence = "merged the customer of ordinal {ordinal} into the one of ordinal {survivor_ordinal}"
    ordinal: int
    survivor_ordinal: int

    @property
    def object_key(self) -> str:
        return f"ordinal {self.ordinal}"


@dataclass(frozen=True, kw_only=True)
class ProblemSettled(Event):
    """`deed` is "set aside" or "apply again". Never the key: programs may send anything as the name of a trait."""

    name = "customers.problem.settled"
    object_type = "problem"
    sentence = "settled problem {problem_id} of events from {source_key}: {deed}"
    problem_id: int
    source_key: str
    deed: str

    @property
    def object_key(self) -> str:
        return str(self.problem_id)


@dataclass(frozen=True, kw_only=True)
class CustomerErased(Event):
    """Names the ordinal only: the id that others know the customer by is erased with the rest."""

    name = "customers.customer.erased"
    object_type = "customer"
    sentence = "erased the customer of ordinal {ordinal}: {reason}"
    ordinal: int
    reason: str

    @property
    def object_key(self) -> str:
        return f"ordinal {self.ordinal}"


@dataclass(frozen=True, kw_only=True)
class FactsCounted(Event):
    """What is declared of attributes was counted anew on a build that was there."""

    name = "customers.facts.counted"
    object_type = "build"
    sentence = "counted the declared facts of attributes on profile build {number}"
    build_id: int
    number: int

    @property
    def object_key(self) -> str:
        return str(self.number)


@dataclass(frozen=True, kw_only=True)
class BuildFinished(Event):
    name = "customers.build.finished"
    object_type = "build"
    sentence = "finished profile build {number} of {row_count} customers"
    build_id: int
    number: int
    row_count: int
    kind: str
    digest: str

    @property
    def object_key(self) -> str:
        return str(self.number)
