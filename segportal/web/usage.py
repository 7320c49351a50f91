"""Counts the use of segments by the addresses that were answered."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from aims.choices import UsageKind
from aims.services.counting import count_use

# Address -> how the segment that it names is used.
USES: dict[str, UsageKind] = {
    "taxonomy:segment": UsageKind.VIEW,
    "playbooks:playbook": UsageKind.PLAYBOOK,
    "training:brief": UsageKind.TRAINING,
    "memberships:members": UsageKind.LOOKUP,
    "api-segment-members": UsageKind.LOOKUP,
    "api-segment-changes": UsageKind.LOOKUP,
    "memberships:members-export": UsageKind.EXPORT,
    "ofrep-flag": UsageKind.ACTIVATION,
}


class Usage:
    """After the answer: a page or an address of a segment that was answered counts as one use of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        kind = USES.get(match.view_name) if match is not None else None
        if match is not None and kind is not None and response.status_code == 200 and "key" in match.kwargs:
            count_use(segment_key=str(match.kwargs["key"]), kind=kind)
        return response
