"""Pages of the import: upload, plan, progress, result."""

from collections.abc import Iterator
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from common.actors import Actor
from common.errors import DomainError, NotAllowed
from common.exports import csv_rows
from common.web import add_errors, paginate
from customers import selectors
from customers.choices import ImportState
from customers.models import ImportJob
from customers.policies import ImportPolicy
from customers.services.imports import cancel_import, discard_plan, plan_import, remap_import, start_import
from customers.services.receiving import check_upload, limit_upload
from customers.web.forms import MappingForm, UploadForm
from customers.web.parts import plan_context, result_context

policy = ImportPolicy()


def imports(request: HttpRequest) -> HttpResponse:
    """All imports, newest first."""
    policy.require(request.user, "view")
    rows = selectors.imports_for(viewer=request.user)
    has_source = selectors.sources_for(viewer=request.user).exists()
    context = {"page": paginate(request, rows), "has_source": has_source}
    return render(request, "customers/imports.html", context)


# Checked for forgery in `_upload`: the token stands in the body, which must not be read before its limit is set.
@csrf_exempt
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file."""
    limit_upload(request)
    return _upload(request)


@csrf_protect
def _upload(request: HttpRequest) -> HttpResponse:
    policy.require(request.user, "run")
    form = UploadForm(request.POST or None, request.FILES or None, viewer=request.user, initial=request.GET.dict())
    if request.method == "POST" and (job := _planned(request, form)) is not None:
        return redirect("customers:import", job.pk)
    too_large = form.has_error("file", "upload_too_large")
    return render(
        request, "customers/import_new.html", {"form": form}, status=413 if too_large else 422 if form.errors else 200
    )


def _planned(request: HttpRequest, form: UploadForm) -> ImportJob | None:
    """The planned import; None with the refusal on the form."""
    try:
        check_upload(request)
        if not form.is_valid():
            return None
        given = form.cleaned_data
        actor = cast(Actor, request.user)
        return plan_import(
            actor=actor,
            source_key=given["source"],
            name=given["file"].name,
            content=given["file"].file,
            is_correction=given["is_correction"],
        )
    except NotAllowed:
        raise
    except DomainError as refused:
        if refused.code == "upload_too_large":
            # The form saw no file at all and says so; that would send the person looking for the wrong fault.
            form.errors.pop("file", None)
        form.add_error("file", ValidationError(refused.detail, code=refused.code))
        return None


@never_cache
def one(request: HttpRequest, job_id: int) -> HttpResponse:
    """One import: its plan, its progress or its result."""
    job = selectors.import_for(viewer=request.user, job_id=job_id)
    if job.state == ImportState.PLANNED:
        form = MappingForm(job=job, catalogue=selectors.mappable_for(viewer=request.user))
        return render(request, "customers/import_plan.html", plan_context(job, form))
    return render(request, "customers/import_result.html", result_context(request, job))


@require_POST
def mapping(request: HttpRequest, job_id: int) -> HttpResponse:
    """Other targets for the columns; the plan is made anew."""
    job = selectors.import_for(viewer=request.user, job_id=job_id)
    form = MappingForm(request.POST, job=job, catalogue=selectors.mappable_for(viewer=request.user))
    if form.is_valid():
        try:
            keeps_empty = form.cleaned_data["keeps_empty"] == "yes"
            actor = cast(Actor, request.user)
            remap_import(actor=actor, job_id=job_id, mapping=form.mapping(), keeps_empty=keeps_empty)
        except NotAllowed:
            raise
        except DomainError as refused:
            add_errors(form, refused)
        else:
            return redirect("customers:import", job_id)
    return render(request, "customers/import_plan.html", plan_context(job, form), status=422)


@require_POST
def start(request: HttpRequest, job_id: int) -> HttpResponse:
    """Start the import, or take it up where it stopped."""
    start_import(actor=cast(Actor, request.user), job_id=job_id)
    return redirect("customers:import", job_id)


@require_POST
def cancel(request: HttpRequest, job_id: int) -> HttpResponse:
    """Stop the import."""
    cancel_import(actor=cast(Actor, request.user), job_id=job_id)
    messages.success(request, "The import was stopped. What was stored until then stays.")
    return redirect("customers:import", job_id)


@require_POST
def discard(request: HttpRequest, job_id: int) -> HttpResponse:
    """Throw a plan and its file away."""
    discard_plan(actor=cast(Actor, request.user), job_id=job_id)
    messages.success(request, "The plan and its file are gone; nothing was imported.")
    return redirect("customers:imports")


@never_cache
def progress(request: HttpRequest, job_id: int) -> HttpResponse:
    """The progress of one import; the page is loaded anew when it has ended."""
    job = selectors.import_for(viewer=request.user, job_id=job_id)
    context = result_context(request, job)
    response = render(request, "customers/import_result.html#progress", context)
    if not context["progress"]["is_open"]:
        response["HX-Refresh"] = "true"
    return response


@never_cache
def quarantine(request: HttpRequest, job_id: int) -> StreamingHttpResponse:
    """The refused rows as CSV: line, id, reasons, and the row as it stood."""
    job = selectors.import_for(viewer=request.user, job_id=job_id)

    def rows() -> Iterator[tuple[Any, ...]]:
        for row in selectors.quarantine_of(job).iterator(chunk_size=1000):
            yield row.line, row.external_id, " ".join(error["detail"] for error in row.errors), row.raw.rstrip("\r\n")

    lines = csv_rows(("line", "external_id", "reasons", "row"), rows())
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{job.pk}-quarantine.csv"'
    return response
