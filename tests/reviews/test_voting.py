"""Votes: who may cast them, what they are bound to, and what they decide."""

from types import SimpleNamespace

from ledger.models import Entry
from reviews.models import ChangeRequest
from taxonomy.selectors import live_content
from tests.reviews.conftest import vote


def events_of(request: ChangeRequest) -> list[str]:
    return list(
        Entry.objects.filter(object_type="request", object_key=str(request.pk))
        .order_by("id")
        .values_list("event", flat=True)
    )


def test_vote__quorum_reached__enacts_in_the_same_transaction(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    vote(cast.marketing_member, in_review)
    assert live_content("big-baskets") is None

    vote(cast.sales_member, in_review)

    in_review.refresh_from_db()
    live = live_content("big-baskets")
    assert in_review.state == "applied"
    assert live is not None and live.version_number == in_review.applied_version == 1
    assert events_of(in_review) == [
        "reviews.request.created",
        "reviews.request.submitted",
        "reviews.vote.cast",
        "reviews.vote.cast",
        "reviews.request.approved",
        "reviews.request.applied",
    ]
    story = set(Entry.objects.filter(correlation_id=in_review.correlation_id).values_list("event", flat=True))
    assert "taxonomy.version.enacted" in story
