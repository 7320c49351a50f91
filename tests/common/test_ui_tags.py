"""The tags of the components: what they say, and that nothing of a user's gets into the page unescaped."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory

EVIL = '<script>alert("x")</script>'


def drawn(source: str, **context: Any) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    "source",
    [
        "{% icon x label=x %}",
        "{% number 3 unit=x run=x href=x %}",
        "{% count 2 x x %}",
        "{% person x note=x %}",
        "{% state x label=x %}",
        "{% state x %}",
        "{% tier x label=x %}",
        "{% tier x %}",
        "{% segment_chip x x tier=x state=x %}",
        "{% term x x x %}",
        "{% term x x %}",
        "{% difference x 'y' %}",
        "{% difference 'y' x %}",
        "{% rule_tree node %}",
        "{% rule_text x line=1 column=3 message=x %}",
        "{% size_bar 1 2 label=x %}",
        "{% sparkline values label=x %}",
        "{% line_chart points title=x unit=x %}",
        "{% flow staying=1 entering=1 leaving=1 sources=items targets=items noun=x %}",
        "{% change 3 x %}",
        '{% include "components/facts.html" with title=x facts=facts %}',
        '{% include "components/empty.html" with icon=x title=x text=x href=x action=x %}',
        '{% include "components/copy.html" with text=x label=x %}',
        '{% include "components/tree.html" with nodes=items label=x %}',
        '{% include "components/comment.html" with who=x at=at text=x note=x %}',
    ],
)
def test_tag__given_markup__escapes_it(source: str) -> None:
    at = datetime(2026, 3, 4, tzinfo=UTC)
    page = drawn(
        source,
        x=EVIL,
        at=at,
        values=[1, 2],
        node={"joiner": EVIL, "children": [{"words": EVIL, "note": EVIL, "truth": "true"}]},
        points=[{"at": at, "value": 1, "note": EVIL}, {"at": at.replace(month=5), "value": 2, "note": EVIL}],
        items=[{"label": EVIL, "count": 3, "href": EVIL, "name": EVIL}],
        facts=[{"label": EVIL, "value": EVIL, "href": EVIL, "help": EVIL}],
    )
    assert "<script" not in page
    assert 'alert("x")' not in page


@pytest.mark.parametrize(
    "source",
    [
        "{% number missing %}",
        "{% count missing 'x' %}",
        "{{ missing|thousand }}",
        "{{ missing|percent:3 }}",
        "{{ missing|ago }}",
        "{{ missing|moment }}",
        "{{ missing|day }}",
        "{{ missing|duration }}",
        "{% person missing %}",
        "{% state missing %}",
        "{% sparkline missing %}",
    ],
)
def test_tag__given_nothing__says_so(source: str) -> None:
    assert "unknown" in drawn(source)


def test_number__with_its_source__says_how_exact_and_from_where() -> None:
    when = datetime(2026, 3, 4, 14, 5, tzinfo=UTC)
    page = drawn("{% number 2469 as_of=when run='run 12' href='/runs/12/' %}", when=when)
    assert 'title="Exact, as of 4 March 2026, 14:05 UTC, from run 12"' in page
    assert ">2,469</a>" in page
    assert "≈ 7" in drawn("{% number 7 estimate=True %}")


def test_person__who_has_left__is_marked() -> None:
    gone = SimpleNamespace(display_name="Pat Moreau", is_active=False)
    assert "has left" in drawn("{% person gone %}", gone=gone)
    assert "has left" not in drawn("{% person here %}", here=SimpleNamespace(display_name="Pat", is_active=True))


def test_difference__removed_and_added__are_said_in_words() -> None:
    page = drawn("{% difference 'every week' 'every second week' %}")
    assert page == (
        '<span class="difference">every <ins><span class="visually-hidden">added: </span>second </ins>week</span>'
    )


def test_delta__entered_and_left__has_signs_and_words() -> None:
    page = drawn("{% delta 1200 5 %}")
    assert "+1,200" in page
    assert "−5" in page
    assert "entered" in page
    assert "no change" in drawn("{% delta 0 0 %}")


def test_rule_text__with_a_fault__marks_the_place_and_says_it() -> None:
    page = drawn("{% rule_text text line=2 column=5 message='There is no attribute b.' %}", text="a > 1\nAND b > 2")
    assert '<mark class="fault">b</mark>' in page
    assert "Line 2, column 5: There is no attribute b." in page


def test_rule_text__fault_behind_the_end__is_still_marked() -> None:
    assert '<mark class="fault"> </mark>' in drawn("{% rule_text 'a >' line=1 column=9 message='unfinished' %}")


@pytest.mark.parametrize(
    ("query", "link", "order"),
    [
        ("", "?sort=name", ""),
        ("sort=name&page=3&q=a", "?sort=-name&amp;q=a", "ascending"),
        ("sort=-name", "?sort=name", "descending"),
    ],
)
def test_sort_head__followed_again__turns_the_order(query: str, link: str, order: str) -> None:
    request = RequestFactory().get(f"/x/?{query}")
    page = Template("{% load ui %}{% sort_head 'name' 'Segment' %}").render(Context({"request": request}))
    assert sorted(page.split('href="')[1].split('"')[0].strip("?").split("&amp;")) == sorted(
        link.strip("?").split("&amp;")
    )
    assert (f'aria-sort="{order}"' in page) is bool(order)


def test_size_bar__of_very_few__is_not_empty() -> None:
    assert 'width="1.0%"' in drawn("{% size_bar 1 100000 %}")
    assert 'width="0%"' in drawn("{% size_bar 0 100000 %}")


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.0, "0 %"), (0.0004, "under 1 %"), (0.5, "50 %"), (2468 / 2469, "over 99 %"), (1.0, "100 %")],
)
def test_whole_percent__rounding__never_says_all_or_none_of_some(share: float, words: str) -> None:
    assert drawn("{{ share|whole_percent }}", share=share) == words
