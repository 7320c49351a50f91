"""An applied request is used up: what names it must come in the very transaction that put it into effect."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection

from common.actors import SYSTEM
from reviews.models import ChangeRequest
from taxonomy.models import SegmentVersion
from taxonomy.services.enactment import enact_version
from tests.conftest import consent_triggers
from tests.reviews.conftest import segment_content, vote

pytestmark = pytest.mark.django_db(transaction=True)


def switch(state: str) -> None:
    with connection.cursor() as cursor:
        for table, trigger in consent_triggers():
            cursor.execute(f"ALTER TABLE {table} {state} TRIGGER {trigger}")


@pytest.fixture
def guarded() -> Iterator[None]:
    """The guards of consent switched on, as they are everywhere but in tests."""
    switch("ENABLE")
    yield
    switch("DISABLE")


def test_request__that_took_effect__brings_nothing_else_into_force(
    cast: SimpleNamespace, guarded: None, in_review: ChangeRequest
) -> None:
    for member in (cast.marketing_member, cast.sales_member):
        vote(member, in_review)
    in_review.refresh_from_db()
    assert in_review.state == "applied"
    with pytest.raises(DatabaseError, match="took effect before"):
        enact_version(
            actor=SYSTEM,
            kind="change",
            segment_key=in_review.subject_key,
            content=segment_content(rule="spend >= 1"),
            rationale="It was approved once.",
            expected_outcome="",
            base_version=1,
            request_ref=str(in_review.pk),
        )
    assert [version.number for version in SegmentVersion.objects.filter(segment__key=in_review.subject_key)] == [1]
