"""The pages of the rule editor, for each person: what they show, what they take, what they refuse."""

import re
from collections.abc import Callable
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from reviews.models import RuleDraft
from reviews.selectors.rule_states import history_in, reading_of
from reviews.services.requests import create_request
from taxonomy.selectors import rule_catalogue_for
from tests.factories.grocer import segment_content
from tests.reviews.test_pages import text_of

SignIn = Callable[[Any], Client]
PROPOSERS = ("owner", "steward", "administrator", "marketing_member")
READERS = (*PROPOSERS, "auditor", "rep", "viewer", "learner")


def opened(client: Client, rule: str = "", subject: str = "try") -> RuleDraft:
    answer = client.post(reverse("reviews:rule-draft-open"), {"subject": subject, "rule": rule})
    assert answer.status_code == 200, answer.content
    return RuleDraft.objects.get(author_id=int(client.session["_auth_user_id"]), subject=subject)


def told(client: Client, draft: RuleDraft, op: str = "fill", **fields: str) -> Any:
    """The answer to one deed of an up-to-date page."""
    revision = RuleDraft.objects.get(pk=draft.pk).revision
    given = {
        "op": op,
        "revision": str(revision),
        "tab": "one",
        **{key.replace("_", "-"): fields[key] for key in fields},
    }
    return client.post(reverse("reviews:rule-draft-change", args=[draft.pk]), given)


def _name(key: str) -> str:
    return key.replace("_", "-")


def text_in(draft: RuleDraft) -> str:
    fresh = RuleDraft.objects.select_related("author").get(pk=draft.pk)
    return reading_of(history_in(fresh).step.state, rule_catalogue_for(fresh.author)).text


def looked(client: Client, draft: RuleDraft, parent: str = "") -> str:
    return unescape(text_of(client.post(reverse("reviews:rule-draft-look", args=[draft.pk]), {"parent": parent})))


@pytest.fixture
def built(grocer: SimpleNamespace) -> SimpleNamespace:
    """The small grocer with profiles that can be counted."""
    from memberships.services.execution import execute_run
    from memberships.services.runs import request_run

    execute_run(request_run(actor=grocer.steward, trigger="person").pk)
    return grocer


def test_try_a_rule__everybody_who_reads_segments__builds_and_counts(
    grocer: SimpleNamespace, client_of: SignIn
) -> None:
    for name in READERS:
        client = client_of(getattr(grocer, name))
        page = text_of(client.get(reverse("reviews:try-rule")))
        assert ("Propose a segment with this rule" in page) is (name in PROPOSERS), name
        draft = opened(client)
        told(client, draft, "add 1")
        told(client, draft, a_2="orders_90d")
        assert told(client, draft, e_2_0="12")["HX-Reswap"] == "none"
        assert text_in(draft) == "orders_90d >= 12"
        assert "Orders, 90 days is at least 12" in looked(client, draft)


def test_try_a_rule__among_a_parent__keeps_it_in_the_address(grocer: SimpleNamespace, client_of: SignIn) -> None:
    page = text_of(client_of(grocer.owner).get(reverse("reviews:try-rule"), {"parent": "anchors"}))
    assert '<option value="anchors" selected>' in page
    assert page.count(" selected>") == 1


def test_try_a_rule__without_a_role__is_refused(cast: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(cast.stranger)
    assert client.get(reverse("reviews:try-rule")).status_code == 403
    assert client.post(reverse("reviews:rule-draft-open"), {"subject": "try"}).status_code == 403
    assert not RuleDraft.objects.exists()


def test_count__of_whom_the_rule_selects__stands_beside_each_part(built: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(built.owner)
    draft = opened(client, "orders_90d >= 9 AND (spend_365d >= 3000 OR main_department = 'Deli')")
    shown = looked(client, draft)
    assert "4 customers</strong> of 12" in shown
    assert "exact, on profile build" in shown
    parts = dict(re.findall(r'data-for="part-(\d+)">(.*?)</div>', shown))
    assert re.sub("<[^>]+>", "", parts["2"]).split() == ["6", "left,", "6", "dropped"]
    figures = [re.sub("<[^>]+>", "", part).strip() for part in parts.values()]
    assert sum("fit this by itself" in figure for figure in figures) == 2
    assert "3 customers" in looked(client, draft, "anchors")


def test_count__for_who_may_not_see_customers__is_rounded(built: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(built.viewer)
    draft = opened(client, "orders_90d >= 20 OR spend_365d >= 3000")
    shown = looked(client, draft)
    assert "rounded, on profile build" in shown
    assert "exact" not in shown
    assert shown.count("ewer than 5") >= 1


def test_unfinished_part__is_left_out_of_the_count_and_told(built: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(built.owner)
    draft = opened(client, "orders_90d >= 12")
    page = text_of(told(client, draft, "add 2"))
    assert "Choose an attribute." in page
    assert 'data-ready="no"' in page
    assert "without what is not finished" in looked(client, draft)


def test_remarks__stand_beside_the_part_they_are_about(built: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(built.steward)
    draft = opened(client, "has_children AND orders_90d BETWEEN 9 AND 3 AND spend_365d >= 3000")
    parts = dict(re.findall(r'data-for="part-(\d+)">(.*?)</div>', looked(client, draft, "anchors")))
    assert "Has children is personal data" in parts["2"] and "Only 17%" in parts["2"]
    assert "the first value is the larger one" in parts["3"]
    assert "A parent's rule says this already" in parts["4"]


def test_remarks__on_the_whole_rule__stand_with_the_total(built: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(built.steward)
    shown = looked(client, opened(client, " AND ".join(f"orders_90d <> {n}" for n in range(14))))
    assert "builder-measures--over" in shown
    assert "over the budget" in shown
    assert "it may describe a stereotype" in looked(client, opened(client, "has_children", "create"))


def test_sample__of_whom_the_rule_selects__is_for_those_who_may_see_customers(
    built: SimpleNamespace, client_of: SignIn
) -> None:
    client = client_of(built.rep)
    draft = opened(client, "orders_90d >= 15")
    assert "A few of them" in looked(client, draft)
    shown = text_of(client.post(reverse("reviews:rule-draft-sample", args=[draft.pk])))
    assert re.findall(r">(hh-\d+)<", shown) == ["hh-01", "hh-02"]
    client = client_of(built.viewer)
    draft = opened(client, "orders_90d >= 15")
    assert "A few of them" not in looked(client, draft)
    assert client.post(reverse("reviews:rule-draft-sample", args=[draft.pk])).status_code == 403


def test_overlap__with_a_sibling__is_counted(built: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(built.owner)
    draft = opened(client, "orders_90d >= 2 AND orders_90d <= 13", "change:anchor-families")
    url = reverse("reviews:rule-draft-proofs", args=[draft.pk])
    shown = text_of(client.post(url, {"parent": "households"}))
    assert "2 of them are in" in shown and "Occasional households" in shown
    assert "1 of them is in" in shown and "Anchor households" in shown


def test_proofs__of_a_rule_that_nobody_fits__are_told_at_the_rule(built: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(built.owner)
    draft = opened(client, "orders_90d > 5 AND orders_90d < 3")
    shown = text_of(client.post(reverse("reviews:rule-draft-proofs", args=[draft.pk])))
    assert "proved" in shown


def test_hidden_attribute__cannot_be_searched_picked_or_named(built: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(built.viewer)
    options = text_of(client.get(reverse("reviews:rule-draft-attributes"), {"q": "note"}))
    assert "household_note" not in options
    assert "has_children" not in text_of(client.get(reverse("reviews:rule-draft-attributes")))
    assert client.get(reverse("reviews:rule-draft-spread", args=["household_note"])).status_code == 404
    draft = opened(client)
    told(client, draft, "add 1")
    assert told(client, draft, a_2="household_note").status_code == 400
    page = text_of(told(client, draft, "view text", text="household_note = 'x'"))
    assert "Household note" not in page
    assert "There is no attribute household_note" in looked(client, draft)


def test_search__by_label_key_words_and_dimension__finds(built: SimpleNamespace, client_of: SignIn) -> None:
    client, url = client_of(built.owner), reverse("reviews:rule-draft-attributes")
    for words in ("spend_365", "Spend, 365", "365 value"):
        shown = text_of(client.get(url, {"q": words}))
        assert 'data-key="spend_365d"' in shown, words
        assert "known" in shown
    assert 'data-key="orders_90d"' not in text_of(client.get(url, {"q": "value"}))
    assert "No attribute has" in text_of(client.get(url, {"q": "<script>"}))
    dates = text_of(client.get(url, {"type": "number", "without": "orders_90d"}))
    assert re.findall(r'data-key="(\w+)"', dates) == ["spend_365d"]
    segments = text_of(client.get(reverse("reviews:rule-draft-segments"), {"q": "anchor fam"}))
    assert re.findall(r'data-key="([\w-]+)"', segments) == ["anchor-families"]


def test_spread__of_an_attribute__shows_values_and_fill(built: SimpleNamespace, client_of: SignIn) -> None:
    shown = text_of(client_of(built.owner).get(reverse("reviews:rule-draft-spread", args=["orders_90d"])))
    assert "10 of 12 customers have a value" in shown


def test_foreign_draft__at_every_address__is_not_there(built: SimpleNamespace, client_of: SignIn) -> None:
    draft = opened(client_of(built.owner), "orders_90d >= 1")
    client = client_of(built.administrator)
    for name in ("change", "look", "proofs", "discard"):
        assert client.post(reverse(f"reviews:rule-draft-{name}", args=[draft.pk]), {"op": "undo"}).status_code == 404
    assert text_in(draft) == "orders_90d >= 1"


def test_draft_of_a_request__that_the_person_may_not_see__is_not_opened(
    built: SimpleNamespace, client_of: SignIn
) -> None:
    made = create_request(
        actor=built.owner,
        kind="change",
        subject_type="segment",
        subject_key="anchors",
        proposed={"rule": "orders_90d >= 9"},
        rationale="It is time.",
    )
    given = {"subject": f"request:{made.pk}", "rule": "TRUE"}
    assert client_of(built.viewer).post(reverse("reviews:rule-draft-open"), given).status_code == 404
    assert client_of(built.owner).post(reverse("reviews:rule-draft-open"), given).status_code == 200


def test_draft__of_an_unknown_subject__is_refused(cast: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(cast.owner)
    for subject in ("", "try2", "change:", "change:../x", "request:x", "create\x00"):
        answer = client.post(reverse("reviews:rule-draft-open"), {"subject": subject, "rule": ""})
        assert answer.status_code == 400, subject


HOSTILE = "<img src=x onerror=alert(1)>\"'</textarea>{{ 7*7 }}"


def test_hostile_text__in_every_input__comes_back_escaped(built: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(built.steward)
    draft = opened(client, "household_note = 'x' AND household_note IN ('a')")
    pages = [
        told(client, draft, "add-values 3", n_3=HOSTILE, e_2_0=HOSTILE),
        told(client, draft, "add-written 1"),
        told(client, draft, e_4_0=HOSTILE),
        told(client, draft, "view words"),
        told(client, draft, "view text", text=HOSTILE),
        client.post(reverse("reviews:rule-draft-look", args=[draft.pk])),
        client.get(reverse("reviews:rule-draft-attributes"), {"q": HOSTILE}),
        client.post(reverse("reviews:rule-draft-open"), {"subject": "try", "rule": HOSTILE}),
    ]
    for answer in pages:
        assert answer.status_code == 200
        assert b"<img" not in answer.content
        assert b"</textarea>{{" not in answer.content


ODD: list[tuple[str, dict[str, str], int]] = [
    ("remove 77", {}, 400),
    ("remove", {}, 400),
    ("remove x", {}, 400),
    ("explode 2", {}, 400),
    ("move 2 2 0", {}, 400),
    ("paste", {"paste": "orders_90d >"}, 400),
    ("mine", {"mine": "{}"}, 400),
    ("mine", {"mine": "[" * 5000}, 400),
    ("view sql", {}, 400),
    ("fill", {"j_1": "xor"}, 400),
    ("fill", {"o_2": "drop table"}, 200),
    ("fill", {"e_2_99999": "1", "a_99": "spend_365d", "f_2_0": "sql"}, 200),
]


def test_odd_deeds__are_refused_or_say_nothing(grocer: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(grocer.owner)
    draft = opened(client, "orders_90d >= 1 AND spend_365d >= 2")
    for op, fields, status in ODD:
        assert told(client, draft, op, **fields).status_code == status, op
        assert text_in(draft) == "orders_90d >= 1 AND spend_365d >= 2", op


def test_deeds__of_the_page__change_the_rule(grocer: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(grocer.owner)
    draft = opened(client, "orders_90d >= 1")
    told(client, draft, "paste", paste="spend_365d > 5 AND CONTAINS(departments, 'Deli')")
    assert text_in(draft) == "orders_90d >= 1 AND spend_365d > 5 AND CONTAINS(departments, 'Deli')"
    root = history_in(RuleDraft.objects.get()).step.state["sketch"]["root"]
    first, second, third = (part["id"] for part in root["parts"])
    told(client, draft, f"move {third} {root['id']} 0")
    assert text_in(draft).startswith("CONTAINS")
    told(client, draft, **{f"j_{root['id']}": "any"})
    assert " OR " in text_in(draft)
    told(client, draft, **{f"o_{second}": "in"})
    told(client, draft, f"add-values {second}", **{f"n_{second}": "5, 6\n7"})
    assert "spend_365d IN (5, 6, 7)" in text_in(draft)
    told(client, draft, f"drop-value {second} 0")
    told(client, draft, **{f"a_{first}": "last_order_on"})
    told(client, draft, **{f"f_{first}_0": "days", f"e_{first}_0": ""})
    told(client, draft, **{f"f_{first}_0": "days", f"e_{first}_0": "90"})
    assert "last_order_on >= CURRENT_DATE - INTERVAL '90' DAY" in text_in(draft)
    told(client, draft, f"add-segment {root['id']}")
    told(client, draft, **{f"e_{max(first, second, third) + 1}_0": "anchors"})
    assert "IN_SEGMENT('anchors')" in text_in(draft)
    for _ in range(12):
        told(client, draft, "undo")
    assert text_in(draft) == "orders_90d >= 1"


def test_text__that_cannot_be_read__keeps_the_view_and_every_sign(grocer: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(grocer.owner)
    draft = opened(client, "orders_90d >= 1")
    told(client, draft, "view text")
    answer = told(client, draft, "view builder", text="orders_90d >= 1\nAND spend_365d >")
    # The field in which somebody may be typing is not drawn anew.
    assert answer["HX-Reswap"] == "none" and 'id="builder-text"' not in text_of(answer)
    assert RuleDraft.objects.get().view == "text" and text_in(draft) == "orders_90d >= 1\nAND spend_365d >"
    told(client, draft, "view builder", text="orders_90d >= 1\nAND spend_365d > 7")
    assert RuleDraft.objects.get().view == "builder"
    assert text_in(draft) == "orders_90d >= 1\nAND spend_365d > 7"
    assert 'name="e-3-0"' in text_of(told(client, draft, "view builder"))


def test_two_pages__that_disagree__are_both_shown(grocer: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(grocer.owner)
    draft = opened(client, "orders_90d >= 1")
    url = reverse("reviews:rule-draft-change", args=[draft.pk])
    client.post(url, {"op": "fill", "e-1-0": "5", "revision": "1", "tab": "one"})
    answer = client.post(url, {"op": "fill", "e-1-0": "6", "revision": "1", "tab": "two"})
    page = text_of(answer)
    assert "changed on another page" in page and "&gt;= 5" in page and "&gt;= 6" in page
    assert text_in(draft) == "orders_90d >= 5"
    mine = answer.context["mine_state"]
    client.post(url, {"op": "mine", "mine": mine, "revision": "2", "tab": "two"})
    assert text_in(draft) == "orders_90d >= 6"
    client.post(url, {"op": "undo", "revision": "3", "tab": "two"})
    assert text_in(draft) == "orders_90d >= 5"


def form_of(**given: str) -> dict[str, str]:
    content = segment_content("anchors", **given)
    owners = {f"owner_{name}": person for name, person in content.pop("owners").items()}
    plain = {key: value or "" for key, value in content.items()}
    return {**plain, **owners, "rationale": "It is time.", "expected": "", "effective_at": "", **given}


def test_form__holds_the_editor_and_forgets_the_draft_when_it_was_sent(
    grocer: SimpleNamespace, client_of: SignIn
) -> None:
    client = client_of(grocer.owner)
    url = f"{reverse('reviews:request-new')}?type=segment&kind=change&key=anchors"
    page = text_of(client.get(url))
    assert 'data-subject="change:anchors"' in page
    assert 'data-start="orders_90d &gt;= 12 AND spend_365d &gt;= 3000"' in page
    assert '<textarea name="rule"' in page
    opened(client, "orders_90d >= 12 AND spend_365d >= 3000", "change:anchors")
    assert client.post(url, form_of(rule="orders_90d >=")).status_code == 422
    assert RuleDraft.objects.count() == 1
    sent = client.post(url, form_of(rule="orders_90d >= 13"))
    assert sent.status_code == 302, sent.context["form"].errors
    assert not RuleDraft.objects.exists()
    edit = text_of(client.get(f"{sent['Location']}edit/"))
    assert f'data-subject="request:{sent["Location"].strip("/").split("/")[-1]}"' in edit


def test_propose__from_the_rule_that_was_tried__takes_it_along(grocer: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(grocer.owner)
    opened(client, "orders_90d >= 12")
    answer = client.post(reverse("reviews:rule-draft-propose"))
    assert answer["Location"].endswith("?type=segment&kind=create")
    below = client.post(reverse("reviews:rule-draft-propose"), {"parent": "customers"})
    assert below["Location"].endswith("?type=segment&kind=create&parent=customers")
    draft = RuleDraft.objects.get(subject="create")
    assert text_in(draft) == "orders_90d >= 12"
    page = text_of(client.post(reverse("reviews:rule-draft-open"), {"subject": "create", "rule": ""}))
    assert 'data-text="orders_90d &gt;= 12"' in page
    assert client_of(grocer.rep).post(reverse("reviews:rule-draft-propose")).status_code == 404


def test_discard__begins_from_the_form_again(grocer: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(grocer.owner)
    draft = opened(client, "orders_90d >= 12")
    answer = client.post(reverse("reviews:rule-draft-discard", args=[draft.pk]))
    assert answer["HX-Refresh"] == "true"
    assert not RuleDraft.objects.exists()


def test_editor__of_an_empty_rule__finds_no_fault_with_it(grocer: SimpleNamespace, client_of: SignIn) -> None:
    page = text_of(client_of(grocer.owner).post(reverse("reviews:rule-draft-open"), {"subject": "try"}))
    assert "still to be filled in" not in page
    assert "remove it" not in page


def test_count__of_one_customer__is_one_customer(built: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(built.owner)
    sizes = [looked(client, opened(client, f"orders_90d >= {n}")) for n in range(9, 30)]
    assert any(">1 customer</strong>" in shown for shown in sizes)


def test_form__for_who_can_propose_nothing__says_so_before_anything_is_written(
    grocer: SimpleNamespace, client_of: SignIn
) -> None:
    for name in READERS:
        page = text_of(
            client_of(getattr(grocer, name)).get(reverse("reviews:request-new") + "?type=segment&kind=create")
        )
        assert ("You can read this form, not send it" in page) is (name not in PROPOSERS), name


def test_overlaps__with_many_siblings__show_four_and_fold_the_rest() -> None:
    overlaps = [{"count": "2", "key": f"s-{n}", "name": f"Sibling {n}"} for n in range(6)]
    page = render_to_string("reviews/builder_proofs.html", {"proved": [], "overlaps": overlaps})
    before, _, folded = page.partition("<details")
    assert before.count("of them") == 4
    assert "2 more" in folded and folded.count("of them") == 2
    assert "<details" not in render_to_string("reviews/builder_proofs.html", {"proved": [], "overlaps": overlaps[:4]})
