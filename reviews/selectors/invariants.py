"""What must always be true of consent, checked on the live database."""

from django.db.models import Count, F, Q

from reviews.choices import State, Verdict
from reviews.models import ChangeRequest, Vote


def breaches() -> list[str]:
    """Sentences that name what is wrong: nobody votes on what they wrote or edited, everybody votes once on a revision,
    and nothing was applied with fewer approvals of distinct people than it asked for, of the very revision that took
    effect."""
    own = Vote.objects.filter(Q(voter=F("request__author")) | Q(request__revisions__editor=F("voter"))).distinct()
    found = [f"Vote {vote.pk} on request {vote.request_id} is by somebody who wrote it." for vote in own]
    twice = (
        Vote.objects.filter(voided_at=None)
        .values("request", "revision", "voter")
        .annotate(count=Count("pk"))
        .filter(count__gt=1)
    )
    found += [f"Somebody voted {row['count']} times on request {row['request']}." for row in twice]
    approvals = Count(
        "votes__voter",
        filter=Q(votes__verdict=Verdict.APPROVE, votes__voided_at=None, votes__revision__number=F("revision")),
        distinct=True,
    )
    applied = ChangeRequest.objects.filter(state=State.APPLIED, is_emergency=False).annotate(approvals=approvals)
    found += [
        f"Request {request.pk} was applied with {request.approvals} approvals; it asked for {_asked_for(request)}."
        for request in applied
        if request.approvals < _asked_for(request)
    ]
    return found


def _asked_for(request: ChangeRequest) -> int:
    """How many approvals its requirement asks for: at least one, whatever a board wrote."""
    return max(1, int(request.requirement.get("quorum", 1)))
