"""Finding governed words in texts: the automaton, the marks, the linter. Pure."""

import re
import sys
from html import unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Invalid
from common.markdown import render
from taxonomy.content import checked_shape
from taxonomy.content.jargon import unknown_abbreviations
from taxonomy.content.likeness import meaning_words, near_spelling, overlap
from taxonomy.content.marking import marked_html, marked_text
from taxonomy.content.matching import Automaton, Entry, Hit

WORD = {"name": "Lead", "definition": "Somebody who asked."}
WORDS = Automaton(
    [
        Entry("lead", "term:lead", "name"),
        Entry("qualified opportunity", "term:opportunity", "name"),
        Entry("opportunity", "term:chance", "name"),
        Entry("sub-segment", "term:sub", "name"),
        Entry("CLV", "metric:clv", "abbreviation"),
        Entry("IT", "term:it", "abbreviation"),
        Entry("R&D", "term:research", "abbreviation"),
        Entry("hot name", "term:lead", "avoid"),
    ]
)


def found(text: str) -> list[tuple[str, str]]:
    return [(text[hit.start : hit.end], hit.entry.word) for hit in WORDS.hits(text)]


def mark(hit: Hit, spelling: str) -> str:
    return f"[{spelling}]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A lead calls.", [("lead", "term:lead")]),
        ("LEADS and Lead's", [("LEADS", "term:lead"), ("Lead", "term:lead")]),
        ("Qualified\nopportunities", [("Qualified\nopportunities", "term:opportunity")]),
        ("qualified, opportunity", [("opportunity", "term:chance")]),
        ("qualified\n\nopportunity", [("opportunity", "term:chance")]),
        ("Sub segment, sub-segments", [("Sub segment", "term:sub"), ("sub-segments", "term:sub")]),
        ("the CLVs of it, not clv", [("CLVs", "metric:clv")]),
        ("our IT", [("IT", "term:it")]),
        ("R&D and R & D", [("R&D", "term:research"), ("R & D", "term:research")]),
        ("misleading leadership", []),
        ("a hot  name", [("hot  name", "term:lead")]),
        ("", []),
    ],
)
def test_hits__in_running_text__are_the_longest_spellings(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@given(st.text(alphabet="leadqualifiedopportunity CLVs&-\n'.é", max_size=200))
def test_hits__of_any_text__stand_apart_and_in_order(text: str) -> None:
    end = 0
    for hit in WORDS.hits(text):
        assert end <= hit.start < hit.end <= len(text)
        end = hit.end


@given(st.lists(st.sampled_from(["lead", "opportunity", "qualified opportunity", "CLV", "house", "it"]), max_size=30))
def test_hits__of_known_words_in_a_row__agree_with_reading_by_hand(words: list[str]) -> None:
    known = {"lead": "term:lead", "opportunity": "term:chance", "qualified opportunity": "term:opportunity",
             "CLV": "metric:clv"}  # fmt: skip

    assert [word for _, word in found("; ".join(words))] == [known[word] for word in words if word in known]


def test_marks__of_a_text__stand_at_the_first_of_each_word_and_nothing_else_changes() -> None:
    assert marked_text("A lead <b> & a lead", WORDS, mark) == "A [lead] &lt;b&gt; &amp; a lead"
    assert marked_text("A lead", WORDS, mark, {"term:lead"}) == "A lead"


@pytest.mark.parametrize(
    ("markdown", "marked"),
    [
        ("A *lead* and `lead`", "<p>A <em>[lead]</em> and <code>lead</code></p>\n"),
        ("`CLV` then CLV", "<p><code>CLV</code> then [CLV]</p>\n"),
        ('[lead](https://x.test/lead "lead > CLV") lead', None),
        ("    lead in code\n\nlead", "<pre><code>lead in code\n</code></pre>\n<p>[lead]</p>\n"),
        ("R&D <script>lead</script>", None),
        ("# Lead", "<h3>[Lead]</h3>\n"),
    ],
)
def test_marks__of_markdown__never_stand_in_code_links_or_attributes(markdown: str, marked: str | None) -> None:
    html = render(markdown)

    result = marked_html(html, WORDS, mark)

    if marked is not None:
        assert result == marked
    assert not re.search(r"<[^>]*\[|<a[^>]*>[^<]*\[", result.replace('"lead > CLV"', ""))


@given(st.text(alphabet="lead CLV*_`<>&\"'[]()#\n-/:ht", max_size=120))
def test_marks__taken_away_again__leave_the_page_as_it_was(markdown: str) -> None:
    html = str(render(markdown))

    result = marked_html(html, WORDS, lambda hit, spelling: f"\x01{spelling}\x02")

    assert unescape(result.replace("\x01", "").replace("\x02", "")) == unescape(html)
    assert all(part.count("<") == part.count(">") for part in re.findall(r"\x01[^\x02]*\x02", result))


def test_a_thousand_terms_and_a_long_text__are_read_in_one_pass() -> None:
    automaton = Automaton([Entry(f"term{n} of kind{n % 7}", f"term:{n}", "name") for n in range(1000)])
    text = "term7 of kind0 and term7 of term7 " * 100

    def calls(text: str) -> int:
        """How many calls of Python functions reading the text takes: time that no busy machine can change."""
        counted = 0

        def count(frame: object, event: str, argument: object) -> None:
            nonlocal counted
            counted += event == "call"

        sys.setprofile(count)
        try:
            hits = sum(1 for _ in automaton.hits(text))
        finally:
            sys.setprofile(None)
        assert hits == text.count("kind0")
        return counted

    assert calls(10 * text) <= 10 * calls(text) + 100
    assert calls(text) <= 12 * len(text.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Raise the NPS of our SKUs.", ["NPS", "SKU"]),
        ("NPS, NPS and CLV", ["NPS"]),
        ("B2B sales, R&D and P&L", ["B2B", "P&L"]),
        ("Send a PDF by SMS, OK? USD 5, EU, API", []),
        ("Phase III and `SELECT NPS` at https://x.test/NPS or ops@NPS.test", []),
        ("THIS IS WHAT WE ALWAYS SHOUT ABOUT", []),
        ("IT is not it; a Ph and an A", []),
    ],
)
def test_jargon__in_a_text__is_what_the_glossary_lacks(text: str, expected: list[str]) -> None:
    assert unknown_abbreviations(text, {"CLV", "R&D"}.__contains__) == expected


@given(st.text(max_size=300))
def test_jargon__of_any_text__stands_in_it(text: str) -> None:
    assert all(word in text for word in unknown_abbreviations(text, lambda word: False))


@pytest.mark.parametrize(
    ("first", "second", "is_near"),
    [
        ("Household", "Households", True),
        ("Qualified opportunity", "Opportunity, qualified", True),
        ("Anchor household", "Ancor household", True),
        ("Lead", "Load", False),
        ("Household", "Customer", False),
    ],
)
def test_spellings__that_differ_a_little__are_near(first: str, second: str, is_near: bool) -> None:
    assert near_spelling(first, second) is near_spelling(second, first) is is_near


def test_overlap__of_definitions__counts_words_that_carry_meaning() -> None:
    one = meaning_words("A household that asked us to call.")
    assert overlap(one, meaning_words("The households that have asked for our call")) == 1
    assert overlap(one, meaning_words("")) == 0


@pytest.mark.parametrize(
    ("kind", "content", "pointer"),
    [
        ("term", {"name": "Lead"}, "/definition"),
        ("term", {**WORD, "function": "astrology"}, "/function"),
        ("term", {**WORD, "avoid": ["lead"]}, "/avoid/0"),
        ("term", {**WORD, "unit": "%"}, "/unit"),
        ("term", {**WORD, "examples": [3]}, "/examples/0"),
        ("term", [], ""),
        ("metric", {**WORD, "sources": {"a": 1}}, "/sources"),
        ("guideline", {**WORD, "questions": [{"text": "Fair?", "needs_reason_when": "perhaps"}]},
         "/questions/0/needs_reason_when"),
        ("guideline", {**WORD, "questions": ["Fair?", "fair"]}, "/questions/1/key"),
        ("guideline", {**WORD, "questions": [7]}, "/questions/0"),
    ],
)  # fmt: skip
def test_shape__of_what_cannot_be_meant__is_refused_where_it_stands(kind: str, content: Any, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_shape(kind, content)

    assert pointer in [error["pointer"] for error in refused.value.errors]


def test_shape__of_plain_texts__is_written_in_one_form() -> None:
    given = {**WORD, "synonyms": "enquiry\n\nask", "examples": "One.\nTwo.", "function": "Sales", "avoid": None}

    written = checked_shape("term", given)

    assert written.content["synonyms"] == [{"word": "enquiry", "team": ""}, {"word": "ask", "team": ""}]
    assert (written.content["examples"], written.content["function"], written.content["avoid"]) == (
        ["One.", "Two."],
        "sales",
        [],
    )
    assert checked_shape("term", written.content).content == written.content
