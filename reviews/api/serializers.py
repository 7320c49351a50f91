"""How requests look to a client program."""

from typing import Any

from rest_framework import serializers

from reviews.choices import CheckStatus, Kind, State, SubjectType, SuggestionState, Verdict


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
