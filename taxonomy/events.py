"""What the taxonomy announces: a version in force, a segment retired, an objective defined."""

from dataclasses import dataclass
from typing import ClassVar

from common.events import Event


@dataclass(frozen=True, kw_only=True)
class VersionEnacted(Event):
    """A version of a segment came into force; the one before it, if any, ended."""

    name: ClassVar[str] = "taxonomy.version.enacted"
    object_type: ClassVar[str] = "segment"
    sentence: ClassVar[str] = "enacted version {version_number} of {segment_key}"

    segment_key: str
    segment_id: int
    version_id: int
    version_number: int
    previous_version_id: int | None
    request_ref: str

    @property
    def object_key(self) -> str:
        return self.segment_key


@dataclass(frozen=True, kw_only=True)
class SegmentRetired(Event):
    """A segment left the taxonomy; its last version ended and its key stays taken."""

    name: ClassVar[str] = "taxonomy.segment.retired"
    object_type: ClassVar[str] = "segment"
    sentence: ClassVar[str] = "retired {segment_key}, last in version {version_number}"

    segment_key: str
    segment_id: int
    version_id: int
    version_number: int
    successor_key: str
    request_ref: str

    @property
    def object_key(self) -> str:
        return self.segment_key


@dataclass(frozen=True, kw_only=True)
class SegmentDeprecated(Event):
    """A segment is still computed, but nothing new may rest on it."""

    name: ClassVar[str] = "taxonomy.segment.deprecated"
    object_type: ClassVar[str] = "segment"
    sentence: ClassVar[str] = "deprecated {segment_key} in favour of {successor_key}"

    segment_key: str
    segment_id: int
    version_number: int
    successor_key: str
    request_ref: str

    @property
    def object_key(self) -> str:
        return self.segment_key


@dataclass(frozen=True, kw_only=True)
class SegmentsRegrouped(Event):
    """One decision changed several segments at once."""

    name: ClassVar[str] = "taxonomy.segments.regrouped"
    object_type: ClassVar[str] = "segment"
    sentence: ClassVar[str] = "carried out the {operation} of {names}"

    operation: str
    segment_key: str
    names: str
    request_ref: str

    @property
    def object_key(self) -> str:
        return self.segment_key


@dataclass(frozen=True, kw_only=True)
class ObjectiveDefined(Event):
    """An objective was written down or changed."""

    name: ClassVar[str] = "taxonomy.objective.defined"
    object_type: ClassVar[str] = "objective"
    sentence: ClassVar[str] = "{change} the objective {objective_key}"

    objective_key: str
    objective_version: int
    change: str
    request_ref: str = ""

    @property
    def object_key(self) -> str:
        return self.objective_key


@dataclass(frozen=True, kw_only=True)
class ObjectiveSigned(Event):
    """A function agreed to a version of an objective, or took its agreement back."""

    name: ClassVar[str] = "taxonomy.objective.signed"
    object_type: ClassVar[str] = "objective"
    sentence: ClassVar[str] = "{change} version {objective_version} of the objective {objective_key} for {function}"

    objective_key: str
    objective_version: int
    function: str
    change: str

    @property
    def object_key(self) -> str:
        return self.objective_key


@dataclass(frozen=True, kw_only=True)
class ProofsRequested(Event):
    """Somebody asked to prove the taxonomy again."""

    name: ClassVar[str] = "taxonomy.proofs.requested"
    object_type: ClassVar[str] = "proofs"
    sentence: ClassVar[str] = "asked to prove the taxonomy again, in round {sweep_id}"

    sweep_id: int

    @property
    def object_key(self) -> str:
        return str(self.sweep_id)


@dataclass(frozen=True, kw_only=True)
class _DefinitionFact(Event):
    """What is told of every governed word; the ledger files it under the word's own type."""

    definition_key: str
    version_number: int
    request_ref: str

    @property
    def object_key(self) -> str:
        return self.definition_key


@dataclass(frozen=True, kw_only=True)
class TermEnacted(_DefinitionFact):
    """A term of the glossary came into force with another meaning, or for the first time."""

    name: ClassVar[str] = "taxonomy.term.enacted"
    object_type: ClassVar[str] = "term"
    sentence: ClassVar[str] = "enacted version {version_number} of the term {definition_key}"


@dataclass(frozen=True, kw_only=True)
class MetricEnacted(_DefinitionFact):
    """The definition of a metric came into force, changed or for the first time."""

    name: ClassVar[str] = "taxonomy.metric.enacted"
    object_type: ClassVar[str] = "metric"
    sentence: ClassVar[str] = "enacted version {version_number} of the metric {definition_key}"


@dataclass(frozen=True, kw_only=True)
class GuidelineEnacted(_DefinitionFact):
    """The ethics guideline came into force, changed or for the first time."""

    name: ClassVar[str] = "taxonomy.guideline.enacted"
    object_type: ClassVar[str] = "guideline"
    sentence: ClassVar[str] = "enacted version {version_number} of the guideline {definition_key}"


@dataclass(frozen=True, kw_only=True)
class TermPutAway(_DefinitionFact):
    """A term is deprecated or retired."""

    name: ClassVar[str] = "taxonomy.term.put_away"
    object_type: ClassVar[str] = "term"
    sentence: ClassVar[str] = "put away the term {definition_key}, which is {status} now"

    status: str
    successor_key: str


@dataclass(frozen=True, kw_only=True)
class MetricPutAway(_DefinitionFact):
    """A metric is deprecated or retired."""

    name: ClassVar[str] = "taxonomy.metric.put_away"
    object_type: ClassVar[str] = "metric"
    sentence: ClassVar[str] = "put away the metric {definition_key}, which is {status} now"

    status: str
    successor_key: str


@dataclass(frozen=True, kw_only=True)
class GuidelinePutAway(_DefinitionFact):
    """A guideline is deprecated or retired."""

    name: ClassVar[str] = "taxonomy.guideline.put_away"
    object_type: ClassVar[str] = "guideline"
    sentence: ClassVar[str] = "put away the guideline {definition_key}, which is {status} now"

    status: str
    successor_key: str


@dataclass(frozen=True, kw_only=True)
class _EquivalenceFact(Event):
    """What is told of every equivalence: the two words, the functions that speak for them, the version of the text."""

    object_type: ClassVar[str] = "equivalence"

    equivalence_id: int
    equivalence_version: int
    left_key: str
    right_key: str
    left_function: str
    right_function: str

    @property
    def object_key(self) -> str:
        return str(self.equivalence_id)


@dataclass(frozen=True, kw_only=True)
class EquivalenceOffered(_EquivalenceFact):
    """Two words of two functions were joined by a text, or the text was written anew; nobody has signed it yet."""

    name: ClassVar[str] = "taxonomy.equivalence.offered"
    sentence: ClassVar[str] = (
        "offered version {equivalence_version} of what joins {left_key} of {left_function} and {right_key} of "
        "{right_function}"
    )


@dataclass(frozen=True, kw_only=True)
class EquivalenceSigned(_EquivalenceFact):
    """A function agreed to the text between two words."""

    name: ClassVar[str] = "taxonomy.equivalence.signed"
    sentence: ClassVar[str] = (
        "signed version {equivalence_version} of what joins {left_key} and {right_key} for {function}"
    )

    function: str


@dataclass(frozen=True, kw_only=True)
class EquivalenceEnded(_EquivalenceFact):
    """Two words are no longer joined."""

    name: ClassVar[str] = "taxonomy.equivalence.ended"
    sentence: ClassVar[str] = "ended what joined {left_key} and {right_key}: {reason}"

    reason: str


@dataclass(frozen=True, kw_only=True)
class FieldMapped(Event):
    """Somebody said what a field of a source means, or that it needs no word."""

    name: ClassVar[str] = "taxonomy.field.mapped"
    object_type: ClassVar[str] = "field"
    sentence: ClassVar[str] = "mapped the field {field} of {source_key} to {term_key}, before: {previous_key}"

    source_key: str
    field: str
    term_key: str
    previous_key: str

    @property
    def object_key(self) -> str:
        return f"{self.source_key}.{self.field}"[:120]
