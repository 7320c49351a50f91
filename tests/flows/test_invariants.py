"""`check_invariants` finds each breach that somebody with the owner's password could make."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from customers.services.profiles import merge_customer
from memberships.services.execution import execute_run
from memberships.services.runs import request_run
from reviews.services.requests import create_request, submit_request
from reviews.services.voting import cast_vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def lived(grocer: SimpleNamespace) -> SimpleNamespace:
    """The grocer after two runs and an applied request."""
    for spend in (None, 3500):
        if spend:
            merge_customer(actor=grocer.steward, external_id="hh-03", attributes={"spend_365d": spend})
        execute_run(request_run(actor=grocer.steward, trigger="person").pk)
    made = create_request(
        actor=grocer.owner,
        kind="change",
        subject_type="segment",
        subject_key="anchors",
        proposed={"rule": "orders_90d >= 9"},
        rationale="It is time.",
        expected="More calls.",
    )
    made = submit_request(actor=grocer.owner, request_id=made.pk)
    for voter in (grocer.marketing_member, grocer.sales_member):
        cast_vote(actor=voter, request_id=made.pk, verdict="approve", reason="", digest=made.digest)
    return grocer


def test_check_invariants__sound_portal__says_so(lived: SimpleNamespace, capsys: Any) -> None:
    call_command("check_invariants")
    assert "is true" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("table", "statement", "words"),
    [
        ("ledger_entry", "UPDATE ledger_entry SET actor_name = 'x' WHERE id = 3", "breaks at entry 3"),
        (
            "taxonomy_segmentversion",
            "UPDATE taxonomy_segmentversion SET state = 'superseded', ended_at = now()",
            "0 versions in force",
        ),
        ("taxonomy_enactment", "DELETE FROM taxonomy_enactment", "without an enactment"),
        ("memberships_delta", "DELETE FROM memberships_delta WHERE cause = 'data'", "do not add up"),
        ("memberships_current", "UPDATE memberships_current SET size = size + 1", "members and has"),
        (
            "customers_customer",
            "UPDATE customers_customer SET attributes = '{}' WHERE external_id = 'hh-01'",
            "1 customers are in households against its rule, or out of it",
        ),
        (
            "reviews_vote",
            "UPDATE reviews_vote SET voter_id = (SELECT author_id FROM reviews_changerequest LIMIT 1) "
            "WHERE id = (SELECT min(id) FROM reviews_vote)",
            "by somebody who wrote it",
        ),
        ("reviews_vote", "DELETE FROM reviews_vote", "with 0 approvals"),
    ],
)
def test_check_invariants__tampered_with__names_the_breach(
    lived: SimpleNamespace, capsys: Any, table: str, statement: str, words: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)
    with pytest.raises(SystemExit):
        call_command("check_invariants")
    assert words in capsys.readouterr().err
