"""Whoever holds the ledger's chain never waits for somebody who waits for the chain."""

import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import User
from accounts.services import deactivate_user
from customers.services.profiles import merge_customer
from customers.services.sources import define_source
from reviews.services.boards import define_board
from reviews.services.requests import create_request, submit_request
from reviews.services.voting import cast_vote
from taxonomy.services.objective_enactment import enact_objective
from tests.factories.grocer import segment_content

pytestmark = pytest.mark.django_db(transaction=True)


def both(first: Callable[[], Any], second: Callable[[], Any]) -> None:
    """Do `first` and hold its commit until `second` has gone as far as it can; raises what either raised."""
    done, failures = threading.Event(), []

    def hold() -> None:
        try:
            with transaction.atomic():
                first()
                done.set()
                time.sleep(0.6)
        except Exception as error:  # noqa: BLE001 - raised below
            failures.append(error)
        finally:
            done.set()
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    done.wait(timeout=20)
    try:
        second()
    finally:
        thread.join(timeout=30)
    if failures:
        raise failures[0]


def beginning(actor: Any, **changes: Any) -> Callable[[], Any]:
    """A draft that names its board, its author and, by its content, an objective and people."""
    own = User.objects.get(pk=actor.pk)
    content = {"name": "Deli lovers", "rule": "main_department = 'Deli'", "parent": "households", **changes}
    return lambda: create_request(
        actor=own,
        kind="create",
        subject_type="segment",
        subject_key="deli",
        proposed=segment_content("deli", **content),
        rationale="They come for the counter.",
    )


def board(actor: Any, **changes: Any) -> Callable[[], Any]:
    policy = {"quorum": 2, "required": {"marketing": 1, "sales": 1}, "expires_days": 30}
    return lambda: define_board(actor=actor, key="board", **{"name": "Segmentation board", "policy": policy, **changes})


def test_board_renamed__while_a_draft_for_it_commits__both_stand(grocer: SimpleNamespace) -> None:
    both(beginning(grocer.owner), board(grocer.administrator, name="Board of segments"))


def test_person_deactivated__while_their_draft_commits__both_stand(grocer: SimpleNamespace) -> None:
    both(beginning(grocer.owner), lambda: deactivate_user(actor=grocer.administrator, user_id=grocer.owner.pk))


def test_source_renamed__while_values_from_it_commit__both_stand(grocer: SimpleNamespace) -> None:
    # The first load of the day of this source, which alone writes a row that points at it.
    define_source(actor=grocer.steward, key="web", content={"name": "Shop", "kind": "product"})
    both(
        lambda: merge_customer(
            actor=grocer.steward, external_id="hh-12", attributes={"orders_90d": 4}, source_key="web"
        ),
        lambda: define_source(actor=grocer.steward, key="web", content={"name": "Web shop", "kind": "product"}),
    )


def test_objective_changed__while_a_version_that_serves_it_commits__both_stand(grocer: SimpleNamespace) -> None:
    made = beginning(grocer.owner)()
    seen = submit_request(actor=grocer.owner, request_id=made.pk).digest
    cast_vote(actor=grocer.marketing_member, request_id=made.pk, verdict="approve", digest=seen)
    changed = {
        "name": "Keep them",
        "kind": "retention",
        "metric": "Share kept",
        "target": 95,
        "target_on": "2027-06-30",
        "owner": "owner",
    }
    both(
        lambda: cast_vote(actor=grocer.sales_member, request_id=made.pk, verdict="approve", digest=seen),
        lambda: enact_objective(
            actor=grocer.administrator,
            kind="change",
            key="loyalty",
            content=changed,
            base_version=1,
            request_ref="2",
        ),
    )
