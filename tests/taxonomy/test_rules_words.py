"""Rules in plain English, in nested words, and what a proposer should look at twice."""

import pytest

from taxonomy.rules import AttributeFacts, cautions, parse, to_word_tree, to_words
from tests.taxonomy.rule_catalogue import CATALOGUE

WORDS = [
    ("orders >= 3", "orders in last 90 days is at least 3"),
    ("3 <= orders", "orders in last 90 days is at least 3"),
    ("NOT orders < 3", "orders in last 90 days is at least 3"),
    ("spend > 1000.5", "spend is more than 1000.5 EUR"),
    ("share < 20", "private-label share is less than 20%"),
    ("spend = orders", "spend is orders in last 90 days"),
    ("spend BETWEEN 1 AND 2", "spend is between 1 EUR and 2 EUR inclusive"),
    ("spend NOT IN (1, 2)", "spend is not one of 1, 2 EUR"),
    ("department IN ('Bakery', 'Deli')", "home department is one of Bakery, Deli"),
    ("department IN ('Bakery')", "home department is Bakery"),
    ("department NOT IN ('Fish, fresh', 'Deli')", "home department is not one of “Fish, fresh”, Deli"),
    ("city = ''", "city is “”"),
    ("city = ' Rome'", "city is “ Rome”"),
    ("city = 'a and b'", "city is “a and b”"),
    ("city <> '3'", "city is not “3”"),
    ("city < 'M'", "city comes before M"),
    ("LOWER(city) = 'rome'", "city in lower case is rome"),
    ("city LIKE 'Ro%'", "city starts with Ro"),
    ("city NOT LIKE '%me'", "city does not end with me"),
    ("city LIKE '%om%'", "city contains om"),
    ("city LIKE 'Rome'", "city is Rome"),
    ("city LIKE '50\\%%'", "city starts with “50%”"),
    ("city LIKE 'R_m%e'", "city matches the pattern “R_m%e” (% any text, _ any one character)"),
    ("city NOT LIKE 'R%m%e'", "city does not match the pattern “R%m%e” (% any text, _ any one character)"),
    ("region IS NULL", "region is not known"),
    ("region IS NOT NULL", "region is known"),
    ("mailable", "consent to mail is true"),
    ("NOT mailable", "consent to mail is false"),
    ("mailable <> TRUE", "consent to mail is not true"),
    ("last_order >= CURRENT_DATE - INTERVAL '90' DAY", "last order is on or after 90 days ago"),
    ("last_order < CURRENT_DATE", "last order is before today"),
    ("last_order = CURRENT_DATE - INTERVAL '1' DAY", "last order is yesterday"),
    ("last_order <= DATE '2026-01-31'", "last order is on or before 31 January 2026"),
    ("seen > TIMESTAMP '2026-01-31T10:30'", "last seen is after 31 January 2026 10:30 UTC"),
    ("seen > TIMESTAMP '2026-01-31T10:30:05.5'", "last seen is after 31 January 2026 10:30:05.500000 UTC"),
    ("CONTAINS(tags, 'vegan')", "tags includes vegan"),
    ("NOT CONTAINS(tags, 'vegan')", "tags does not include vegan"),
    ("IN_SEGMENT('vip')", "is in the segment vip"),
    ("NOT IN_SEGMENT('vip')", "is not in the segment vip"),
    ("TRUE", "everyone"),
    ("FALSE", "no one"),
    ("\"home-city\" = 'x'", "home city is x"),
    (
        "orders >= 3 AND (mailable OR department = 'Deli')",
        "orders in last 90 days is at least 3 and (consent to mail is true or home department is Deli)",
    ),
    ("mailable AND member OR TRUE", "(consent to mail is true and member is true) or everyone"),
    ("NOT (mailable OR member)", "it is not true that (consent to mail is true or member is true)"),
]


@pytest.mark.parametrize(("text", "words"), WORDS)
def test_to_words__rule__reads_as_plain_english(text: str, words: str) -> None:
    assert to_words(parse(text, CATALOGUE), CATALOGUE) == words


@pytest.mark.parametrize(
    ("label", "word"), [("NPS score", "NPS score"), ("Age", "age"), ("", "x"), ("éclairs bought", "éclairs bought")]
)
def test_to_words__label__keeps_capitals_that_mean_something(label: str, word: str) -> None:
    catalogue = {"x": AttributeFacts("number", label)}
    assert to_words(parse("x = 1", catalogue), catalogue) == f"{word} is 1"


def test_to_word_tree__groups__are_nested_with_their_joiners() -> None:
    rule = parse("mailable AND NOT (member OR orders = 1)", CATALOGUE)
    assert to_word_tree(rule, CATALOGUE) == [
        {
            "words": "all of these",
            "joiner": "and",
            "children": [
                {"words": "consent to mail is true", "joiner": "", "children": []},
                {
                    "words": "not this",
                    "joiner": "not",
                    "children": [
                        {
                            "words": "at least one of these",
                            "joiner": "or",
                            "children": [
                                {"words": "member is true", "joiner": "", "children": []},
                                {"words": "orders in last 90 days is 1", "joiner": "", "children": []},
                            ],
                        }
                    ],
                },
            ],
        }
    ]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("orders = 1", []),
        ("TRUE", []),
        ("mailable AND TRUE", ["TRUE inside a rule"]),
        ("orders BETWEEN 3 AND 1", ["never true"]),
        ("orders BETWEEN 1 AND 3", []),
        ("department < 'Deli'", ["by their letters"]),
        ("orders = orders", ["with itself"]),
    ],
)
def test_cautions__rule__names_what_is_seldom_meant(text: str, parts: list[str]) -> None:
    found = cautions(parse(text, CATALOGUE), CATALOGUE)
    assert len(found) == len(parts)
    assert all(part in caution for part, caution in zip(parts, found, strict=True))
