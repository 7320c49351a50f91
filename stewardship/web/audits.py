"""Pages of audits."""

import csv
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from common.errors import DomainError, NotAllowed
from common.web import paginate
from stewardship import services
from stewardship.choices import Kept
from stewardship.policies import AuditPolicy
from stewardship.selectors.audits import campaign_for, campaigns_for, finding_for, item_for, progress_of
from stewardship.selectors.names import segment_names
from stewardship.web.carrying import actor_of, carried
from stewardship.web.forms import CampaignForm, FindingForm, ItemForm, SettleForm

policy = AuditPolicy()
_HEAD = ("type", "key", "version", "assignee", "done by", "done at", "question", "ok", "note", "finding", "severity")


@never_cache
@require_GET
def audits(request: HttpRequest) -> HttpResponse:
    """All audits."""
    policy.require(request.user, "view")
    page = paginate(request, campaigns_for(viewer=request.user), 30)
    return render(request, "stewardship/audits.html", {"page": page, "why_not": policy.reason(request.user, "open")})


@never_cache
def audit_new(request: HttpRequest) -> HttpResponse:
    """Open an audit."""
    policy.require(request.user, "open")
    form = CampaignForm(request.POST or None)
    if request.method == "POST":
        made = carried(form, lambda: services.open_campaign(actor=actor_of(request), **form.cleaned_data))
        if made is not None:
            messages.success(request, "The audit is open; everybody who has an item was told.")
            return redirect("stewardship:audit", made.pk)
    return render(request, "stewardship/audit_form.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_GET
def audit(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """One audit: progress, items, findings, signatures; the report once it is closed."""
    return _page(request, campaign_id)


def _page(request: HttpRequest, campaign_id: int, failed: SettleForm | None = None) -> HttpResponse:
    found = campaign_for(viewer=request.user, campaign_id=campaign_id)
    findings = [finding for item in found.items.all() for finding in item.findings.all()]
    context: dict[str, Any] = {
        "campaign": found,
        "items": found.items.all(),
        "findings": [_finding(request, each, failed) for each in findings],
        "progress": progress_of(found),
        "why_not_sign": policy.reason(request.user, "sign", found),
        "names": segment_names(found.branch),
        "kinds": [Kept(each).label for each in found.types],
    }
    return render(request, "stewardship/audit.html", context, status=422 if failed else 200)


def _finding(request: HttpRequest, found: Any, failed: SettleForm | None) -> dict[str, Any]:
    """A finding with the form that settles it: what was typed and refused stays in its place."""
    if failed is not None and failed.finding_id == found.pk:
        return {"finding": found, "form": failed}
    may = found.state == "open" and policy.can(request.user, "settle", found)
    return {"finding": found, "form": SettleForm(finding_id=found.pk) if may else None}


@require_POST
def sign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Sign an audit off."""
    campaign_for(viewer=request.user, campaign_id=campaign_id)
    try:
        found = services.sign_campaign(actor=actor_of(request), campaign_id=campaign_id)
    except NotAllowed:
        raise
    except DomainError as refused:
        messages.error(request, refused.detail)
    else:
        closed = found.state == "closed"
        messages.success(request, "Signed. The report stands." if closed else "Signed; the other signature is missing.")
    return redirect("stewardship:audit", campaign_id)


@never_cache
def item(request: HttpRequest, audit_item_id: int) -> HttpResponse:
    """Answer the questions about one thing."""
    found = item_for(viewer=request.user, item_id=audit_item_id)
    form = ItemForm(request.POST or None, checklist=found.campaign.checklist, answers=found.answers)
    if request.method == "POST":
        deed = lambda: services.answer_item(actor=actor_of(request), item_id=audit_item_id, answers=form.answers())  # noqa: E731
        if carried(form, deed) is not None:
            messages.success(request, "Answered.")
            return redirect("stewardship:audit", found.campaign_id)
    return _item_page(request, found, form, FindingForm())


def _item_page(request: HttpRequest, found: Any, form: ItemForm, finding: FindingForm) -> HttpResponse:
    why_not = policy.reason(request.user, "answer", found)
    signed = found.campaign.owner_signed_at or found.campaign.auditor_signed_at
    if not why_not and signed:
        why_not = "Somebody has signed this audit; its answers do not change any more."
    context: dict[str, Any] = {"item": found, "form": form, "finding": finding, "why_not": why_not}
    return render(request, "stewardship/audit_item.html", context, status=422 if form.errors or finding.errors else 200)


@require_POST
def finding_new(request: HttpRequest, audit_item_id: int) -> HttpResponse:
    """Raise a finding."""
    found = item_for(viewer=request.user, item_id=audit_item_id)
    form = FindingForm(request.POST)
    deed = lambda: services.raise_finding(actor=actor_of(request), item_id=audit_item_id, **form.cleaned_data)  # noqa: E731
    if carried(form, deed) is None:
        return _item_page(request, found, ItemForm(checklist=found.campaign.checklist, answers=found.answers), form)
    messages.success(request, "The finding stands; its owner was told.")
    return redirect("stewardship:audit", found.campaign_id)


@require_POST
def settle(request: HttpRequest, finding_id: int) -> HttpResponse:
    """A finding is mended or accepted."""
    found = finding_for(viewer=request.user, finding_id=finding_id)
    form = SettleForm(request.POST, finding_id=finding_id)
    deed = lambda: services.settle_finding(actor=actor_of(request), finding_id=finding_id, **form.cleaned_data)  # noqa: E731
    if carried(form, deed) is None:
        return _page(request, found.item.campaign_id, form)
    messages.success(request, "Settled.")
    return redirect("stewardship:audit", found.item.campaign_id)


@never_cache
@require_GET
def audit_csv(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Items, answers and findings as a table."""
    found = campaign_for(viewer=request.user, campaign_id=campaign_id)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="audit-{found.pk}.csv"'
    out = csv.writer(answer)
    out.writerow(_HEAD)
    for each in found.items.all():
        out.writerows([_plain(cell) for cell in row] for row in _rows(each))
    return answer


def _rows(each: Any) -> list[list[Any]]:
    head = [each.type, each.key, each.version_number, each.assignee, each.done_by or "", each.done_at or ""]
    rows = [[*head, one["question"], "yes" if one["ok"] else "no", one["note"], "", ""] for one in each.answers]
    return [*rows, *([*head, "", "", "", found.text, found.severity] for found in each.findings.all())] or [
        [*head, "", "", "", "", ""]
    ]


def _plain(cell: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
