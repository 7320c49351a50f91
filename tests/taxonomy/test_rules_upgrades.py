"""Trees of earlier formats are read through steps; those of later ones are refused."""

from typing import Any

import pytest

from taxonomy.rules import UPGRADES, RuleError, UnreadableFormatError, from_tree, parse, to_text, to_tree, upgraded
from taxonomy.rules.tree import FORMAT
from tests.taxonomy.rule_catalogue import CATALOGUE


def test_upgrades__every_format_before_the_present_one__has_its_step() -> None:
    assert sorted(UPGRADES) == list(range(1, FORMAT))


def _members_renamed(tree: dict[str, Any]) -> dict[str, Any]:
    """A made-up step: format 1 is written with `test` for `rule`."""
    return {"rule": tree["test"]}


def _without_unless(tree: dict[str, Any]) -> dict[str, Any]:
    """A made-up step: what was an `unless` is a `not`."""
    inner = tree["rule"]
    return {"rule": {"kind": "not", "condition": inner["condition"]} if inner["kind"] == "unless" else inner}


def test_upgraded__two_formats_back__takes_each_step_in_order_and_leaves_the_document() -> None:
    flag = {"kind": "flag", "attribute": {"kind": "attribute", "key": "member", "type": "boolean"}}
    oldest = {"format": 1, "test": {"kind": "unless", "condition": flag}}
    found = upgraded(oldest, upgrades={1: _members_renamed, 2: _without_unless}, newest=3)
    assert found == {"format": 3, "rule": {"kind": "not", "condition": flag}}
    assert to_text(from_tree({**found, "format": FORMAT}, CATALOGUE)) == "NOT member"
    assert set(oldest) == {"format", "test"}
    middle = {"format": 2, "rule": flag}
    assert upgraded(middle, upgrades={1: _members_renamed, 2: _without_unless}, newest=3) == {**middle, "format": 3}


def test_upgraded__present_format__is_the_same_tree() -> None:
    tree = to_tree(parse("orders >= 3", CATALOGUE))
    assert upgraded(tree) == tree


@pytest.mark.parametrize("format_", [0, -1, 1.0, True, "1", None, FORMAT + 1, 10**30])
def test_upgraded__format_that_is_none_or_later__is_refused(format_: Any) -> None:
    document = {**to_tree(parse("orders >= 3", CATALOGUE)), "format": format_}
    with pytest.raises(UnreadableFormatError, match=f"is not {FORMAT}"):
        upgraded(document)
    with pytest.raises(RuleError) as refused:
        from_tree(document, CATALOGUE)
    assert (refused.value.code, refused.value.pointer) == ("unknown_format", "/format")


def test_upgraded__later_format__says_who_wrote_it() -> None:
    with pytest.raises(UnreadableFormatError, match="later version of the portal"):
        upgraded({"format": FORMAT + 1, "rule": {}})
