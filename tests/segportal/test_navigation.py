"""The places of the portal: what is at hand on a phone fits the work of the person."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import RequestFactory

from segportal.navigation import navigation


def places(user: Any) -> tuple[list[str], list[str], list[str]]:
    """Labels of the rail, of a phone's bar, and of what stands behind its "More"."""
    request = RequestFactory().get("/")
    request.user = user
    found = navigation(request)
    rail, at_hand, further = ([entry.label for entry in found[part]] for part in ("navigation", "at_hand", "further"))
    return rail, at_hand, further


@pytest.mark.django_db
def test_navigation__on_a_phone__has_the_places_of_the_persons_work_at_hand_and_the_rest_behind_more(
    cast: SimpleNamespace,
) -> None:
    assert places(cast.rep)[1] == ["Home", "Customers", "Playbooks", "Training"]
    assert places(cast.learner)[1] == ["Home", "Training", "Taxonomy", "Glossary"]
    assert places(cast.auditor)[1] == ["Home", "Ledger", "Requests", "Stewardship"]
    assert places(cast.owner)[1] == ["Home", "Taxonomy", "Requests", "Stewardship"]
    assert places(cast.viewer)[1] == ["Home", "Taxonomy", "Aims", "Requests"]
    for person in (cast.rep, cast.viewer, cast.steward):
        rail, at_hand, further = places(person)
        assert sorted(at_hand + further) == sorted(rail)
        assert not set(at_hand) & set(further)
