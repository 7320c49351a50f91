"""API tokens: shown once, stored as a digest."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.choices import Scope


class Token(models.Model):
    """A person's key for a client program. Born when shown; closed by expiry or revocation, kept for the record."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    # The source that data sent with this token comes from; empty for tokens that send none.
    source_key = models.CharField(max_length=63, blank=True, default="", db_default="")
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope.choices))
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
