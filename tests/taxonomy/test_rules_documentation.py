"""The examples in the documentation of the rule language do what the page says."""

import re
from pathlib import Path

import pytest

from taxonomy.rules import RuleError, parse
from taxonomy.rules.limits import LIMITS
from taxonomy.rules.scanning import RESERVED
from tests.taxonomy.rule_catalogue import CATALOGUE
from tests.taxonomy.test_rules_refusals import BOMBS, REFUSALS
from tests.taxonomy.test_rules_tree import REFUSED as REFUSED_TREES

PAGE = (Path(__file__).parents[2] / "docs" / "rule-language.md").read_text()


def examples(kind: str) -> list[str]:
    blocks = re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("text", examples("rule"))
def test_documentation__example__is_a_rule(text: str) -> None:
    assert parse(text, CATALOGUE)


@pytest.mark.parametrize("text", examples("refused"))
def test_documentation__counter_example__is_refused(text: str) -> None:
    with pytest.raises(RuleError):
        parse(text, CATALOGUE)


def test_documentation__codes_words_and_limits__are_those_of_the_code() -> None:
    codes = {code for _, code, *_ in REFUSALS} | {code for _, code in BOMBS} | {code for _, code, _ in REFUSED_TREES}
    named = set(re.findall(r"`([a-z_]+)`", PAGE.split("| code |")[1].split("\n\n")[0]))
    assert named == codes
    words = re.search(r"one of `([A-Z_ ]+)`", PAGE)
    assert words is not None and set(words[1].split()) == RESERVED
    assert f"{LIMITS.days_back:,}".replace(",", " ") in PAGE
