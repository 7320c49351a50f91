"""What a person can propose to change, by name: one list for each type, so that nobody types a key."""

from typing import Any

from aims.selectors import journeys_for
from customers.selectors import attributes_for
from reviews.choices import SubjectType
from taxonomy.choices import DefinitionType
from taxonomy.selectors import objectives_for, tree_for
from taxonomy.selectors.definitions import words_for

TYPES = (
    (SubjectType.SEGMENT, "A segment"),
    (SubjectType.PLAYBOOK, "The playbook of a segment"),
    (SubjectType.BRIEF, "The brief of a segment"),
    (SubjectType.ATTRIBUTE, "An attribute"),
    (SubjectType.OBJECTIVE, "An objective"),
    (SubjectType.JOURNEY, "A customer journey"),
    (SubjectType.TERM, "A term of the glossary"),
    (SubjectType.METRIC, "The definition of a metric"),
    (SubjectType.GUIDELINE, "The ethics guideline"),
)
_INDENT = "\N{NO-BREAK SPACE}" * 3
_DOCUMENTS = (SubjectType.SEGMENT, SubjectType.PLAYBOOK, SubjectType.BRIEF)
_WORDS = {
    SubjectType.TERM: DefinitionType.TERM,
    SubjectType.METRIC: DefinitionType.METRIC,
    SubjectType.GUIDELINE: DefinitionType.GUIDELINE,
}


def things_of(viewer: Any, subject_type: str) -> list[tuple[str, str]]:
    """(key, name) of what is there of the type, as the viewer may read it; segments stand below their parents."""
    if subject_type in _DOCUMENTS:
        return [(row.key, f"{_INDENT * row.depth}{row.name}") for row in tree_for(viewer)]
    if subject_type == SubjectType.ATTRIBUTE:
        return [(row.key, row.label or row.key) for row in attributes_for(viewer=viewer)]
    if subject_type == SubjectType.OBJECTIVE:
        return [(row.key, row.name) for row in objectives_for(viewer=viewer)]
    if subject_type == SubjectType.JOURNEY:
        return [(row.journey.key, row.name) for row in journeys_for(viewer=viewer)]
    if subject_type in _WORDS:
        return [(word.key, word.name) for word in words_for(viewer=viewer, kind=_WORDS[SubjectType(subject_type)])]
    return []
