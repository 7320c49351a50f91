"""How a live attribute is computed changes by a request: proposed on its form, told in a sentence."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.test import Client

from customers.models import Attribute
from customers.services.attributes import define_attribute, mark_live
from customers.services.sources import define_source
from reviews.models import ChangeRequest
from reviews.subjects.attribute import AttributeSubject

EVENT: dict[str, Any] = {"kind": "event", "event": "Order Completed", "aggregate": "count", "where": []}


def test_computation__of_a_live_attribute__proposed_on_the_form_and_told_as_a_sentence(
    grocer: SimpleNamespace, client_of: Callable[[Any], Client]
) -> None:
    define_source(actor=grocer.steward, key="app", content={"name": "App", "kind": "product"})
    told = {"label": "Orders told", "type": "number", "dimension": "behavioral", "source": "app"}
    define_attribute(actor=grocer.steward, key="told", content={**told, "derivation": EVENT})
    mark_live(actor=grocer.steward, keys=["told"])
    browser, address = client_of(grocer.steward), "/requests/new/?type=attribute&kind=change&key=told"
    shown = browser.get(address)
    form = shown.context["form"]
    assert json.loads(form.initial["derivation"])["event"] == "Order Completed"
    fields = {name: form.initial.get(name) for name in form.fields if form.initial.get(name) not in (None, False)}
    wanted = {**EVENT, "within_days": 30}
    given = fields | {"derivation": json.dumps(wanted), "title": "Of late", "rationale": "Old orders mislead."}
    answer = browser.post(address, given | {"expected_outcome": "It is about now."})
    assert answer.status_code == 302, answer.context["form"].errors
    request = ChangeRequest.objects.get()
    assert request.proposed["derivation"]["within_days"] == 30
    before, after = {**request.proposed, "derivation": {**EVENT, "property": None}}, request.proposed
    (line,) = AttributeSubject().difference("change", "told", before, after)
    assert "Number of “Order Completed” in the last 30 days." in (line.new or "")
    assert Attribute.objects.get(key="told").derivation["within_days"] is None
    wrong = browser.post(address, given | {"derivation": "{not json"})
    assert wrong.status_code == 422
