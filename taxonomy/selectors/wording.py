"""Rules as nested words for pages."""

from collections.abc import Mapping
from typing import Any

from taxonomy.models import SegmentVersion
from taxonomy.rules import AttributeFacts, WordTree, from_tree, to_word_tree


def word_tree_of(version: SegmentVersion, catalogue: Mapping[str, AttributeFacts]) -> dict[str, Any]:
    """The version's own rule as one node: `words`, or `joiner` and `children`; in today's labels of the attributes."""
    [root] = to_word_tree(from_tree(version.rule, catalogue), catalogue)
    return _node(root)


def _node(node: WordTree) -> dict[str, Any]:
    words = node["words"][:1].upper() + node["words"][1:]
    if not node["children"]:
        return {"words": words}
    return {"joiner": words, "children": [_node(child) for child in node["children"]]}
