"""Records of the ledger in the read-mostly admin."""

from django.contrib import admin

from common.admin import ReadOnlyAdmin
from ledger.models import Entry, Handoff


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = ("id", "at", "event", "actor_name", "object_type", "object_key")


@admin.register(Handoff)
class HandoffAdmin(ReadOnlyAdmin):
    list_display = ("entry", "consumer", "state", "attempts", "done_at")
