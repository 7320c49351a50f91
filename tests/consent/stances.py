"""Where a clever insider stands: what they hold, at which request they try it, and which ways must then be open.

Everything that is not named as open must leave all that is governed as it was. What is named must really change it, so
that a walk that got nowhere by mistake is found out.
"""

from collections.abc import Callable
from datetime import timedelta

from django.test import Client

from common.clock import now
from meetings.services.agenda import move_item
from reviews.services.answering import answer_invitation
from reviews.services.blackouts import announce_blackout
from reviews.services.emergencies import use_emergency
from reviews.services.requests import edit_request, withdraw_request
from reviews.services.standing_aside import stand_aside
from reviews.services.suggesting import suggest_wording, take_suggestion
from tests.consent.stage import Stage, Stance

VOTES = {"page reviews:request-vote": "votes", "api POST api-change-request-votes": "votes"}
IN_THE_ROOM = {"page meetings:item-vote": "votes", "api POST api-meeting-item-votes": "votes"}
DUE = {
    "page reviews:request-apply": "due",
    "api POST api-change-request-apply": "due",
    "task reviews.apply_due": "due",
}
GLASS = {
    "page reviews:request-break-glass": "emergency",
    "api POST api-change-request-break-glass": "emergency",
}
STANCES: dict[str, Callable[[Stage], Stance]] = {}


def stance(stand: Callable[[Stage], Stance]) -> Callable[[Stage], Stance]:
    """Enter it, by its name in words."""
    STANCES[stand.__name__.replace("_", " ")] = stand
    return stand


# -- votes


@stance
def approval_of_ones_own_lacks_alone(stage: Stage) -> Stance:
    return stage.stands(stage.short(), open=VOTES)


@stance
def approvals_of_two_lack(stage: Stage) -> Stance:
    return stage.stands(stage.asked())


@stance
def last_vote_in_the_room(stage: Stage) -> Stance:
    request = stage.short()
    ids = stage.room(request)
    move_item(actor=stage.people.marketing_member, move="take_up", **ids)
    return stage.stands(request, ids=ids, open=VOTES | IN_THE_ROOM)


@stance
def last_vote_in_a_room_that_speaks_of_something_else(stage: Stage) -> Stance:
    request = stage.short()
    return stage.stands(request, ids=stage.room(request), digest="0" * 64)


@stance
def light_path_that_one_approval_decides(stage: Stage) -> Stance:
    condition = {"name": "Words", "when": {"metadata_only": True}, "then": {"light": True, "quorum": 1}}
    stage.ask(conditions=[condition])
    request = stage.asked(meaning="Those who come often.")
    more = {"page reviews:light-decide", "page meetings:consent", "api POST api-meeting-consent", *IN_THE_ROOM}
    return stage.stands(request, ids=stage.room(request), open=VOTES | dict.fromkeys(more, "votes"))


@stance
def author_with_a_seat_and_every_right(stage: Stage) -> Stance:
    return stage.stands(stage.short(author=stage.insider), is_wide=True)


@stance
def author_whose_seat_is_lent_to_a_friend(stage: Stage) -> Stance:
    request = stage.short(author=stage.insider)
    lent = stage.lent(stage.insider)
    return stage.stands(request, stage.people.rep, fields={"delegation": lent})


@stance
def seat_of_another_lent_by_the_author(stage: Stage) -> Stance:
    request = stage.short(author=stage.people.administrator)
    lent = stage.lent(stage.people.administrator, "sales_member")
    return stage.stands(request, stage.people.rep, fields={"delegation": lent})


@stance
def conflict_declared(stage: Stage) -> Stance:
    request = stage.short()
    stand_aside(actor=stage.insider, request_id=request.pk, kind="conflict", reason="My shop.")
    return stage.stands(request)


@stance
def wording_taken_from_the_insider(stage: Stage) -> Stance:
    request = stage.asked()
    made = suggest_wording(actor=stage.insider, request_id=request.pk, field="expected", proposed="Fewer calls.")
    take_suggestion(actor=stage.people.owner, request_id=request.pk, suggestion_id=made.pk)
    stage.vote(stage.people.marketing_member, request)
    return stage.stands(request)


@stance
def digest_from_before_an_edit(stage: Stage) -> Stance:
    request = stage.short()
    edit_request(actor=stage.people.owner, request_id=request.pk, changes={"expected": "Fewer calls."})
    stage.vote(stage.people.marketing_member, request)
    return stage.stands(request, digest=request.digest)


@stance
def digest_from_before_the_policy_asked_for_more(stage: Stage) -> Stance:
    request = stage.short()
    seen = request.digest
    stage.ask(quorum=3)
    return stage.stands(request, digest=seen)


@stance
def digest_of_another_request(stage: Stage) -> Stance:
    other = stage.short(key="occasional", rule="orders_90d < 5")
    return stage.stands(stage.short(), digest=other.digest)


@stance
def token_that_only_reads(stage: Stage) -> Stance:
    return Stance(stage.short(), stage.program("read"))


@stance
def token_that_sends_data(stage: Stage) -> Stance:
    return Stance(stage.short(), stage.program("ingest"))


@stance
def token_that_writes(stage: Stage) -> Stance:
    only = {way: right for way, right in VOTES.items() if way.startswith("api")}
    return Stance(stage.short(), stage.program("read", "write"), open=only)


# -- people from outside


@stance
def link_of_the_last_outsider(stage: Stage) -> Stance:
    stage.ask(outsiders=1)
    request = stage.asked(stage.people.marketing_member, stage.insider)
    return Stance(request, Client, ids={"token": stage.link(request)}, open={"page reviews:outside": "votes"})


@stance
def link_used_once_already(stage: Stage) -> Stance:
    stage.ask(outsiders=2)
    request = stage.asked(stage.people.marketing_member, stage.insider)
    token = stage.link(request)
    answer_invitation(token=token, verdict="approve", digest=request.digest)
    return Stance(request, Client, ids={"token": token})


@stance
def link_of_another_request(stage: Stage) -> Stance:
    stage.ask(outsiders=1)
    request = stage.asked(stage.people.marketing_member, stage.insider)
    other = stage.asked(key="occasional", rule="orders_90d < 5")
    return Stance(request, Client, ids={"token": stage.link(other)})


# -- dates


@stance
def approved_and_due(stage: Stage) -> Stance:
    request = stage.scheduled(stage.people.marketing_member, stage.insider)
    return stage.stands(request, later=timedelta(days=4), open=DUE)


@stance
def approved_for_a_later_day(stage: Stage) -> Stance:
    return stage.stands(stage.scheduled(stage.people.marketing_member, stage.insider), is_wide=True)


@stance
def due_while_a_blackout_lasts(stage: Stage) -> Stance:
    request = stage.scheduled(stage.people.marketing_member, stage.insider)
    announce_blackout(
        actor=stage.people.administrator, board_key="", name="Peak", reason="The season.",
        starts_at=now() + timedelta(days=2), ends_at=now() + timedelta(days=9),
    )  # fmt: skip
    return stage.stands(request, later=timedelta(days=4))


@stance
def due_after_another_change_took_effect(stage: Stage) -> Stance:
    request = stage.scheduled(stage.people.marketing_member, stage.insider)
    stage.asked(stage.people.marketing_member, stage.insider, rule="orders_90d >= 8")
    return stage.stands(request, later=timedelta(days=4))


@stance
def due_without_its_approvals(stage: Stage) -> Stance:
    return stage.stands(stage.scheduled(), later=timedelta(days=4))


# -- broken glass


@stance
def glass_armed_by_oneself(stage: Stage) -> Stance:
    return stage.stands(stage.armed(stage.insider), open=GLASS)


@stance
def glass_armed_by_another(stage: Stage) -> Stance:
    return stage.stands(stage.armed(stage.people.steward))


@stance
def glass_armed_for_another_wording(stage: Stage) -> Stance:
    request = stage.armed(stage.insider)
    edit_request(actor=stage.people.owner, request_id=request.pk, changes={"expected": "Fewer calls."})
    return stage.stands(request)


@stance
def glass_armed_too_long_ago(stage: Stage) -> Stance:
    request = stage.armed(stage.insider)
    return stage.stands(request, later=timedelta(minutes=16))


@stance
def glass_broken_and_not_confirmed(stage: Stage) -> Stance:
    request = stage.armed(stage.people.steward)
    use_emergency(actor=stage.people.steward, request_id=request.pk, digest=request.digest)
    return stage.stands(request, later=timedelta(days=4), fields={"verdict": "not_confirmed"})


# -- what is not, or no longer, before a board


@stance
def draft_that_nobody_submitted(stage: Stage) -> Stance:
    return stage.stands(stage.draft())


@stance
def withdrawn(stage: Stage) -> Stance:
    request = stage.short()
    withdraw_request(actor=stage.people.owner, request_id=request.pk)
    return stage.stands(request)


@stance
def applied_already(stage: Stage) -> Stance:
    return stage.stands(stage.asked(stage.people.marketing_member, stage.insider))
