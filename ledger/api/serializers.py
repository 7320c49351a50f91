"""How an entry of the ledger looks to a client program."""

from typing import Any

from rest_framework import serializers

from ledger.selectors import Line


class EntrySerializer(serializers.Serializer[Any]):
    """One fact with its place in the chain."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    event = serializers.CharField()
    actor = serializers.CharField()
    object = serializers.CharField(help_text="type:key")
    sentence = serializers.CharField()
    correlation_id = serializers.UUIDField()
    payload = serializers.JSONField()
    previous_hash = serializers.CharField()
    hash = serializers.CharField()


def entry_shape(line: Line) -> dict[str, Any]:
    """The values that `EntrySerializer` describes."""
    entry = line.entry
    return {
        "id": entry.pk,
        "at": entry.at,
        "event": entry.event,
        "actor": entry.actor_name,
        "object": f"{entry.object_type}:{entry.object_key}",
        "sentence": line.sentence,
        "correlation_id": entry.correlation_id,
        "payload": entry.payload,
        "previous_hash": bytes(entry.previous_hash or b"").hex(),
        "hash": bytes(entry.hash or b"").hex(),
    }
