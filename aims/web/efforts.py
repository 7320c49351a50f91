"""What was spent on a segment, and what it moved."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from aims import policies
from aims.selectors.efforts import efforts_of, return_of
from aims.services.efforts import record_effort, withdraw_effort
from aims.web.forms import EffortForm
from common.errors import DomainError, NotAllowed
from common.web import add_errors
from taxonomy.selectors import overview_for


def efforts(request: HttpRequest, key: str) -> HttpResponse:
    """The efforts of a segment with their return; by POST another one is recorded."""
    overview = overview_for(viewer=request.user, key=key)
    form = EffortForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _recorded(request, form, key):
        return redirect("aims:efforts", key)
    objective = overview.version.objective
    context = {
        "segment": overview.segment,
        "version": overview.version,
        "efforts": efforts_of(key),
        "found": return_of(objective, key) if objective else None,
        "form": form,
        "why_not": policies.aims.reason(request.user, "spend", overview.path),
    }
    return render(request, "aims/efforts.html", context, status=422 if form.errors else 200)


@require_POST
def withdraw(request: HttpRequest, key: str, effort_id: int) -> HttpResponse:
    """Take back an effort that was wrong."""
    try:
        withdraw_effort(actor=request.user, effort_id=effort_id, reason=request.POST.get("reason", ""))
        messages.success(request, "The effort no longer counts. It stays in the record.")
    except NotAllowed:
        raise
    except DomainError as refused:
        messages.error(request, refused.detail)
    return redirect("aims:efforts", key)


def _recorded(request: HttpRequest, form: EffortForm, key: str) -> bool:
    try:
        record_effort(actor=request.user, segment_key=key, **form.cleaned_data)
    except NotAllowed:
        raise
    except DomainError as refused:
        add_errors(form, refused)
        return False
    messages.success(request, "Recorded.")
    return True
