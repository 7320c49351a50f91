"""The pages of the glossary, the marks in running text, and the mapping of fields."""

import csv
import io
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils.safestring import SafeString

from common import correlation
from common.errors import Invalid, NotAllowed
from ledger.selectors import entries_for
from taxonomy.models import FieldMapping
from taxonomy.selectors.conflicts import conflicts
from taxonomy.selectors.definition_checks import checked_definition
from taxonomy.selectors.glossary import glossary, glossary_index, glossary_of_page
from taxonomy.selectors.mapping import coverage_of, mappings_for
from taxonomy.selectors.word_faults import faults_of_words
from taxonomy.selectors.word_uses import uses_of_word
from taxonomy.selectors.words_in_use import words_in_use
from taxonomy.services.mapping import map_fields
from tests.taxonomy.words_stage import WORDS, enact_word, enact_words, put_away

pytestmark = pytest.mark.django_db

ClientOf = Callable[[Any], Client]


def shown(text: Any, but: str = "") -> str:
    template = Template("{% load glossary %}{{ text|terms:but }}")
    return template.render(Context({"text": text, "but": but}))


@pytest.fixture
def words(cast: SimpleNamespace) -> SimpleNamespace:
    for key in WORDS:
        enact_word(key)
    enact_word("share-kept", kind="metric", name="Share kept", definition="Households still there.", unit="%")
    return cast


def test_terms__in_plain_text__are_explained_once_and_all_else_is_escaped(words: SimpleNamespace) -> None:
    html = shown("An MQL <b> is a lead; a lead is no household.")

    assert html.count('class="term"') == 2 and "&lt;b&gt;" in html
    assert 'tabindex="0"' in html and WORDS["lead"]["definition"] in html
    assert reverse("taxonomy:term", args=["lead"]) in html
    assert "tooltip" not in shown("A lead", but="lead")


def test_terms__to_avoid_or_put_away__say_what_to_say_instead(words: SimpleNamespace) -> None:
    assert "Better say <b>Lead</b>" in shown("A hot name")
    put_away("household", heir="lead")
    assert "On its way out: say <b>Lead</b>" in shown("Our households")
    put_away("household", heir="opportunity", is_final=True)
    assert "No longer used: say <b>Qualified opportunity</b>" in shown("Our households")


def test_terms__in_safe_html__keep_its_tags(words: SimpleNamespace) -> None:
    html = shown(SafeString('<a href="/lead">lead</a> <code>lead</code>'))

    assert html == '<a href="/lead">lead</a> <code>lead</code>'


def test_glossary__asked_again__is_the_same_until_a_word_changes(
    words: SimpleNamespace, django_assert_num_queries: Any
) -> None:
    first = glossary()
    with django_assert_num_queries(1):
        assert glossary() is first
    enact_word("lead", base=1, definition="Somebody who asked for a call.")
    assert glossary().words["term:lead"].definition == "Somebody who asked for a call."
    with correlation.bind(correlation.current()), django_assert_num_queries(1):
        assert glossary_of_page() is glossary_of_page()


def test_index__of_all_spellings__gives_names_before_synonyms(words: SimpleNamespace) -> None:
    index = glossary_index()

    assert (index["enquiry"].key, index["enquiry"].role, index["MQL"].name) == ("lead", "synonym", "Lead")
    assert index["Share kept"].type == "metric"


def test_faults__of_a_text__name_unknown_and_better_words(words: SimpleNamespace) -> None:
    put_away("household", heir="lead")
    faults = faults_of_words("A hot name is an MQL with an NPS in a household.")

    assert faults.unknown == ["NPS"]
    assert [(each.said, each.word.name if each.word else None) for each in faults.better] == [
        ("hot name", "Lead"),
        ("household", "Lead"),
    ]


def test_uses__of_a_word__are_the_texts_that_say_it(grocer: SimpleNamespace) -> None:
    enact_word("household")

    kinds = {(use.kind, use.title) for use in uses_of_word("term", "household")}

    assert ("Segment", "Anchor households") in kinds and (
        "Objective",
        "Keep the households the stores live on",
    ) in kinds
    assert not any(kind == "Term" for kind, _ in kinds)


def test_report__of_words_in_use__counts_names_what_is_said_instead_and_what_is_unknown(words: SimpleNamespace) -> None:
    enact_word("desk", name="Desk", definition="Where an enquiry is taken and its NPS asked for.")

    report = words_in_use()

    assert [line.said for line in report.unknown] == ["NPS"]
    assert [(line.word.key, line.others[0][:2]) for line in report.instead] == [("lead", ("enquiry", "synonym"))]
    assert "desk" in {line.word.key for line in report.unused}


def test_conflicts__between_functions__propose_to_join_and_within_one_to_merge(words: SimpleNamespace) -> None:
    enact_word("prospect", name="Prospect", definition=WORDS["lead"]["definition"], function="sales")
    enact_word("asker", name="Asker", definition="A household that asked us to call.", function="marketing")
    enact_word("cold-lead", name="Cold lead", definition="Whoever never answered.", function="sales")

    found = {(each.left.key, each.right.key): each.proposal for each in conflicts()}

    assert found[("lead", "prospect")] == "join" and found[("asker", "lead")] == "merge"
    assert found[("cold-lead", "lead")] == "join"


def test_checked_definition__with_keys_that_are_not_there__warns(words: SimpleNamespace) -> None:
    content = {"name": "Kept", "definition": "x", "sources": ["nowhere"], "related": ["nothing", "lead"]}
    checked = checked_definition(content, kind="metric", key="kept", deed="create")

    assert {"/related/0", "/sources/0"} <= {warning["pointer"] for warning in checked.warnings}


def test_glossary__narrowed__shows_what_fits(words: SimpleNamespace, client_of: ClientOf) -> None:
    client = client_of(words.viewer)
    for query, expected in (
        ("", set(WORDS)),
        ("?q=call", {"lead"}),
        ("?letter=L", {"lead"}),
        ("?function=sales&state=active", {"opportunity"}),
        ("?state=odd&letter=%00", set(WORDS)),
    ):
        page = client.get(reverse("taxonomy:glossary") + query)
        assert page.status_code == 200
        assert {row.word.key for row in page.context["rows"]} == expected, query


def test_pages__of_words__open_for_readers_and_are_missing_where_nothing_is(
    words: SimpleNamespace, client_of: ClientOf
) -> None:
    enact_word("ethics", kind="guideline", name="Fair", definition="Be fair.", questions=["Is it fair?"])
    enact_word("lead", base=1, definition="Somebody who asked for a call.")
    client = client_of(words.viewer)
    for name, arguments in (
        ("glossary", []), ("metrics", []), ("words", []), ("conflicts", []), ("equivalences", []), ("mapping", []),
        ("term", ["lead"]), ("metric", ["share-kept"]), ("guideline", ["ethics"]), ("term-versions", ["lead"]),
        ("metric-versions", ["share-kept"]), ("guideline-versions", ["ethics"]),
    ):  # fmt: skip
        assert client.get(reverse(f"taxonomy:{name}", args=arguments)).status_code == 200, name
    assert client.get(reverse("taxonomy:guideline-in-force")).status_code == 302
    assert client.get(reverse("taxonomy:term", args=["nothing"])).status_code == 404
    compared = client.get(reverse("taxonomy:term-versions", args=["lead"]) + "?old=1&new=2")
    assert b"<ins>" in compared.content
    assert client.get(reverse("taxonomy:term-versions", args=["lead"]) + "?old=7&new=x").status_code == 422
    assert client_of(words.stranger).get(reverse("taxonomy:glossary")).status_code == 403


def test_guideline__not_written_yet__says_so(cast: SimpleNamespace, client_of: ClientOf) -> None:
    assert b"no guideline yet" in client_of(cast.viewer).get(reverse("taxonomy:guideline-in-force")).content


def test_mapping__of_a_source__covers_what_was_said_and_keeps_its_history(grocer: SimpleNamespace) -> None:
    enact_word("household")
    enact_word("order", name="Order", definition="One basket paid for.")
    (before,) = mappings_for(viewer=grocer.steward)
    assert (before.key, before.coverage.said, before.coverage.total) == ("pos", 0, 7)
    suggested = {row.field.name: row.suggestion.key for row in before.rows if row.suggestion}
    assert suggested == {"orders_90d": "order", "last_order_on": "order", "household_note": "household"}

    fields = {"orders_90d": "household", "departments": "-"}
    assert map_fields(actor=grocer.steward, source_key="pos", fields=fields) == 2
    assert map_fields(actor=grocer.steward, source_key="pos", fields={**fields, "orders_90d": "order"}) == 1

    coverage = coverage_of(mappings_for(viewer=grocer.steward))
    assert (coverage.said, coverage.total) == (2, 7)
    told = entries_for(viewer=grocer.administrator, object_type="field", object_key="pos.orders_90d")
    assert [entry.payload["previous_key"] for entry in told.order_by("id")] == ["", "household"]


def test_mapping__to_what_is_not_there__is_refused_whole(grocer: SimpleNamespace) -> None:
    enact_word("household")
    for fields in ({"nothing": "household"}, {"orders_90d": "nothing"}, {"orders_90d": ""}):
        with pytest.raises(Invalid):
            map_fields(actor=grocer.steward, source_key="pos", fields={"departments": "-", **fields})
    assert not FieldMapping.objects.exists()
    with pytest.raises(NotAllowed, match="steward"):
        map_fields(actor=grocer.owner, source_key="pos", fields={"departments": "-"})


def test_mapping__for_somebody_who_may_not_see_an_attribute__leaves_it_out(
    grocer: SimpleNamespace, client_of: ClientOf
) -> None:
    names = {row.field.name for found in mappings_for(viewer=grocer.viewer) for row in found.rows}
    assert "household_note" not in names and "orders_90d" in names
    assert (
        b"household_note" not in client_of(grocer.viewer).get(reverse("taxonomy:mapping-source", args=["pos"])).content
    )


def test_mapping__through_its_pages__takes_suggestions_and_gives_a_table(
    grocer: SimpleNamespace, client_of: ClientOf
) -> None:
    enact_word("household")
    client, page = client_of(grocer.steward), reverse("taxonomy:mapping-source", args=["pos"])
    assert b"Take 1 suggestion" in client.get(page).content.replace(b'<span class="num">1</span>', b"1")
    form = reverse("taxonomy:mapping-map", args=["pos"])
    assert client.post(form, {"all": "suggestions"}).status_code == 302
    assert client.post(form, {"field:departments": "-", "field:orders_90d": ""}).status_code == 302
    assert client.post(form, {"field:departments": "nothing"}).status_code == 422
    assert client_of(grocer.viewer).post(form, {"field:departments": "-"}).status_code == 403

    table = b"".join(client.get(reverse("taxonomy:mapping-csv"))).decode()  # type: ignore[arg-type]
    states = {row["field"]: row["state"] for row in csv.DictReader(io.StringIO(table))}
    assert (states["household_note"], states["departments"], states["orders_90d"]) == (
        "mapped",
        "needs no word",
        "open",
    )


def test_api__of_the_glossary__reads_words_versions_and_what_joins_them(
    grocer: SimpleNamespace, api_of: Callable[..., Client]
) -> None:
    enact_words()
    put_away("household", heir="lead")
    api = api_of(grocer.viewer, ("read",))

    def read(name: str, *arguments: str, query: str = "") -> Any:
        answer = api.get(reverse(name, args=arguments) + query)
        assert answer.status_code == 200, answer.content
        return answer.json()

    assert [row["key"] for row in read("api-terms")["results"]] == ["household", "lead", "opportunity"]
    assert [row["key"] for row in read("api-terms", query="?function=sales&q=price")["results"]] == ["opportunity"]
    word = read("api-term", "household")
    assert (word["status"], word["successor"], word["version"]) == ("deprecated", "lead", 1)
    assert read("api-term", "lead")["content"]["avoid"] == ["hot name"]
    assert read("api-metric", "share-kept")["content"]["unit"] == "%"
    assert read("api-term-versions", "lead")["results"][0]["state"] == "active"
    assert read("api-metric-versions", "share-kept")["results"][0]["number"] == 1
    assert read("api-metrics", query="?status=retired")["results"] == []
    assert read("api-guideline")["questions"][0]["key"] == "is-it-fair"
    empty = {"results": [], "next": None}
    assert read("api-equivalences") == empty and read("api-conflicts") == empty
    assert read("api-mapping")["total"] == 5
    assert api.get(reverse("api-term", args=["nothing"])).status_code == 404
    assert api.get(reverse("api-terms") + "?q=%00").status_code == 400


def test_search__for_a_spelling__finds_the_word(words: SimpleNamespace) -> None:
    from taxonomy.selectors import search

    assert [(hit.kind, hit.title) for hit in search(words.viewer, "enquiry")] == [("Term", "Lead")]
    assert search(words.stranger, "enquiry") == []
