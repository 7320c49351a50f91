"""The taxonomy's pages."""

from collections.abc import Callable
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from reviews.services.boards import define_board
from taxonomy.models import Objective
from taxonomy.services.enactment import retire_segment
from tests.taxonomy.stage import enact, objective

pytestmark = pytest.mark.django_db

SignIn = Callable[[Any], Client]


@pytest.fixture
def family(stage: SimpleNamespace) -> SimpleNamespace:
    """A market, a segment that was changed once, and a persona below it."""
    objective(stage.steward)
    enact("market", tier="market", rule="TRUE", name="All households", meaning="Everybody.")
    enact("frequent", parent="market", objective="fresh", actor=stage.owner)
    enact("frequent", base=1, parent="market", objective="fresh", rule="visits >= 60 OR spend > 900")
    enact("young", parent="frequent", tier="persona", name="Young regulars", rule="age_band = '19-24'")
    return stage


def page(client: Client, path: str, status: int = 200, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == status, answer.content[:2000]
    return unescape(answer.content.decode())


def test_tree__a_family__shows_every_segment_and_asks_for_sizes(family: SimpleNamespace, client_of: SignIn) -> None:
    text = page(client_of(family.learner), "/taxonomy/")

    assert text.index("All households") < text.index("Frequent visitors") < text.index("Young regulars")
    assert 'id="size-young"' in text
    assert 'hx-get="/memberships/sizes/"' in text
    assert "data-tree" in text


def test_tree__narrowed__shows_hits_in_their_place_and_a_chip(family: SimpleNamespace, client_of: SignIn) -> None:
    enact("casual", parent="market", name="Casual shoppers", rule="visits < 5")

    text = page(client_of(family.learner), "/taxonomy/?q=young&tier=persona")

    assert "Young regulars" in text
    assert "Casual shoppers" not in text
    assert "Contains “young”" in text and "Tier: Persona" in text


def test_tree__asked_by_htmx__answers_with_the_results_alone(family: SimpleNamespace, client_of: SignIn) -> None:
    text = page(client_of(family.learner), "/taxonomy/?q=young", HX_Request="true")

    assert "<html" not in text
    assert "Young regulars" in text


def test_tree__nothing_fits__offers_the_way_back(family: SimpleNamespace, client_of: SignIn) -> None:
    assert "No segment fits" in page(client_of(family.learner), "/taxonomy/?q=nobody-at-all")


def test_tree__empty_taxonomy__says_the_first_step(stage: SimpleNamespace, client_of: SignIn) -> None:
    text = page(client_of(stage.owner), "/taxonomy/")

    assert "The taxonomy is empty" in text
    assert "/requests/new/?type=segment&kind=create" in text


def test_tree__without_role__is_refused_with_the_reason(family: SimpleNamespace, client_of: SignIn) -> None:
    assert "an administrator can give you one" in page(client_of(family.stranger), "/taxonomy/", 403)


def test_segment__a_persona__shows_words_place_and_people(family: SimpleNamespace, client_of: SignIn) -> None:
    text = page(client_of(family.viewer), "/segments/young/")

    assert "Age band is “19-24”" in text
    assert "Visits is at least 60" in text, "the inherited part"
    assert 'href="/segments/frequent/"' in text
    assert "Stella Steward" in text and "Olive Owner" in text
    proposing = "/requests/new/?type=segment&kind=change&key=young"
    assert proposing not in text, "a viewer can propose nothing"
    assert "/segments/young/members/" not in text and "of=members" not in text, "a viewer may not see who they are"
    for_owner = page(client_of(family.owner), "/segments/young/")
    assert proposing in for_owner and "/segments/young/members/" in for_owner and "of=members" in for_owner
    for region in (
        "/memberships/size/young/",
        "/playbooks/region/segment/young/",
        "/training/region/segment/young/",
        "/requests/region/segment/young/",
    ):
        assert f'hx-get="{region}"' in text


def test_segment__with_objective__shows_target_against_baseline(family: SimpleNamespace, client_of: SignIn) -> None:
    text = page(client_of(family.viewer), "/segments/frequent/")

    assert "More households buy fresh" in text
    assert "31" in text and "40" in text


def test_segment__retired__sends_to_the_successor(family: SimpleNamespace, client_of: SignIn) -> None:
    retire_segment(
        actor=SYSTEM, segment_key="young", base_version=1, successor_key="frequent", rationale="Gone.", request_ref="2"
    )

    text = page(client_of(family.viewer), "/segments/young/")

    assert "Go to its successor" in text
    assert "Propose a change" not in text


def test_segment__markup_in_its_texts__is_shown_not_run(family: SimpleNamespace, client_of: SignIn) -> None:
    enact("odd", name="Odd <b>one", meaning="<script>alert(1)</script>", rule="diet = '<img src=x>'")

    answer = client_of(family.steward).get("/segments/odd/").content.decode()

    assert "<script>alert" not in answer
    assert "<b>one" not in answer
    assert "<img src=x>" not in answer


@pytest.mark.parametrize(
    "path",
    [
        "/segments/nobody/",
        "/segments/nobody/versions/",
        "/segments/frequent/versions/9/",
        "/segments/nobody/versions/compare/",
        "/objectives/nothing/",
    ],
)
def test_pages__not_there__are_404(family: SimpleNamespace, client_of: SignIn, path: str) -> None:
    page(client_of(family.viewer), path, 404)


@pytest.mark.parametrize("path", ["/segments/frequent/", "/segments/frequent/versions/1/", "/objectives/fresh/"])
def test_pages__without_role__find_nothing(family: SimpleNamespace, client_of: SignIn, path: str) -> None:
    page(client_of(family.stranger), path, 404)


@pytest.mark.parametrize("path", ["/taxonomy/", "/segments/frequent/", "/objectives/", "/objectives/+new/"])
def test_pages__signed_out__ask_to_sign_in(family: SimpleNamespace, path: str) -> None:
    answer = Client().get(path)

    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


def test_versions__two__show_reason_words_who_and_when(family: SimpleNamespace, client_of: SignIn) -> None:
    text = page(client_of(family.viewer), "/segments/frequent/versions/")

    assert text.index("Version 2") < text.index("Version 1")
    assert "They carry most of the revenue." in text
    assert "Visits is at least 50" in text
    assert "Created by Olive Owner" in text
    assert 'href="/requests/1/"' in text


def test_version__superseded__says_that_it_is_not_in_force(family: SimpleNamespace, client_of: SignIn) -> None:
    text = page(client_of(family.viewer), "/segments/frequent/versions/1/")

    assert "Not in force" in text
    assert "visits >= 50" in text


def test_compare__two_versions__mark_what_went_and_came(family: SimpleNamespace, client_of: SignIn) -> None:
    text = page(client_of(family.viewer), "/segments/frequent/versions/compare/?old=1&new=2")

    assert "<del>50</del>" in text
    assert "<ins>60" in text


def test_compare__nothing_named__takes_the_two_newest(family: SimpleNamespace, client_of: SignIn) -> None:
    text = page(client_of(family.viewer), "/segments/frequent/versions/compare/")

    assert "from version 1 to version 2" in text
    assert "Nothing differs" in page(client_of(family.viewer), "/segments/young/versions/compare/")


@pytest.mark.parametrize("query", ["old=1&new=99", "old=x&new=1", "old=1"])
def test_compare__unknown_version__says_so(family: SimpleNamespace, client_of: SignIn, query: str) -> None:
    page(client_of(family.viewer), f"/segments/frequent/versions/compare/?{query}", 422)


def test_objectives__list_and_page__show_target_and_segments(family: SimpleNamespace, client_of: SignIn) -> None:
    assert "More households buy fresh" in page(client_of(family.viewer), "/objectives/")
    text = page(client_of(family.viewer), "/objectives/fresh/")
    assert "Frequent visitors" in text and "30 June 2027" in text


def test_objectives__who_may_not_define__is_told_why(family: SimpleNamespace, client_of: SignIn) -> None:
    text = page(client_of(family.viewer), "/objectives/")

    assert 'aria-disabled="true"' in text
    assert "Only an administrator, a steward" in text
    page(client_of(family.viewer), "/objectives/+new/", 403)


OBJECTIVE = {
    "key": "baskets",
    "name": "Bigger baskets",
    "kind": "revenue",
    "metric": "Median basket",
    "unit": "USD",
    "baseline": "",
    "target": "31.5",
    "target_on": "2027-01-31",
    "owner": "owner",
}


def test_define_objective__sent__stands_and_opens(stage: SimpleNamespace, client_of: SignIn) -> None:
    answer = client_of(stage.owner).post("/objectives/+new/", OBJECTIVE)

    assert (answer.status_code, answer["Location"]) == (302, "/objectives/baskets/")
    assert Objective.objects.get().owner == stage.owner


@pytest.mark.parametrize("given", [{"key": "No key"}, {"target": "lots"}, {"owner": "nobody"}, {"name": ""}])
def test_define_objective__wrong_value__is_shown_beside_the_field(
    stage: SimpleNamespace, client_of: SignIn, given: dict[str, str]
) -> None:
    answer = client_of(stage.owner).post("/objectives/+new/", {**OBJECTIVE, **given})

    assert answer.status_code == 422
    assert next(iter(given)) in answer.context["form"].errors
    assert not Objective.objects.exists()


def test_define_objective__key_taken__changes_nothing(family: SimpleNamespace, client_of: SignIn) -> None:
    answer = client_of(family.owner).post("/objectives/+new/", {**OBJECTIVE, "key": "fresh"})

    assert answer.status_code == 422
    assert "exists already" in answer.content.decode()
    assert Objective.objects.get().name == "More households buy fresh"


def test_edit_objective__from_an_old_page__is_refused(family: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(family.owner)
    sent = {**OBJECTIVE, "name": "Fresh for all", "base": "1"}

    first = client.post("/objectives/fresh/edit/", sent)
    second = client.post("/objectives/fresh/edit/", {**sent, "name": "Fresh for some"})

    assert (first.status_code, second.status_code) == (302, 422)
    assert Objective.objects.get().name == "Fresh for all"
    assert Objective.history.count() == 2


def test_admin__superuser__reads_and_changes_nothing(family: SimpleNamespace, client_of: SignIn) -> None:
    family.administrator.is_staff = family.administrator.is_superuser = True
    family.administrator.save()
    client = client_of(family.administrator)

    for model in ("segment", "segmentversion", "enactment", "objective"):
        assert client.get(f"/admin/taxonomy/{model}/").status_code == 200
        assert client.get(f"/admin/taxonomy/{model}/add/").status_code == 403
        assert client.post(f"/admin/taxonomy/{model}/1/delete/", {"post": "yes"}).status_code in (302, 403, 404)
    assert Objective.objects.count() == 1


def test_segment__attribute_hidden_from_the_viewer__is_named_without_a_link(
    family: SimpleNamespace, client_of: SignIn
) -> None:
    enact("vegan", name="Vegans", rule="diet = 'vegan'")

    assert 'href="/attributes/diet/"' in page(client_of(family.steward), "/segments/vegan/")
    assert 'href="/attributes/diet/"' not in page(client_of(family.rep), "/segments/vegan/")


@pytest.mark.parametrize(("path", "most"), [("/taxonomy/", 20), ("/segments/young/", 32)])
def test_pages__queries__stay_few(
    family: SimpleNamespace, client_of: SignIn, django_assert_max_num_queries: Any, path: str, most: int
) -> None:
    client = client_of(family.viewer)
    client.get(path)

    with django_assert_max_num_queries(most):
        client.get(path)


def test_segment_board__a_board_governs_the_branch__takes_its_place_among_the_facts(
    family: SimpleNamespace, client_of: SignIn
) -> None:
    define_board(actor=family.administrator, key="grocery", name="Grocery board", policy={"quorum": 1})

    assert 'id="segment-board"' in page(client_of(family.viewer), "/segments/young/")
    region = page(client_of(family.viewer), "/requests/region/segment/young/", HX_Request="true")
    assert '<span id="segment-board" hx-swap-oob="true">' in region and "Grocery board" in region
    page(client_of(family.stranger), "/requests/region/segment/young/", 404)
