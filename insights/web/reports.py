"""Pages of the reports of misclassifications."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from common.actors import Actor
from common.errors import DomainError, NotAllowed, NotFound
from common.web import add_errors, paginate
from customers.selectors import customer_for
from insights import selectors, services
from insights.models import MisclassificationReport
from insights.policies import ReportPolicy
from insights.selectors.reports import names_of
from insights.web.forms import AssignForm, JudgeForm, QueueFilter, ReportForm
from taxonomy.selectors import active_rules

policy = ReportPolicy()


@never_cache
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """The queue."""
    policy.require(request.user, "view")
    form = QueueFilter(request.GET)
    page = paginate(request, selectors.reports_for(viewer=request.user, **form.narrowing()), 40)
    names = {rule.key: rule.name for rule in active_rules()}
    context = {
        "form": form,
        "page": page,
        "lines": _lines(list(page.object_list), names),
        "rates": [(names.get(key, key), rate) for key, rate in selectors.rates().items()],
    }
    return render(request, "insights/reports.html", context)


@never_cache
def report_new(request: HttpRequest) -> HttpResponse:
    """Say what is wrong with a customer's segments."""
    policy.require(request.user, "report")
    asked = request.GET.get("customer", "").replace("\x00", "")
    customer = customer_for(viewer=request.user, external_id=asked)
    initial = {"segment": request.GET.get("segment", ""), "claim": request.GET.get("claim", "")}
    form = ReportForm(request.POST or None, initial=initial)
    made = _reported(request, form, customer.external_id) if request.method == "POST" else None
    if made is not None:
        messages.success(
            request, "Reported. Whoever answers for the segment will judge it; the answer will stand here."
        )
        return redirect("insights:report", made.pk)
    context = {"form": form, "external_id": customer.external_id}
    return render(request, "insights/report_new.html", context, status=422 if form.errors else 200)


@never_cache
@require_GET
def report(request: HttpRequest, report_id: int) -> HttpResponse:
    """One report with what is needed to judge it."""
    found = selectors.report_for(viewer=request.user, report_id=report_id)
    return render(request, "insights/report.html", _context(request, found, JudgeForm(state=found.state)))


@require_POST
def judge(request: HttpRequest, report_id: int) -> HttpResponse:
    """Accept, refuse, mark as fixed, open again."""
    found = selectors.report_for(viewer=request.user, report_id=report_id)
    policy.require(request.user, "triage", found.segment_key)
    form = JudgeForm(request.POST, state=found.state)
    if form.is_valid():
        try:
            services.judge_report(actor=cast(Actor, request.user), report_id=report_id, **form.cleaned_data)
        except NotAllowed:
            raise
        except DomainError as refused:
            add_errors(form, refused)
        else:
            return redirect("insights:report", report_id)
    return render(request, "insights/report.html", _context(request, found, form), status=422)


@require_POST
def assign(request: HttpRequest, report_id: int) -> HttpResponse:
    """Give the report to somebody."""
    found = selectors.report_for(viewer=request.user, report_id=report_id)
    policy.require(request.user, "triage", found.segment_key)
    form = AssignForm(request.POST, segment_key=found.segment_key)
    person = form.cleaned_data["person"] if form.is_valid() else request.POST.get("person", "")
    if not (person.isascii() and person.isdigit() and len(person) < 18):
        messages.error(request, "Choose a person from the list.")
    else:
        services.assign_report(actor=cast(Actor, request.user), report_id=report_id, user_id=int(person))
    return redirect("insights:report", report_id)


def _reported(request: HttpRequest, form: ReportForm, external_id: str) -> MisclassificationReport | None:
    if not form.is_valid():
        return None
    given = form.cleaned_data
    try:
        return services.report_misclassification(
            actor=cast(Actor, request.user),
            external_id=external_id,
            segment_key=given["segment"],
            claim=given["claim"],
            why=given["why"],
        )
    except (NotAllowed, NotFound):
        raise
    except DomainError as refused:
        add_errors(form, refused)
        return None


def _lines(rows: list[MisclassificationReport], names: dict[str, str]) -> list[dict[str, Any]]:
    ids = names_of(rows)
    return [
        {
            "report": row,
            "segment": names.get(row.segment_key, row.segment_key),
            "customer": ids.get(row.customer_ordinal),
        }
        for row in rows
    ]


def _context(request: HttpRequest, found: MisclassificationReport, form: JudgeForm) -> dict[str, Any]:
    names = {rule.key: rule.name for rule in active_rules()}
    (line,) = _lines([found], names)
    return {
        **line,
        "is_in_force": found.segment_key in names,
        "form": form,
        "assign": AssignForm(segment_key=found.segment_key, initial={"person": found.assigned_to_id}),
        "why_no_triage": policy.reason(request.user, "triage", found.segment_key),
        "rate": selectors.rates().get(found.segment_key),
    }
