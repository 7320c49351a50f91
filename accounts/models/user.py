"""People who sign in."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from simple_history.models import HistoricalRecords

from accounts.choices import Function


class User(AbstractUser):
    """One person. Born when an administrator creates the account; closed by deactivating, never deleted.

    `is_superuser` opens the read-mostly admin site and gives no right over segments, requests or votes.
    """

    display_name = models.CharField(max_length=120, blank=True)
    function = models.CharField(max_length=20, choices=Function.choices, blank=True)
    team = models.CharField(max_length=80, blank=True)

    history = HistoricalRecords(excluded_fields=["password", "last_login"])

    class Meta(AbstractUser.Meta):
        constraints = [
            # "Olive" and "olive" would be two people who look like one in a list of votes.
            models.UniqueConstraint(Lower("username"), name="accounts_user_username_any_case"),
        ]

    @property
    def initials(self) -> str:
        """Up to two letters for the avatar."""
        words = (self.display_name or self.username).replace(".", " ").replace("-", " ").split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words[:1])).upper()

    def __str__(self) -> str:
        return self.display_name or self.username
