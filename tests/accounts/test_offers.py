"""Pages offer only what the person may do: no link that ends in a refusal."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from reviews.web.wording import subjects_in_words


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "is_offered"), [("viewer", False), ("learner", False), ("owner", True)])
def test_taxonomy__crosswalk__offered_to_whom_it_opens(
    cast: SimpleNamespace, client_of: Callable[..., Client], who: str, is_offered: bool
) -> None:
    visitor = client_of(getattr(cast, who))
    assert ("/crosswalk/" in visitor.get("/taxonomy/").content.decode()) is is_offered
    assert (visitor.get("/crosswalk/").status_code == 200) is is_offered


def test_subjects_in_words__unheard_of_among_them__known_ones_by_name() -> None:
    assert subjects_in_words(["board", "term", "unheard-of"]) == "glossary term, board and its policy"
