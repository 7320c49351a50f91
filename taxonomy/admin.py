"""The taxonomy's records in the admin site: nothing is changed here."""

from django.contrib import admin

from common.admin import ReadOnlyAdmin
from taxonomy.models import Enactment, Objective, Segment, SegmentVersion


@admin.register(Objective)
class ObjectiveAdmin(ReadOnlyAdmin):
    list_display = ("key", "name", "kind", "target", "target_on", "owner")
    search_fields = ("key", "name")


@admin.register(Segment)
class SegmentAdmin(ReadOnlyAdmin):
    list_display = ("key", "parent", "status", "created_at", "retired_at")
    list_filter = ("status",)
    search_fields = ("key",)


@admin.register(SegmentVersion)
class SegmentVersionAdmin(ReadOnlyAdmin):
    list_display = ("segment", "number", "state", "name", "tier", "enacted_at", "ended_at")
    list_filter = ("state", "tier")
    search_fields = ("segment__key", "name")


@admin.register(Enactment)
class EnactmentAdmin(ReadOnlyAdmin):
    list_display = ("version", "kind", "actor", "request_ref", "at")
    list_filter = ("kind",)
