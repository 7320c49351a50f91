"""What the list of segments can be narrowed and ordered by."""

from typing import cast

import django_filters  # type: ignore[import-untyped]
from django.db.models import QuerySet

from common.errors import Invalid
from taxonomy.choices import SegmentStatus, Tier
from taxonomy.models import SegmentVersion

ORDERINGS = ("key", "-key", "name", "-name", "enacted_at", "-enacted_at")


class SegmentFilter(django_filters.FilterSet):
    """Narrows the newest versions of segments (with `key` annotated); what is not on a list is refused."""

    tier = django_filters.ChoiceFilter(choices=Tier.choices)
    status = django_filters.ChoiceFilter(field_name="segment__status", choices=SegmentStatus.choices)
    objective = django_filters.CharFilter(field_name="objective__key")
    parent = django_filters.CharFilter(field_name="segment__parent__key")
    attribute = django_filters.CharFilter(method="reading_attribute")
    ordering = django_filters.ChoiceFilter(choices=[(name, name) for name in ORDERINGS], method="left_to_the_pages")

    class Meta:
        model = SegmentVersion
        fields: list[str] = []

    def reading_attribute(self, rows: QuerySet[SegmentVersion], name: str, value: str) -> QuerySet[SegmentVersion]:
        """Only segments whose own rule reads the attribute."""
        return rows.filter(attribute_keys__contains=[value])

    def left_to_the_pages(self, rows: QuerySet[SegmentVersion], name: str, value: str) -> QuerySet[SegmentVersion]:
        """The rows as they are: cursor pages set the order themselves, from `order`."""
        return rows

    def narrowed(self) -> QuerySet[SegmentVersion]:
        """The rows that fit; raises `Invalid` with a pointer for each value that is not on its list."""
        if not self.is_valid():
            errors = [
                {"code": "unknown_choice", "detail": str(messages[0]), "pointer": f"/{name}"}
                for name, messages in self.errors.items()
            ]
            raise Invalid(errors[0]["detail"], code="unknown_choice", errors=errors)
        return cast(QuerySet[SegmentVersion], self.qs)

    @property
    def order(self) -> tuple[str, ...]:
        """What to order by, ending in the key so that no two rows tie."""
        wanted = self.form.cleaned_data.get("ordering") or "key"
        return (wanted,) if wanted.lstrip("-") == "key" else (wanted, "key")
