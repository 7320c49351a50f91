"""Pages of cases."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.selectors import people
from common.web import paginate
from stewardship import services
from stewardship.policies import CasePolicy
from stewardship.selectors.cases import case_for, cases_for, hands_of
from stewardship.selectors.names import segment_names
from stewardship.states import moves_from, next_stage
from stewardship.web.carrying import actor_of, carried

policy = CasePolicy()


class MoveForm(forms.Form):
    """What to do with a case."""

    move = forms.ChoiceField(
        label="What to do",
        choices=[
            ("take", "Take it: I look after it"),
            ("answer", "Answer: write down what I found"),
            ("hand_on", "Hand it on to the next stage"),
            ("close", "Close it"),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What you found, or why. Needed for all but taking it.",
    )
    is_false_alarm = forms.BooleanField(label="It was a false alarm", required=False)


@never_cache
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """All cases."""
    policy.require(request.user, "view")
    state = "closed" if request.GET.get("state") == "closed" else "open"
    page = paginate(request, cases_for(viewer=request.user, state=state), 40)
    return render(request, "stewardship/cases.html", {"page": page, "state": state})


@never_cache
@require_GET
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """One case: what was heard, who had it, what was done."""
    return _page(request, case_id, MoveForm())


@require_POST
def move(request: HttpRequest, case_id: int) -> HttpResponse:
    """Take, answer, hand on, close."""
    case_for(viewer=request.user, case_id=case_id)
    form = MoveForm(request.POST)
    done = carried(form, lambda: services.move_case(actor=actor_of(request), case_id=case_id, **form.cleaned_data))
    if done is None:
        return _page(request, case_id, form)
    messages.success(request, "Written down.")
    return redirect("stewardship:case", case_id)


def _page(request: HttpRequest, case_id: int, form: MoveForm) -> HttpResponse:
    found = case_for(viewer=request.user, case_id=case_id)
    hands = hands_of(found)
    context: dict[str, Any] = {
        "case": found,
        "form": form,
        "people": people().filter(pk__in=hands.people),
        "why_not": policy.reason(request.user, "work", hands),
        "can_move": bool(moves_from(found.state)),
        "next": next_stage(found.stage),
        "names": segment_names(found.segment_key),
    }
    return render(request, "stewardship/case.html", context, status=422 if form.errors else 200)
