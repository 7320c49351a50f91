"""Reading the taxonomy; other apps import from here."""

from taxonomy.selectors.catalogue import (
    AttributeUse,
    attribute_uses_of,
    read_rule,
    rule_catalogue,
    rule_catalogue_for,
    stored_catalogue,
)
from taxonomy.selectors.comparison import (
    ChangeClass,
    Comparison,
    comparison_of,
    rule_of_content,
    rule_of_version,
    rules_to_compare,
)
from taxonomy.selectors.content import CheckedContent, checked_content
from taxonomy.selectors.differences import FieldDifference, differences_between
from taxonomy.selectors.effective import ActiveRule, active_rules, rules_above
from taxonomy.selectors.made_up import MadeUp, Value, label_of, value_words
from taxonomy.selectors.named_values import attribute_units, threshold_changes, threshold_lines
from taxonomy.selectors.objectives import objective_for, objective_names, objectives_for, versions_serving
from taxonomy.selectors.overview import InheritedRule, Overview, overview_for
from taxonomy.selectors.panels import attribute_uses, home_panels, search
from taxonomy.selectors.past_rules import rules_of_versions
from taxonomy.selectors.reading import RuleReading, effective_rule_of, parse_for, rule_reading_for
from taxonomy.selectors.segments import (
    Heading,
    LiveContent,
    children_of,
    content_of,
    headings,
    lineage,
    live_content,
    live_version,
    newest_version,
    newest_versions_for,
    path_of,
    references_to,
    segment_by_key,
    segment_for,
    segment_versions,
    segments_for,
    version,
    version_labels,
)
from taxonomy.selectors.sql_readings import known_dialect, sql_for, sql_of_version
from taxonomy.selectors.tree import Narrowing, TreeBranch, TreeRow, branches, narrowed, tree_for
from taxonomy.selectors.wording import word_tree_of

__all__ = [
    "ActiveRule",
    "AttributeUse",
    "ChangeClass",
    "CheckedContent",
    "Comparison",
    "FieldDifference",
    "Heading",
    "InheritedRule",
    "LiveContent",
    "MadeUp",
    "Narrowing",
    "Overview",
    "RuleReading",
    "TreeBranch",
    "TreeRow",
    "Value",
    "active_rules",
    "attribute_units",
    "attribute_uses",
    "attribute_uses_of",
    "branches",
    "checked_content",
    "children_of",
    "comparison_of",
    "content_of",
    "differences_between",
    "effective_rule_of",
    "headings",
    "home_panels",
    "known_dialect",
    "label_of",
    "lineage",
    "live_content",
    "live_version",
    "narrowed",
    "newest_version",
    "newest_versions_for",
    "objective_for",
    "objective_names",
    "objectives_for",
    "overview_for",
    "parse_for",
    "path_of",
    "read_rule",
    "references_to",
    "rule_catalogue",
    "rule_catalogue_for",
    "rule_of_content",
    "rule_of_version",
    "rule_reading_for",
    "rules_above",
    "rules_of_versions",
    "rules_to_compare",
    "search",
    "segment_by_key",
    "segment_for",
    "segment_versions",
    "segments_for",
    "sql_for",
    "sql_of_version",
    "stored_catalogue",
    "threshold_changes",
    "threshold_lines",
    "tree_for",
    "value_words",
    "version",
    "version_labels",
    "versions_serving",
    "word_tree_of",
]
