"""Rate limits of pages: the same buckets as the API's, so that nobody gets round one through the other."""

from collections.abc import Callable
from functools import wraps
from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponse

from common.api.throttles import RuleQuestions

_TOO_MANY = "Too many questions about rules in a short time. Wait a moment, then go on."


def rule_question(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page view that answers what a rule would say or select: beyond the rate it answers 429 with Retry-After."""

    @wraps(view)
    def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        throttle = RuleQuestions()
        if throttle.allow_request(request, view):
            return view(request, *args, **kwargs)
        wait = ceil(throttle.wait() or 1)
        return HttpResponse(_TOO_MANY, status=429, content_type="text/plain", headers={"Retry-After": str(wait)})

    return limited
