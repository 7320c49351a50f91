"""The data storey's records, to look at only: changes go through the services."""

from django.contrib import admin

from common.admin import ReadOnlyAdmin
from customers.models import Attribute, ImportJob, ProfileBuild, Source, SourceLoad


@admin.register(Attribute)
class AttributeAdmin(ReadOnlyAdmin):
    """The catalogue."""

    list_display = ("key", "label", "type", "dimension", "sensitivity", "is_live", "version")
    list_filter = ("type", "dimension", "sensitivity", "is_live")
    search_fields = ("key", "label")


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin):
    """The sources."""

    list_display = ("key", "name", "kind", "freshness_hours", "version")


@admin.register(SourceLoad)
class SourceLoadAdmin(ReadOnlyAdmin):
    """What came from the sources."""

    list_display = ("source", "at", "row_count")


@admin.register(ImportJob)
class ImportJobAdmin(ReadOnlyAdmin):
    """The imports, without their plans: these hold values of customers, which a superuser has no right to see."""

    list_display = ("pk", "state", "source", "file_name", "position", "created_at")
    list_filter = ("state",)
    exclude = ("plan", "path", "counts")


@admin.register(ProfileBuild)
class ProfileBuildAdmin(ReadOnlyAdmin):
    """The profile builds, without their figures of values."""

    list_display = ("number", "state", "kind", "as_of", "row_count", "digest")
    exclude = ("quality", "facts")
