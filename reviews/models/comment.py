"""Comments and suggestions: what was said about a request besides the votes."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from reviews.choices import SuggestionState
from reviews.models.request import ChangeRequest, Revision


class Comment(models.Model):
    """One remark in the conversation of a request; born when it is written, never changed, never closed."""

    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    field = models.CharField(max_length=63, blank=True, help_text="The part of the change it speaks of, if any.")
    clause = models.CharField(max_length=120, blank=True, help_text="The clause of the rule it speaks of, by its path.")
    revision = models.PositiveIntegerField(null=True, blank=True, help_text="The wording it was written about.")
    body = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.author} on request {self.request_id}"


class Suggestion(models.Model):
    """Another wording of one part of a request, offered to its author.

    Born open, about one revision; closed when it is taken (its writer has then written part of the request and cannot
    vote on it), declined, or outdated by another wording of that part.
    """

    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="suggestions")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    field = models.CharField(max_length=63)
    proposed = models.JSONField()
    note = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=SuggestionState, default=SuggestionState.OPEN)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SuggestionState.values), name="suggestion_state_known"),
        ]

    def __str__(self) -> str:
        return f"suggestion {self.pk} on request {self.request_id}"
