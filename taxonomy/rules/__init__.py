"""The rule language: boolean expressions over attributes, in a small subset of SQL. See docs/rule-language.md."""

from taxonomy.rules.cautions import cautions
from taxonomy.rules.changes import ClauseChange, clause_changes
from taxonomy.rules.errors import Fault, Place, RuleError, WrongValueError
from taxonomy.rules.evaluation import Segments, Truth, matches
from taxonomy.rules.explanation import Explanation, explain
from taxonomy.rules.joining import clauses, conjoin
from taxonomy.rules.limits import LIMITS, Limits
from taxonomy.rules.measures import Complexity, attributes_used, complexity, segments_used
from taxonomy.rules.nodes import Rule
from taxonomy.rules.normal_form import canonical, canonical_digest
from taxonomy.rules.parsing import parse
from taxonomy.rules.reading import from_tree
from taxonomy.rules.text import to_text
from taxonomy.rules.tree import digest, to_tree
from taxonomy.rules.types import ATTRIBUTE_TYPES, AttributeFacts, AttributeType, Catalogue
from taxonomy.rules.upgrades import UPGRADES, UnreadableFormatError, Upgrade, upgraded
from taxonomy.rules.words import WordTree, to_word_tree, to_words

__all__ = [
    "ATTRIBUTE_TYPES",
    "LIMITS",
    "UPGRADES",
    "AttributeFacts",
    "AttributeType",
    "Catalogue",
    "ClauseChange",
    "Complexity",
    "Explanation",
    "Fault",
    "Limits",
    "Place",
    "Rule",
    "RuleError",
    "Segments",
    "Truth",
    "UnreadableFormatError",
    "Upgrade",
    "WordTree",
    "WrongValueError",
    "attributes_used",
    "canonical",
    "canonical_digest",
    "cautions",
    "clause_changes",
    "clauses",
    "complexity",
    "conjoin",
    "digest",
    "explain",
    "from_tree",
    "matches",
    "parse",
    "segments_used",
    "to_text",
    "to_tree",
    "to_word_tree",
    "to_words",
    "upgraded",
]
