"""What is announced, to which functions, and how far each has come."""

from typing import Final

from django.db.models import TextChoices

from accounts.choices import Function


class Kind(TextChoices):
    ENACTED = "enacted", "Rule in force"
    MOVED = "moved", "Large movement"


class StepState(TextChoices):
    WAITING = "waiting", "Waiting"
    SENT = "sent", "Sent"
    SEEN = "seen", "Seen"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    NOBODY = "nobody", "Nobody there"


# Who is told, in this order: those who speak to many first, those who change what is sold last.
FUNCTIONS: Final[tuple[Function, ...]] = (Function.MARKETING, Function.SALES, Function.SUPPORT, Function.PRODUCT)
