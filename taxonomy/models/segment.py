"""Segments: the identities that stay while their content changes."""

from django.db import models
from django.db.models import F, Q
from tree_queries.fields import TreeNodeForeignKey
from tree_queries.query import TreeQuerySet

from common.keys import key_field
from taxonomy.choices import SegmentStatus


class Segment(models.Model):  # type: ignore[django-manager-missing]
    """One customer group's identity: its key for ever and its place in the tree today.

    Born `proposed` inside the enactment of its first version, which makes it active, or a pilot until an approved
    version without the mark takes it into full use, in the same transaction; closed by
    retirement, never deleted. What it means stands in its versions.
    """

    key = key_field(unique=True)
    parent = TreeNodeForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    status = models.CharField(max_length=16, choices=SegmentStatus, default=SegmentStatus.PROPOSED)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors")

    objects = TreeQuerySet.as_manager()  # type: ignore[django-manager-missing]

    class Meta:
        ordering = ("key",)
        constraints = [
            # Without it a segment could stand in a state that no page shows and no run computes.
            models.CheckConstraint(condition=Q(status__in=SegmentStatus.values), name="segment_status_known"),
            # Without it a segment could hang below itself and every walk up the tree would never end.
            models.CheckConstraint(condition=~Q(parent=F("id")), name="segment_not_its_own_parent"),
            # Without it readers of a retired segment would be sent in a circle.
            models.CheckConstraint(condition=~Q(successor=F("id")), name="segment_not_its_own_successor"),
            # Without it a segment in use could point its readers to another one.
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | Q(status__in=(SegmentStatus.DEPRECATED, SegmentStatus.RETIRED)),
                name="segment_successor_only_when_retired",
            ),
            # Without it a retirement could lack the day from which the segment no longer counts.
            models.CheckConstraint(
                condition=Q(status=SegmentStatus.RETIRED, retired_at__isnull=False)
                | (~Q(status=SegmentStatus.RETIRED) & Q(retired_at__isnull=True)),
                name="segment_retired_at_with_status",
            ),
        ]

    def __str__(self) -> str:
        return self.key
