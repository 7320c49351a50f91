"""Rules as nested words for pages."""

from collections.abc import Mapping
from typing import Any

from taxonomy.models import SegmentVersion
from taxonomy.rules import AttributeFacts, WordTree, to_word_tree
from taxonomy.selectors.catalogue import stored_rule


def word_tree_of(version: SegmentVersion, catalogue: Mapping[str, AttributeFacts]) -> dict[str, Any]:
    """The version's own rule as one node: `words`, or `joiner` and `children`; in today's labels of the attributes."""
    [root] = to_word_tree(stored_rule(version.rule), catalogue)
    return _node(root)


def _node(node: WordTree) -> dict[str, Any]:
    words = node["words"][:1].upper() + node["words"][1:]
    if not node["children"]:
        return {"words": words}
    return {"joiner": words, "children": [_node(child) for child in node["children"]]}
