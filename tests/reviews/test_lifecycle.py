"""What a request lives through: dates, staleness, bringing up to date, expiry, other kinds and other subjects."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine

from common.actors import SYSTEM
from common.clock import now
from common.errors import Conflict, DomainError, Invalid
from ledger.models import Entry
from reviews.choices import State
from reviews.errors import NotDue
from reviews.models import ChangeRequest, Impact, Vote
from reviews.selectors import evidence_pack, inbox, waiting_count
from reviews.services.applying import apply_due, apply_request, stale_competitors
from reviews.services.comments import add_comment
from reviews.services.expiry import expire_requests
from reviews.services.rebasing import comparison
from reviews.services.requests import (
    create_request,
    edit_request,
    rebase_request,
    schedule_request,
    submit_request,
    withdraw_request,
)
from reviews.tasks import on_version_enacted
from taxonomy.selectors import live_content, segment_by_key
from tests.reviews.conftest import proposed_change, proposed_creation, segment_content, submitted, vote


def approved(cast: SimpleNamespace, request: ChangeRequest) -> ChangeRequest:
    submitted(cast.owner, request)
    vote(cast.marketing_member, request)
    vote(cast.sales_member, request)
    request.refresh_from_db()
    return request


def rule_of(key: str) -> str:
    live = live_content(key)
    assert live is not None
    return str(live.content["rule"])


# -- effective dates


def test_schedule__approved_for_later__applies_when_its_date_has_come(
    cast: SimpleNamespace, draft: ChangeRequest
) -> None:
    schedule_request(actor=cast.owner, request_id=draft.pk, effective_at=now() + timedelta(days=2))
    approved(cast, draft)
    assert draft.state == "approved" and live_content("big-baskets") is None
    with pytest.raises(NotDue, match="Another date needs another approval"):
        apply_request(actor=cast.owner, request_id=draft.pk)
    assert apply_due() == 0

    with time_machine.travel(now() + timedelta(days=2, minutes=1), tick=True):
        assert apply_due() == 1
        assert apply_due() == 0

    draft.refresh_from_db()
    assert draft.state == "applied" and rule_of("big-baskets") == "spend >= 1000"


def test_schedule__after_approval__needs_another_approval(cast: SimpleNamespace, draft: ChangeRequest) -> None:
    schedule_request(actor=cast.owner, request_id=draft.pk, effective_at=now() + timedelta(days=2))
    approved(cast, draft)

    schedule_request(actor=cast.owner, request_id=draft.pk, effective_at=None)

    draft.refresh_from_db()
    assert draft.state == "in_review" and not Vote.objects.filter(voided_at=None).exists()
    assert live_content("big-baskets") is None


@pytest.mark.parametrize("days", [-1, 0])
def test_schedule__in_the_past__is_refused(cast: SimpleNamespace, draft: ChangeRequest, days: int) -> None:
    with pytest.raises(Invalid) as refused:
        schedule_request(actor=cast.owner, request_id=draft.pk, effective_at=now() + timedelta(days=days))
    assert refused.value.errors[0]["pointer"] == "/effective_at"


def test_apply_due__content_that_no_longer_passes__turns_stale_with_the_reason(
    cast: SimpleNamespace, live_segment: str
) -> None:
    below = {"parent": "big-baskets", "tier": "segment", "name": "North", "rule": "region = 'north'"}
    child = proposed_creation(cast.owner, "north-baskets", **below)
    schedule_request(actor=cast.owner, request_id=child.pk, effective_at=now() + timedelta(days=2))
    approved(cast, child)
    approved(
        cast,
        create_request(
            actor=cast.owner,
            kind="retire",
            subject_type="segment",
            subject_key="big-baskets",
            proposed={"successor": None},
            rationale="Nobody uses it.",
        ),
    )

    with time_machine.travel(now() + timedelta(days=3), tick=True):
        apply_due()

    child.refresh_from_db()
    assert child.state == "stale" and "big-baskets" in child.state_reason
    assert Vote.objects.filter(request=child, voided_at=None).count() == 2
    assert live_content("north-baskets") is None


# -- staleness and bringing up to date


@pytest.fixture
def overtaken(cast: SimpleNamespace, live_segment: str) -> ChangeRequest:
    """A request in review whose live version was changed by another: rule and meaning."""
    slow = submitted(cast.owner, proposed_change(cast.owner, rule="spend >= 3000", name="Very big baskets"))
    vote(cast.marketing_member, slow)
    add_comment(actor=cast.sales_member, request_id=slow.pk, body="Is 3000 not too much?")
    approved(cast, proposed_change(cast.owner, rule="spend >= 2000", meaning="Households that buy very much."))
    return slow


def test_enactment__by_another_request__stales_competitors_by_its_route(
    cast: SimpleNamespace, overtaken: ChangeRequest
) -> None:
    entry = Entry.objects.filter(event="taxonomy.version.enacted").latest("id")

    on_version_enacted(entry.pk)
    on_version_enacted(entry.pk)

    overtaken.refresh_from_db()
    assert overtaken.state == "stale" and "version 2" in overtaken.state_reason
    assert Entry.objects.filter(event="reviews.request.staled").count() == 1
    assert waiting_count(cast.owner) == 1 and inbox(cast.owner) == [overtaken]


def test_comparison__of_a_stale_request__shows_three_columns(cast: SimpleNamespace, overtaken: ChangeRequest) -> None:
    stale_competitors(subject_type="segment", subject_key="big-baskets")
    overtaken.refresh_from_db()

    rows = {row.field: row for row in comparison(overtaken)}

    assert (rows["rule"].base, rows["rule"].live, rows["rule"].proposed, rows["rule"].status) == (
        "spend >= 1000",
        "spend >= 2000",
        "spend >= 3000",
        "conflict",
    )
    assert rows["meaning"].status == "live_moved"
    assert rows["name"].status == "proposed"


def test_rebase__with_conflicts_and_no_choice__is_refused_with_the_fields(
    cast: SimpleNamespace, overtaken: ChangeRequest
) -> None:
    stale_competitors(subject_type="segment", subject_key="big-baskets")
    with pytest.raises(Conflict) as refused:
        rebase_request(actor=cast.owner, request_id=overtaken.pk)
    assert refused.value.extra["conflicts"] == [
        {"field": "rule", "base": "spend >= 1000", "live": "spend >= 2000", "proposed": "spend >= 3000"}
    ]


def test_rebase__with_choices__keeps_them_until_they_are_enacted(
    cast: SimpleNamespace, overtaken: ChangeRequest
) -> None:
    stale_competitors(subject_type="segment", subject_key="big-baskets")

    rebase_request(actor=cast.owner, request_id=overtaken.pk, choices={"rule": "live"})

    overtaken.refresh_from_db()
    assert (overtaken.state, overtaken.base_version) == ("draft", 2)
    assert overtaken.comments.count() == 1
    assert not Vote.objects.filter(request=overtaken, voided_at=None).exists()
    approved(cast, overtaken)
    live = live_content("big-baskets")
    assert live is not None
    assert (live.version_number, live.content["rule"]) == (3, "spend >= 2000")
    assert live.content["name"] == "Very big baskets"
    assert live.content["meaning"] == "Households that buy very much."


@pytest.mark.parametrize("choices", [{"rule": "mine"}, {"colour": "live"}])
def test_rebase__with_an_odd_choice__is_refused(
    cast: SimpleNamespace, overtaken: ChangeRequest, choices: dict[str, str]
) -> None:
    stale_competitors(subject_type="segment", subject_key="big-baskets")
    with pytest.raises(Invalid):
        rebase_request(actor=cast.owner, request_id=overtaken.pk, choices=choices)


def test_rebase__of_what_is_up_to_date__is_refused(cast: SimpleNamespace, live_segment: str) -> None:
    request = proposed_change(cast.owner)
    with pytest.raises(Conflict, match="up to date"):
        rebase_request(actor=cast.owner, request_id=request.pk)


def test_competing_request__is_named_as_a_warning(cast: SimpleNamespace, live_segment: str) -> None:
    from reviews.selectors import detail_for

    first = submitted(cast.owner, proposed_change(cast.owner, rule="spend >= 2000"))
    second = proposed_change(cast.owner, rule="spend >= 3000")
    warnings = detail_for(viewer=cast.owner, request_id=second.pk).warnings
    assert len(warnings) == 1 and f"#{first.pk}" in warnings[0]

    withdraw_request(actor=cast.owner, request_id=first.pk)
    assert detail_for(viewer=cast.owner, request_id=second.pk).warnings == []


# -- expiry


def test_expiry__after_the_days_of_the_policy__ends_the_request(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    with time_machine.travel(now() + timedelta(days=29, hours=23), tick=True):
        assert expire_requests() == 0
    with time_machine.travel(now() + timedelta(days=30, minutes=1), tick=True):
        assert expire_requests() == 1
        assert expire_requests() == 0
    in_review.refresh_from_db()
    assert in_review.state == "expired" and in_review.state_reason == "Nobody decided within 30 days."


# -- other kinds


def test_rename_move_revert__are_changes_of_their_part_only(cast: SimpleNamespace, live_segment: str) -> None:
    approved(cast, proposed_creation(cast.owner, "households", rule="TRUE", name="All households"))

    def propose(kind: str, proposed: dict[str, Any]) -> ChangeRequest:
        return approved(
            cast,
            create_request(
                actor=cast.owner,
                kind=kind,
                subject_type="segment",
                subject_key="big-baskets",
                proposed=proposed,
                rationale="Because.",
            ),
        )

    assert propose("rename", {"name": "Huge baskets"}).state == "applied"
    assert propose("move", {"parent": "households", "tier": "segment"}).state == "applied"
    parent = segment_by_key("big-baskets").parent
    assert parent is not None and parent.key == "households"
    assert propose("revert", {"version": 1}).state == "applied"
    live = live_content("big-baskets")
    assert live is not None and live.version_number == 4
    assert live.content == {**segment_content(), "owners": live.content["owners"]}


def test_rename__with_a_rule__is_refused(cast: SimpleNamespace, live_segment: str) -> None:
    with pytest.raises(Invalid) as refused:
        create_request(
            actor=cast.owner,
            kind="rename",
            subject_type="segment",
            subject_key="big-baskets",
            proposed={"name": "x", "rule": "TRUE"},
            rationale="Because.",
        )
    assert refused.value.errors[0]["pointer"] == "/proposed/rule"


def test_retire__with_a_segment_below__is_refused(cast: SimpleNamespace, live_segment: str) -> None:
    below = {"parent": "big-baskets", "tier": "segment", "name": "North", "rule": "region = 'north'"}
    approved(cast, proposed_creation(cast.owner, "north", **below))
    with pytest.raises(Invalid, match="north stand on big-baskets"):
        create_request(
            actor=cast.owner,
            kind="retire",
            subject_type="segment",
            subject_key="big-baskets",
            proposed={},
            rationale="Because.",
        )


@pytest.mark.parametrize(
    ("kind", "subject_type", "pointer"),
    [
        ("split", "playbook", "/kind"),
        ("explode", "segment", "/kind"),
        ("merge", "attribute", "/kind"),
        ("change", "starship", "/subject/type"),
    ],
)
def test_create__kind_or_type_that_is_not_offered__is_refused(
    cast: SimpleNamespace, catalogue: None, board: Any, kind: str, subject_type: str, pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        create_request(
            actor=cast.owner,
            kind=kind,
            subject_type=subject_type,
            subject_key="big",
            proposed={},
            rationale="Because.",
        )
    assert refused.value.errors[0]["pointer"] == pointer


# -- other subjects


PLAYBOOK = {
    "why": "They pay for a quarter of the shop.",
    "values": "Time.",
    "value_proposition": "Everything in one trip.",
    "objections": [{"objection": "Too dear.", "answer": "Show the yearly bill."}],
}


def test_playbook__created_and_changed__takes_the_same_way(cast: SimpleNamespace, live_segment: str) -> None:
    from playbooks.selectors import live_content as live_playbook

    made = create_request(
        actor=cast.owner,
        kind="create",
        subject_type="playbook",
        subject_key="big-baskets",
        proposed=PLAYBOOK,
        rationale="Nobody knows what to say.",
    )
    assert approved(cast, made).state == "applied"
    changed = create_request(
        actor=cast.owner,
        kind="change",
        subject_type="playbook",
        subject_key="big-baskets",
        proposed={"dos": ["Call before ten."]},
        rationale="They cook at noon.",
    )
    assert approved(cast, changed).state == "applied"
    live = live_playbook("big-baskets")
    assert live is not None and live.version_number == 2
    assert live.content["dos"] == ["Call before ten."] and live.content["why"] == PLAYBOOK["why"]


def test_attribute__that_rules_read__changes_only_through_a_board(cast: SimpleNamespace, live_segment: str) -> None:
    from customers.selectors import attribute_facts
    from customers.services.attributes import define_attribute
    from tests.reviews.conftest import ATTRIBUTES

    content = {**ATTRIBUTES["spend"], "unit": "EUR"}
    with pytest.raises(Conflict):
        define_attribute(actor=cast.steward, key="spend", content=content)
    request = create_request(
        actor=cast.steward,
        kind="change",
        subject_type="attribute",
        subject_key="spend",
        proposed={"unit": "EUR"},
        rationale="We report in euro now.",
    )
    submit_request(actor=cast.steward, request_id=request.pk)
    vote(cast.marketing_member, request)
    vote(cast.sales_member, request)
    request.refresh_from_db()
    assert request.state == "applied", request.state_reason
    assert attribute_facts()["spend"].unit == "EUR"


# -- what was shown


def test_impact__before_any_profile_build__says_that_it_was_not_computed(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    impact = Impact.objects.get()
    assert impact.record["computed"] is False and impact.record["reason"]
    assert [check["status"] for check in impact.checks if check["name"] == "Impact"] == ["not_run"]


def test_evidence__same_request__same_bytes_and_checkable_digest(
    cast: SimpleNamespace, live_segment: str, in_review: ChangeRequest
) -> None:
    import hashlib
    import io
    import json
    import zipfile

    first = evidence_pack(viewer=cast.auditor, request_id=in_review.pk)
    assert first == evidence_pack(viewer=cast.auditor, request_id=in_review.pk)
    with zipfile.ZipFile(io.BytesIO(first)) as pack:
        read = {name: pack.read(name) for name in pack.namelist()}
    signed = json.loads(read["signed.json"])[0]
    text = json.dumps(signed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    votes = json.loads(read["votes.json"])
    assert {cast["digest"] for cast in votes} == {hashlib.sha256(text.encode()).hexdigest()}
    assert len(json.loads(read["ledger.json"])) == 6
    assert b"sorted keys" in read["README.txt"]


def test_policy__changed_while_in_review__voids_votes_and_asks_for_the_new_one(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    from reviews.services.boards import define_board

    vote(cast.marketing_member, in_review)
    before = in_review.digest
    define_board(
        actor=cast.administrator,
        key="grocery",
        name="Grocery board",
        policy={"quorum": 2, "required": {"sales": 1}},
    )
    in_review.refresh_from_db()
    assert in_review.state == "in_review" and in_review.digest != before
    assert "policy" in Vote.objects.get().void_reason
    assert [each.editor for each in in_review.revisions.all()] == [cast.owner, None]


def test_renaming_a_board__voids_nothing(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    from reviews.services.boards import define_board

    vote(cast.marketing_member, in_review)
    define_board(
        actor=cast.administrator,
        key="grocery",
        name="Another name",
        policy={"quorum": 2, "required": {"marketing": 1, "sales": 1}},
    )
    assert Vote.objects.get().voided_at is None


def test_every_step__announces_exactly_once_in_one_story(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    edit_request(actor=cast.owner, request_id=in_review.pk, changes={"expected": "x"})
    add_comment(actor=cast.sales_member, request_id=in_review.pk, body="Why?")
    vote(cast.sales_member, in_review, verdict="request_changes", reason="Say why.")
    submitted(cast.owner, in_review)
    withdraw_request(actor=cast.owner, request_id=in_review.pk)
    rows = Entry.objects.filter(object_type="request", object_key=str(in_review.pk)).order_by("id")
    assert [row.event.removeprefix("reviews.") for row in rows] == [
        "request.created",
        "request.submitted",
        "request.edited",
        "comment.added",
        "vote.cast",
        "request.returned",
        "request.submitted",
        "request.withdrawn",
    ]
    assert {row.correlation_id for row in rows} == {in_review.correlation_id}
    in_review.refresh_from_db()
    assert in_review.state == State.WITHDRAWN


def test_unknown_request__is_not_found_for_every_deed(cast: SimpleNamespace, board: Any) -> None:
    for deed in (
        lambda: submit_request(actor=cast.owner, request_id=999),
        lambda: withdraw_request(actor=cast.owner, request_id=999),
        lambda: apply_request(actor=SYSTEM, request_id=999),
        lambda: add_comment(actor=cast.owner, request_id=999, body="x"),
    ):
        with pytest.raises(DomainError) as refused:
            deed()
        assert refused.value.status == 404
