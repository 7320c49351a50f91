"""Meetings as a client program sees them."""

from typing import Any

from rest_framework import serializers

from common.api import StrictSerializer
from meetings.choices import Cadence, ItemState, Lane, MeetingState, Presence
from reviews.choices import State, Verdict

MOVES = ("up", "down", "object", "take_up", "skip", "restore", "leave", "note")


class SeriesIn(StrictSerializer):
    """How often a board meets."""

    board = serializers.CharField(source="board_key", max_length=63, help_text="key")
    name = serializers.CharField(max_length=120)
    cadence = serializers.ChoiceField(choices=Cadence.choices)
    first_at = serializers.DateTimeField()
    zone = serializers.CharField(max_length=60, required=False, default="UTC", help_text="whose hour stays the same")
    minutes = serializers.IntegerField(required=False, default=60)
    place = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class SeriesOut(serializers.Serializer[Any]):
    """One series; it goes on while `ended_at` is null."""

    id = serializers.IntegerField()
    board = serializers.CharField(source="board.key")
    name = serializers.CharField()
    cadence = serializers.ChoiceField(choices=Cadence.choices)
    first_at = serializers.DateTimeField()
    zone = serializers.CharField()
    minutes = serializers.IntegerField()
    place = serializers.CharField()
    ended_at = serializers.DateTimeField(allow_null=True)


class MeetingIn(StrictSerializer):
    """One meeting to plan."""

    board = serializers.CharField(source="board_key", max_length=63, help_text="key")
    title = serializers.CharField(max_length=120)
    starts_at = serializers.DateTimeField()
    minutes = serializers.IntegerField(required=False, default=60)
    place = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class MeetingOut(serializers.Serializer[Any]):
    """One meeting."""

    id = serializers.IntegerField()
    board = serializers.CharField(source="board.key")
    series = serializers.IntegerField(source="series_id", allow_null=True)
    title = serializers.CharField()
    place = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=MeetingState.choices)
    quorum = serializers.IntegerField(help_text="so many must be in the room for a vote")
    opened_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(help_text="counts the changes of the agenda")


class MeetingLineOut(MeetingOut):
    """One meeting in a list."""

    items = serializers.IntegerField(source="item_count")
    decided = serializers.IntegerField(source="decided_count")


class AgendaRequestOut(serializers.Serializer[Any]):
    """The request that an item is about; read it, then vote on its digest."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=State.choices)
    digest = serializers.CharField()
    author = serializers.CharField(source="author.username")


class ItemOut(serializers.Serializer[Any]):
    """One item of the agenda."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    lane = serializers.ChoiceField(choices=Lane.choices)
    place = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ItemState.choices)
    minutes = serializers.IntegerField(help_text="how long it is meant to take")
    notes = serializers.CharField()
    reason = serializers.CharField(help_text="why it was skipped")
    request = AgendaRequestOut(allow_null=True)


class PlaceOut(serializers.Serializer[Any]):
    """One person's place."""

    username = serializers.CharField(source="person.username")
    display_name = serializers.CharField(source="person.display_name")
    presence = serializers.ChoiceField(choices=Presence.choices)
    stands_for = serializers.CharField(source="stands_for.username", allow_null=True, default=None)
    note = serializers.CharField()
    since = serializers.DateTimeField()


class RoomOut(serializers.Serializer[Any]):
    """Whether enough are there for what is under discussion."""

    counted = serializers.IntegerField()
    needed = serializers.IntegerField()
    has_quorum = serializers.BooleanField()


class YouInMeetingOut(serializers.Serializer[Any]):
    """What the caller may do here."""

    may_hold = serializers.BooleanField(help_text="open, close, arrange")
    may_sit = serializers.BooleanField(help_text="take a place and vote")
    is_here = serializers.BooleanField()
    voted = serializers.ListField(child=serializers.IntegerField(), help_text="items that the caller has voted on")


class MeetingWholeOut(MeetingOut):
    """One meeting with agenda, attendance and what the caller may do."""

    chair = serializers.CharField(source="chair.username", allow_null=True, default=None)
    items = ItemOut(many=True)
    current = serializers.IntegerField(allow_null=True, help_text="the item under discussion")
    attendance = PlaceOut(many=True)
    room = RoomOut()
    you = YouInMeetingOut()
    digest = serializers.CharField(help_text="of the minutes, once it is closed")


class MinutesOut(serializers.Serializer[Any]):
    """The minutes, written from the ledger; frozen with their digest once the meeting is closed."""

    frozen = serializers.BooleanField()
    digest = serializers.CharField(allow_blank=True)
    minutes = serializers.DictField()


class AttendanceIn(StrictSerializer):
    """A place to take; others can be entered as excused or absent only."""

    presence = serializers.ChoiceField(choices=Presence.choices)
    username = serializers.CharField(
        max_length=150, required=False, allow_blank=True, default="", help_text="you, where it is left out"
    )
    stands_for = serializers.CharField(
        max_length=150, required=False, allow_blank=True, default="", help_text="who lent you the seat"
    )
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class ItemIn(StrictSerializer):
    """Something to speak of."""

    title = serializers.CharField(max_length=200)
    minutes = serializers.IntegerField(min_value=1, max_value=240, required=False, default=10)


class MoveIn(StrictSerializer):
    """Where an item goes: its place (up, down), its lane (object), its state (the others)."""

    move = serializers.ChoiceField(choices=MOVES)
    reason = serializers.CharField(
        max_length=300, required=False, allow_blank=True, default="", help_text="required to skip"
    )


class NoteIn(StrictSerializer):
    """A note on an item."""

    text = serializers.CharField(max_length=4000)


class RoomVoteIn(StrictSerializer):
    """A vote in the room: the same as on the request, under the same rules."""

    verdict = serializers.ChoiceField(choices=Verdict.choices)
    reason = serializers.CharField(required=False, allow_blank=True, default="")
    digest = serializers.CharField(help_text="the digest of the request as you read it")
    delegation = serializers.IntegerField(
        source="delegation_id", required=False, help_text="the lent seat to vote from"
    )


class PickIn(StrictSerializer):
    """One item of the consent agenda as the caller read it."""

    item = serializers.IntegerField()
    digest = serializers.CharField()


class ConsentIn(StrictSerializer):
    """The items of the consent agenda that the caller approves."""

    picks = PickIn(many=True)


class ConsentOut(serializers.Serializer[Any]):
    """What became of one of them."""

    item = serializers.IntegerField(source="item_id")
    title = serializers.CharField()
    taken = serializers.BooleanField(source="is_taken")
    words = serializers.CharField()


class ConsentResultsOut(serializers.Serializer[Any]):
    """What became of all of them, in their order."""

    results = ConsentOut(many=True)
