"""Roles granted to people, over everything or a branch of the taxonomy."""

from django.conf import settings
from django.db import models
from simple_history.models import HistoricalRecords

from accounts.choices import Role


class RoleGrant(models.Model):
    """`user` holds `role` over `branch` (a segment's key and all below it; empty: everything). Removed when revoked."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    branch = models.CharField(max_length=63, blank=True)
    granted_at = models.DateTimeField(auto_now_add=True)

    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "branch"], name="accounts_grant_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="accounts_grant_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.branch or '(everything)'}"
