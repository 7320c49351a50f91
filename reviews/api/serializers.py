"""How boards and requests look to a client program."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from accounts.choices import Function
from common.api import StrictSerializer
from reviews.choices import USUAL_TYPES, CheckStatus, Kind, State, SubjectType, SuggestionState, Verdict


class SubjectIn(StrictSerializer):
    """What a request is about."""

    type = serializers.CharField()
    key = serializers.CharField()


class RequestIn(StrictSerializer):
    """A new request."""

    kind = serializers.CharField(help_text=f"one of {', '.join(Kind.values)}")
    subject = SubjectIn()
    proposed = serializers.DictField(help_text="the content; for a change only what changes")
    rationale = serializers.CharField()
    expected = serializers.CharField(required=False, allow_blank=True, default="")
    effective_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    title = serializers.CharField(required=False, allow_blank=True, default="")
    statement = serializers.DictField(required=False, help_text="who is affected, the way back, predictions, answers")


class RequestEditIn(StrictSerializer):
    """What shall be different; what is left out stays."""

    proposed = serializers.DictField(required=False)
    rationale = serializers.CharField(required=False)
    expected = serializers.CharField(required=False, allow_blank=True)
    effective_at = serializers.DateTimeField(required=False, allow_null=True)
    title = serializers.CharField(required=False, allow_blank=True)
    statement = serializers.DictField(required=False, help_text="what is given here takes the place of what stood")


class NothingIn(StrictSerializer):
    """No fields."""


class VoteIn(StrictSerializer):
    """A vote on what the digest names."""

    verdict = serializers.CharField(help_text=f"one of {', '.join(Verdict.values)}")
    reason = serializers.CharField(required=False, allow_blank=True, default="")
    digest = serializers.CharField(help_text="the digest of the request as you read it")
    delegation = serializers.IntegerField(
        source="delegation_id", required=False, help_text="the lent seat to vote from; your own right without it"
    )


class CommentIn(StrictSerializer):
    """A remark."""

    body = serializers.CharField()
    field = serializers.CharField(required=False, allow_blank=True, default="")
    clause = serializers.CharField(
        required=False, allow_blank=True, default="", help_text="path of a clause of the rule, as in 0 or 1.2; or all"
    )


class SuggestionIn(StrictSerializer):
    """Another wording of one part."""

    field = serializers.CharField(help_text="title, rationale, expected, or a field of the content")
    proposed = serializers.JSONField(help_text="what should stand there")
    note = serializers.CharField(required=False, allow_blank=True, default="")


class ScheduleIn(StrictSerializer):
    """When the request shall take effect; null: as soon as it is approved."""

    effective_at = serializers.DateTimeField(allow_null=True)


class RebaseIn(StrictSerializer):
    """Which side to keep for each field that both changed."""

    choices = serializers.DictField(child=serializers.CharField(), required=False, default=dict)


@extend_schema_serializer(component_name="BoardPolicyIn")
class PolicyIn(StrictSerializer):
    """What a board asks for."""

    quorum = serializers.IntegerField(required=False)
    required = serializers.DictField(  # type: ignore[assignment]  # a field of ours, not the option
        child=serializers.IntegerField(), required=False
    )
    reject_on = serializers.CharField(required=False)
    expires_days = serializers.IntegerField(required=False)
    people = serializers.ListField(child=serializers.CharField(), required=False, help_text="parent_owner, user:name")
    outsiders = serializers.IntegerField(required=False, help_text="invited people from outside who must say yes")
    notice_days = serializers.IntegerField(required=False, help_text="days between approval and effect")
    due_days = serializers.IntegerField(required=False, allow_null=True, help_text="days until a decision is due")
    demands = serializers.ListField(child=serializers.CharField(), required=False, help_text="prediction, ethics, ...")
    tolerance = serializers.FloatField(required=False, help_text="share by which an impact may be off when applied")
    conditions = serializers.ListField(
        child=serializers.DictField(), required=False, help_text="name, when, then: what larger or smaller changes need"
    )


class BoardIn(StrictSerializer):
    """A board as it shall stand; with `seats` exactly those people sit in it."""

    name = serializers.CharField()
    description = serializers.CharField(required=False, allow_blank=True, default="")
    branches = serializers.ListField(child=serializers.CharField(), required=False, default=list)
    subject_types = serializers.ListField(
        child=serializers.CharField(), required=False, default=lambda: list(USUAL_TYPES)
    )
    policy = PolicyIn()
    escalates_to = serializers.CharField(required=False, help_text="the board above; left out, it stays")
    seats = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="function -> user names",
    )


class PersonOut(serializers.Serializer[Any]):
    """A person by name."""

    username = serializers.CharField(source="get_username")
    display_name = serializers.SerializerMethodField()

    def get_display_name(self, person: Any) -> str:
        """The name for display."""
        return str(person)


class SeatOut(serializers.Serializer[Any]):
    """A seat that is held now."""

    username = serializers.CharField(source="user.username")
    display_name = serializers.CharField(source="user.display_name")
    function = serializers.ChoiceField(choices=Function.choices)
    since = serializers.DateTimeField()


class BoardPolicyOut(serializers.Serializer[Any]):
    """What a board asks for."""

    quorum = serializers.IntegerField()
    required = serializers.DictField(child=serializers.IntegerField())  # type: ignore[assignment]
    reject_on = serializers.CharField()
    expires_days = serializers.IntegerField()
    people = serializers.ListField(child=serializers.CharField(), required=False)
    outsiders = serializers.IntegerField(required=False)
    notice_days = serializers.IntegerField(required=False)
    due_days = serializers.IntegerField(required=False)
    demands = serializers.ListField(child=serializers.CharField(), required=False)
    tolerance = serializers.FloatField(required=False)
    conditions = serializers.ListField(child=serializers.DictField(), required=False)


class BoardOut(serializers.Serializer[Any]):
    """A board with its seats by function."""

    key = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    branches = serializers.ListField(child=serializers.CharField())
    subject_types = serializers.ListField(child=serializers.CharField())
    policy = BoardPolicyOut()
    policy_version = serializers.IntegerField()
    version = serializers.IntegerField()
    seats = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    members = SeatOut(many=True)
    escalates_to = serializers.CharField(allow_null=True)


class SubjectOut(serializers.Serializer[Any]):
    """What a request is about."""

    type = serializers.ChoiceField(choices=SubjectType.choices)
    key = serializers.CharField()


class RequestOut(serializers.Serializer[Any]):
    """A request in a list."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    subject = SubjectOut()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)
    state_reason = serializers.CharField()
    author = serializers.CharField()
    board = serializers.CharField()
    revision = serializers.IntegerField()
    base_version = serializers.IntegerField(allow_null=True)
    effective_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    applied_at = serializers.DateTimeField(allow_null=True)
    applied_version = serializers.IntegerField(allow_null=True)


class DifferenceOut(serializers.Serializer[Any]):
    """One field that changes, in words and, for rules, as text."""

    field = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.CharField()
    old = serializers.CharField()
    new = serializers.CharField()
    form = serializers.CharField()
    old_text = serializers.CharField()
    new_text = serializers.CharField()


class DiffOut(serializers.Serializer[Any]):
    """The difference to the live version that the request was written against."""

    structural = DifferenceOut(many=True)
    words = serializers.ListField(child=serializers.CharField())


class CheckOut(serializers.Serializer[Any]):
    """One check."""

    name = serializers.CharField()
    status = serializers.ChoiceField(choices=CheckStatus.choices)
    reason = serializers.CharField()
    remedy = serializers.CharField(allow_blank=True)


class ApprovalsOut(serializers.Serializer[Any]):
    """What is required, what has come, and what is missing."""

    quorum = serializers.IntegerField()
    required = serializers.DictField(child=serializers.IntegerField())  # type: ignore[assignment]
    received = serializers.DictField(child=serializers.IntegerField())
    received_total = serializers.IntegerField()
    missing = serializers.ListField(child=serializers.CharField())


class VoteOut(serializers.Serializer[Any]):
    """One vote on the current revision; `counts` is false when its seat has ended."""

    id = serializers.IntegerField()
    voter = serializers.CharField()
    function = serializers.CharField()
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reason = serializers.CharField()
    digest = serializers.CharField()
    cast_at = serializers.DateTimeField()
    counts = serializers.BooleanField()
    in_place_of = serializers.CharField(allow_null=True)
    meeting = serializers.IntegerField(allow_null=True)


class VoterOut(serializers.Serializer[Any]):
    """Somebody who can still vote."""

    username = serializers.CharField()
    display_name = serializers.CharField()
    function = serializers.CharField(help_text="a function, or named: somebody whom the requirement names")


class MomentOut(serializers.Serializer[Any]):
    """One thing that happened."""

    at = serializers.DateTimeField()
    who = serializers.CharField()
    what = serializers.CharField()
    event = serializers.CharField()
    entry = serializers.IntegerField(source="entry_id")
    text = serializers.CharField()


class YouOut(serializers.Serializer[Any]):
    """What the caller may do, and why not."""

    may_vote = serializers.BooleanField()
    reason = serializers.CharField()
    function = serializers.CharField()
    in_place_of = serializers.CharField()
    delegation = serializers.IntegerField(source="delegation_id", allow_null=True)


class SuggestionOut(serializers.Serializer[Any]):
    """Another wording of one part, and what became of it."""

    id = serializers.IntegerField()
    author = serializers.CharField(source="author.username")
    revision = serializers.IntegerField(source="revision.number")
    field = serializers.CharField()
    proposed = serializers.JSONField()
    note = serializers.CharField()
    state = serializers.ChoiceField(choices=SuggestionState.choices)
    created_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)


class IngredientOut(serializers.Serializer[Any]):
    """One thing that differs from what the caller approved."""

    part = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    old = serializers.CharField()
    new = serializers.CharField()


class YourApprovalOut(serializers.Serializer[Any]):
    """The caller's newest approval: standing, or void with all that changed since."""

    revision = serializers.IntegerField(source="vote.revision.number")
    stands = serializers.BooleanField()
    changed = IngredientOut(many=True)


class RequestDetailOut(RequestOut):
    """A request with all that a voter needs."""

    digest = serializers.CharField()
    version = serializers.IntegerField()
    proposed = serializers.DictField()
    base = serializers.DictField(allow_null=True)
    rationale = serializers.CharField()
    expected = serializers.CharField()
    statement = serializers.DictField()
    diff = DiffOut()
    checks = CheckOut(many=True)
    impact = serializers.DictField(allow_null=True)
    approvals = ApprovalsOut()
    requirement = serializers.DictField(help_text="what it needs and which condition asks for it; empty for a draft")
    eligible_voters = VoterOut(many=True)
    votes = VoteOut(many=True)
    timeline = MomentOut(many=True)
    you = YouOut()
    your_approval = YourApprovalOut(allow_null=True)
    suggestions = SuggestionOut(many=True)
    warnings = serializers.ListField(child=serializers.CharField())
    links = serializers.DictField(child=serializers.CharField())
