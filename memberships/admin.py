"""Runs, snapshots and changes as records to look at; nothing is made, changed or removed here."""

from django.contrib import admin

from common.admin import ReadOnlyAdmin
from memberships.models import Current, Delta, Run, Shadow, Snapshot


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "state", "trigger", "requested_by", "queued_at", "ended_at", "attempts")
    list_filter = ("state", "kind", "trigger")


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnlyAdmin):
    list_display = ("id", "segment", "version", "run", "size", "published_at")
    exclude = ("members",)


@admin.register(Delta)
class DeltaAdmin(ReadOnlyAdmin):
    list_display = ("id", "segment", "version", "run", "cause", "entered_count", "left_count", "size", "published_at")
    list_filter = ("cause",)
    exclude = ("entered", "left")


@admin.register(Shadow)
class ShadowAdmin(ReadOnlyAdmin):
    list_display = ("id", "segment_key", "name", "owner", "started_at", "ends_on", "ended_at")


@admin.register(Current)
class CurrentAdmin(ReadOnlyAdmin):
    list_display = ("segment", "version", "run", "size", "as_of", "failure")
