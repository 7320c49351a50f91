"""Notifications and preferences as a client program sees them."""

from typing import Any

from rest_framework import serializers

from common.api import StrictSerializer
from notifications.choices import Kind, MailMode


class NotificationOut(serializers.Serializer[Any]):
    """One thing that the caller was told; unread while `read_at` is null."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    title = serializers.CharField()
    body = serializers.CharField()
    url = serializers.CharField(help_text="the page that it is about, within the portal")
    about = serializers.CharField(help_text="type and key, as in request:12; may be empty")
    is_urgent = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)


class UnreadOut(serializers.Serializer[Any]):
    """How much waits to be read."""

    unread = serializers.IntegerField()
    kinds = serializers.DictField(child=serializers.IntegerField(), help_text="kind -> unread, where there are any")


class ReadAllIn(StrictSerializer):
    """Of which kind; all where none is named."""

    kind = serializers.ChoiceField(choices=Kind.choices, required=False, allow_blank=True, default="")


class ReadAllOut(serializers.Serializer[Any]):
    """How many were marked read, and the instant that takes the marking back."""

    marked = serializers.IntegerField()
    moment = serializers.DateTimeField()


class UndoIn(StrictSerializer):
    """The `moment` that marking all read answered."""

    moment = serializers.DateTimeField()


class UndoneOut(serializers.Serializer[Any]):
    """How many wait to be read again."""

    unread_again = serializers.IntegerField()


class PreferencesIn(StrictSerializer):
    """How the caller wants to be told; kinds that are left out stay as they are."""

    modes = serializers.DictField(
        child=serializers.ChoiceField(choices=MailMode.choices), required=False, default=dict, help_text="kind -> mode"
    )
    zone = serializers.CharField(max_length=60, help_text="such as Europe/Berlin")
    digest_hour = serializers.IntegerField(help_text="0 to 23, of the zone")
    quiet_from = serializers.IntegerField(required=False, allow_null=True, default=None)
    quiet_until = serializers.IntegerField(required=False, allow_null=True, default=None)


class PreferencesOut(serializers.Serializer[Any]):
    """How the caller is told."""

    modes = serializers.DictField(child=serializers.ChoiceField(choices=MailMode.choices))
    zone = serializers.CharField()
    digest_hour = serializers.IntegerField()
    quiet_from = serializers.IntegerField(allow_null=True)
    quiet_until = serializers.IntegerField(allow_null=True)
