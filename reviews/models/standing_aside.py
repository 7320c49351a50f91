"""Who stands aside from a request, who from outside was asked, and who is looking at it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from reviews.choices import AsideKind
from reviews.models.request import ChangeRequest, Revision


class Declaration(models.Model):
    """One person's declaration that they do not decide about one request: a conflict of interest, or a recusal.

    Born when it is declared (by the person, or about them by a steward with a reason); closed by `withdrawn_at`, only
    while the person has not voted and the request is open. While it stands the person's vote neither counts nor is
    taken.
    """

    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="declarations")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=AsideKind)
    reason = models.CharField(max_length=600)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=AsideKind.values), name="declaration_kind_known"),
            # Without it withdrawing one of two declarations would leave the person aside, and nobody could tell why.
            models.UniqueConstraint(
                fields=("request", "person"), condition=Q(withdrawn_at__isnull=True), name="declaration_one_standing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} stands aside from request {self.request_id}"


class Invitation(models.Model):
    """One outsider's right to say yes or no to one revision, once, through a link that is theirs alone.

    Born when a board member invites them; closed when it is answered, revoked, past `expires_at`, or when the request
    is no longer the one of `asked_digest`. The link goes by mail to `email` and to nobody else; its secret is stored as
    a digest. Sent again it is another row, that `replaces` this one. Where the policy asks for outsiders, an assent
    counts, one for each mailbox; it never counts for a function.
    """

    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="invitations")
    revision = models.ForeignKey(Revision, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    email = models.EmailField()
    organisation = models.CharField(max_length=120, blank=True)
    question = models.CharField(max_length=600, blank=True)
    secret_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True)
    digest = models.CharField(max_length=64, blank=True, help_text="Of what the outsider saw when answering.")
    voided_at = models.DateTimeField(null=True, blank=True)
    asked_digest = models.CharField(
        max_length=64, blank=True, default="", db_default="", help_text="Of the request as it was when they were asked."
    )
    mailed_at = models.DateTimeField(null=True, blank=True, help_text="When the mail server took the link.")
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replacement")

    class Meta:
        ordering = ("id",)
        constraints = [
            # Without it an answer could stand without the instant from which it counts.
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, verdict="") | (Q(answered_at__isnull=False) & ~Q(verdict="")),
                name="invitation_answer_has_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} on request {self.request_id}"


class Claim(models.Model):
    """One board member looking at one request just now, so that others look at something else.

    Born when they say so; closed when they release it, decide, or after `until`. It stops nobody from voting.
    """

    request = models.ForeignKey(ChangeRequest, on_delete=models.CASCADE, related_name="claims")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-at",)
        constraints = [
            models.UniqueConstraint(
                fields=("request", "person"), condition=Q(released_at__isnull=True), name="claim_one_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} looks at request {self.request_id}"
