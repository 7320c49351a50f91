"""Comments: what was said about a request besides the votes."""

from django.conf import settings
from django.db import models

from reviews.models.request import ChangeRequest


class Comment(models.Model):
    """One remark in the conversation of a request; born when it is written, never changed, never closed."""

    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    field = models.CharField(max_length=63, blank=True, help_text="The part of the change it speaks of, if any.")
    body = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.author} on request {self.request_id}"
