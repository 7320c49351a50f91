"""What the pages of an import show, put together."""

from typing import Any
from urllib.parse import urlencode

from django.forms import BoundField
from django.http import HttpRequest
from django.urls import reverse

from common.web import paginate
from customers import selectors
from customers.choices import AttributeType
from customers.models import ImportJob
from customers.rows import EXTERNAL_ID
from customers.rows.columns import plain_name
from customers.web.forms import MappingForm
from customers.web.values import shown_value


def _new_attribute_url(job: ImportJob, column: dict[str, Any]) -> str:
    """The form of a new attribute, filled in from what is known of the column."""
    known = {
        "key": plain_name(column["name"])[:63],
        "label": column["name"][:120],
        "type": column["guess"],
        "source": job.source.key,
        "choices": "\n".join(column["samples"]) if column["guess"] == "enum" else "",
        "import": job.pk,
        "column": column["name"],
    }
    return f"{reverse('customers:attribute-new')}?{urlencode(known)}"


def plan_context(job: ImportJob, form: MappingForm) -> dict[str, Any]:
    """Columns with their fields, sample rows with typed values, problems, counts and what keeps it from starting."""
    plan = job.plan
    fields: list[BoundField] = [form[f"column-{position}"] for position in range(len(form.columns))]
    columns = [
        {
            **column,
            "field": field,
            "type_words": AttributeType(column["type"]).label if column["type"] else "",
            "new_url": "" if column["target"] else _new_attribute_url(job, column),
        }
        for column, field in zip(plan["columns"], fields, strict=True)
    ]
    mapped = [column for column in plan["columns"] if column["target"] and column["target"] != EXTERNAL_ID]
    return {
        "job": job,
        "plan": plan,
        "form": form,
        "columns": columns,
        "mapped": mapped,
        "sample": [_sample_row(row, mapped) for row in plan["sample"]],
        "blocker": plan["blockers"][0] if plan["blockers"] else "",
        "discard_consequences": ("The file is removed from the portal.", "No customer is touched, now or before."),
    }


def _sample_row(row: dict[str, Any], mapped: list[dict[str, Any]]) -> dict[str, Any]:
    wrong = {error["pointer"]: error["detail"] for error in row["errors"]}
    cells = [
        {
            "label": column["label"],
            "text": shown_value(column["type"], row["values"].get(column["target"])),
            "error": wrong.get(f"/attributes/{column['target']}", ""),
        }
        for column in mapped
    ]
    others = [error["detail"] for error in row["errors"] if not (error["pointer"] or "").startswith("/attributes/")]
    return {**row, "cells": cells, "other_errors": others}


def result_context(request: HttpRequest, job: ImportJob) -> dict[str, Any]:
    """Progress, counts, and the page of the quarantine."""
    progress = selectors.import_progress(job)
    return {
        "job": job,
        "counts": job.counts,
        "progress": progress,
        "poll_url": reverse("customers:import-progress", args=[job.pk]) if progress["is_open"] else "",
        "page": paginate(request, selectors.quarantine_of(job), 25),
        "cancel_consequences": (
            "The batch in hand is finished; the rows after it are not read.",
            "What is stored already stays. You can let it go on later, as long as the file is kept.",
        ),
        "can_start": job.state in ("failed", "cancelled") and bool(job.path),
    }
