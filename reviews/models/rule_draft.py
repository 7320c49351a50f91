"""Rules being written: the editor's state of one author about one subject, with the steps to undo."""

from django.conf import settings
from django.db import models


class RuleDraft(models.Model):
    """What one author has done to one rule that is not sent yet.

    Born when the editor opens, closed (deleted) when the request is written, or some weeks after the last change.
    `subject` says what is being written (`change:<segment>`, `create`, `request:<number>`, `try`); `steps` are the
    states, oldest first, `at` the shown one; `revision` counts every write, and `tab` names the page that wrote last.
    """

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="rule_drafts")
    subject = models.CharField(max_length=80)
    start = models.TextField(blank=True, help_text="The rule's text when the editor was opened first.")
    steps = models.JSONField()
    at = models.PositiveIntegerField(default=0)
    view = models.CharField(max_length=8, default="builder")
    revision = models.PositiveIntegerField(default=1)
    tab = models.CharField(max_length=36, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("-updated_at", "-id")
        constraints = [
            # Without it two pages could each open a draft of the same rule, and one would be lost unseen.
            models.UniqueConstraint(fields=("author", "subject"), name="rule_draft_once"),
        ]
        indexes = [models.Index(fields=("updated_at",), name="rule_draft_by_age")]

    def __str__(self) -> str:
        return f"Rule draft {self.subject} of {self.author}"
