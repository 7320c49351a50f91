"""Pages of events: who sees what of them, how they are narrowed, what did not fit, write keys of a source."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client, override_settings

from accounts.models import Token
from common.clock import now
from customers.models import Event, EventProblem, ReceivedMessage
from customers.rows.tracking import Message
from customers.services.problems import record_problem
from customers.services.profiles import merge_customer
from customers.services.receiving_events import receive_events
from customers.services.retention_of_events import events_kept_since, keep_event_months
from customers.services.write_keys import create_write_key

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Any], Client]


def message(message_id: str, **fields: Any) -> Message:
    told: dict[str, Any] = {
        "type": "track",
        "message_id": message_id,
        "at": now(),
        "name": f"Event {message_id}",
        "user_id": "u1",
        "anonymous_id": "",
        "group_id": "",
        "previous_id": "",
        "content": {},
        "context": {},
    }
    return Message(**told | fields)


@pytest.fixture
def told(catalogue: SimpleNamespace) -> SimpleNamespace:
    """The catalogue, and three events of the till."""
    traits = {"city": "Porto", "hasChildren": True, "diet": "vegan", "shoeSize": 44}
    given = [
        message("m1", type="identify", name="", content=traits, context={"ip": "192.0.2.7"}),
        message("m2", user_id="u2", name="Bought", content={"total": 3}),
        message("m3", type="page", user_id="", anonymous_id="visitor", name="Prices"),
    ]
    receive_events(source_key="till", messages=given, received_at=now())
    return catalogue


def names_on(page: Any) -> set[str]:
    return {line.event.message_id for line in page.context["lines"]}


def test_events_page__empty__teaches_how_to_send_the_first(cast: SimpleNamespace, client_of: ClientOf) -> None:
    page = client_of(cast.steward).get("/events/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "No event in the last seven days" in text
    assert "http://testserver/v1/track" in text
    assert "segment.analytics" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"m1", "m2", "m3"}),
        ("?type=page", {"m3"}),
        ("?type=nonsense", {"m1", "m2", "m3"}),
        ("?source=till", {"m1", "m2", "m3"}),
        ("?source=other", set()),
        ("?customer=u2", {"m2"}),
        ("?customer=visitor", {"m3"}),
        ("?message=m1", {"m1"}),
        ("?message=m1&type=page", set()),
        ("?customer=a%00b&message=%00", set()),
    ],
)
def test_events_page__narrowed__shows_what_fits(
    told: SimpleNamespace, client_of: ClientOf, query: str, found: set[str]
) -> None:
    assert names_on(client_of(told.steward).get(f"/events/{query}")) == found


def test_events_page__asked_again_by_htmx__answers_the_list_alone(told: SimpleNamespace, client_of: ClientOf) -> None:
    answer = client_of(told.steward).get("/events/", headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert text.count("<html") == 0
    assert 'hx-get="/events/?"' in text


def test_events_page__paused__asks_no_more(told: SimpleNamespace, client_of: ClientOf) -> None:
    text = client_of(told.steward).get("/events/?paused=1&type=page").content.decode()
    assert 'hx-get="/events' not in text
    assert "/events/?type=page" in text


def test_events_page__for_whoever_sees_no_customers__names_nobody(told: SimpleNamespace, client_of: ClientOf) -> None:
    page = client_of(told.viewer).get("/events/")
    text = page.content.decode()
    assert "Bought" in text
    assert "u2" not in text
    assert "visitor" not in text
    # Nor does a filter tell what is not shown.
    assert names_on(client_of(told.viewer).get("/events/?customer=u2")) == {"m1", "m2", "m3"}
    assert client_of(told.viewer).get(event_url("m2")).status_code == 403


def event_url(message_id: str) -> str:
    event = Event.objects.get(message_id=message_id)
    stamp = (event.received_at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    return f"/events/{stamp}/{event.id}/"


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("steward", {"city": "Porto", "hasChildren": True, "diet": "vegan", "shoeSize": 44}),
        ("rep", {"city": "Porto", "hasChildren": True, "shoeSize": 44}),
        ("owner", {"city": "Porto"}),
        ("auditor", {"city": "Porto"}),
    ],
)
def test_event_page__shows__what_is_open_to_the_role(
    told: SimpleNamespace, client_of: ClientOf, who: str, seen: dict[str, Any]
) -> None:
    page = client_of(getattr(told, who)).get(event_url("m1"))
    shown = page.context["view"].content
    assert {name: value for name, value in shown.items() if value != "(not open to your role)"} == seen
    assert set(shown) == {"city", "hasChildren", "diet", "shoeSize"}
    assert ("192.0.2.7" in page.content.decode()) == (who in ("steward", "rep"))


@pytest.mark.parametrize("path", ["/events/1/1/", f"/events/{10**40}/1/", "/events/1/99999999999999999999/"])
def test_event_page__of_no_event__is_not_found(cast: SimpleNamespace, client_of: ClientOf, path: str) -> None:
    assert client_of(cast.steward).get(path).status_code == 404


def test_event_page__of_a_customer_that_is_known__leads_to_them(told: SimpleNamespace, client_of: ClientOf) -> None:
    ordinal = merge_customer(actor=told.steward, external_id="acme", attributes={"city": "Faro"}).ordinal
    Event.objects.filter(message_id="m2").update(customer_ordinal=ordinal, applied_at=now())
    assert names_on(client_of(told.steward).get("/events/?customer=acme")) == {"m2"}
    assert "/customers/acme/" in client_of(told.steward).get(event_url("m2")).content.decode()


def problem(key: str = "shoeSize", code: str = "unknown_attribute", example: Any = 44) -> int:
    told = {"source_key": "till", "key": key, "code": code, "detail": "There is no attribute of this name."}
    record_problem(**told, example=example, message_id="m1", at=now(), count=3)
    return EventProblem.objects.get(key=key, code=code).pk


def test_problems_page__empty__says_that_everything_fits(cast: SimpleNamespace, client_of: ClientOf) -> None:
    assert "Everything fits" in client_of(cast.steward).get("/events/problems/").content.decode()


def test_problems_page__unknown_name__leads_to_its_definition(catalogue: SimpleNamespace, client_of: ClientOf) -> None:
    problem()
    text = client_of(catalogue.steward).get("/events/problems/").content.decode()
    assert "key=shoesize" in text.lower() or "key=shoe_size" in text
    assert "type=number" in text
    assert "Apply again" not in text


def test_problems_page__attribute_that_is_there_now__can_be_applied_again(
    catalogue: SimpleNamespace, client_of: ClientOf
) -> None:
    pk = problem("city", "unknown_attribute", "Porto")
    steward = client_of(catalogue.steward)
    assert "Apply again" in steward.get("/events/problems/").content.decode()
    assert steward.post(f"/events/problems/{pk}/again/").status_code == 302
    assert EventProblem.objects.get(pk=pk).again_from is not None


def test_problems_page__set_aside__hides_it_until_it_happens_again(
    catalogue: SimpleNamespace, client_of: ClientOf
) -> None:
    pk = problem()
    steward = client_of(catalogue.steward)
    assert steward.post(f"/events/problems/{pk}/aside/").status_code == 302
    assert not steward.get("/events/problems/").context["rows"]
    assert len(steward.get("/events/problems/?every=1").context["rows"]) == 1
    problem()
    assert len(steward.get("/events/problems/").context["rows"]) == 1


def test_problems_page__for_whoever_sees_nothing_personal__hides_examples(
    catalogue: SimpleNamespace, client_of: ClientOf
) -> None:
    problem(example="a shoe")
    page = client_of(catalogue.owner).get("/events/problems/")
    assert "a shoe" not in page.content.decode()
    assert "Set aside" not in page.content.decode()
    assert client_of(catalogue.viewer).get("/events/problems/").status_code == 403
    assert client_of(catalogue.owner).post("/events/problems/1/aside/").status_code == 403


def test_source_page__new_write_key__is_shown_once_with_what_to_paste(
    catalogue: SimpleNamespace, client_of: ClientOf
) -> None:
    steward = client_of(catalogue.steward)
    page = steward.post("/sources/till/keys/", {"name": "web shop"})
    plain = page.context["plain"]
    assert page["Cache-Control"].find("no-store") >= 0
    assert f"curl -u {plain}: http://testserver/v1/track" in page.content.decode()
    token = Token.objects.get()
    assert (token.source_key, token.scopes) == ("till", ["ingest"])
    again = steward.get("/sources/till/").content.decode()
    assert plain not in again
    assert f"sgp_{token.prefix}" in again
    assert steward.post("/sources/till/keys/", {"name": ""}).status_code == 422
    # The address of the page that showed it, typed again, makes no second key and is no dead end.
    assert steward.get("/sources/till/keys/").headers["Location"] == "/sources/till/"
    assert Token.objects.count() == 1


def test_source_page__key_of_somebody_else__can_be_revoked_by_a_steward(
    catalogue: SimpleNamespace, client_of: ClientOf
) -> None:
    create_write_key(actor=catalogue.administrator, source_key="till", name="old")
    token = Token.objects.get()
    path = f"/sources/till/keys/{token.pk}/revoke/"
    assert client_of(catalogue.owner).post(path).status_code == 403
    assert client_of(catalogue.steward).post(f"/sources/till/keys/{token.pk + 1}/revoke/").status_code == 404
    assert client_of(catalogue.steward).post(path).status_code == 302
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_source_page__for_whoever_defines_no_sources__shows_no_keys(
    catalogue: SimpleNamespace, client_of: ClientOf
) -> None:
    create_write_key(actor=catalogue.steward, source_key="till", name="web shop")
    assert "web shop" not in client_of(catalogue.owner).get("/sources/till/").content.decode()
    assert client_of(catalogue.owner).post("/sources/till/keys/", {"name": "n"}).status_code == 403


def test_tokens_page__of_whoever_keeps_no_data__offers_no_sending(cast: SimpleNamespace, client_of: ClientOf) -> None:
    assert "Send customer data" not in client_of(cast.rep).get("/me/tokens/").content.decode()
    assert "Send customer data" in client_of(cast.steward).get("/me/tokens/").content.decode()
    asked = {"name": "n", "scopes": ["ingest"], "lifetime": "30"}
    assert client_of(cast.rep).post("/me/tokens/", asked).status_code == 422


def test_retention__of_months__keeps_whole_ones() -> None:
    with override_settings(SEGPORTAL_EVENT_MONTHS=13):
        assert events_kept_since(datetime(2026, 3, 31, 23, 59, tzinfo=UTC)).isoformat() == "2025-02-01"
    with override_settings(SEGPORTAL_EVENT_MONTHS=3):
        assert events_kept_since(datetime(2026, 3, 1, tzinfo=UTC)).isoformat() == "2025-12-01"


def test_retention__ended__forgets_events_messages_and_problems(cast: SimpleNamespace) -> None:
    since = datetime.combine(events_kept_since(now()), datetime.min.time(), tzinfo=UTC)
    for number, at in enumerate((since - timedelta(days=40), since - timedelta(seconds=1), since, now())):
        receive_events(source_key="till", messages=[message(f"m{number}")], received_at=at)
    problem()
    EventProblem.objects.update(last_at=now() - timedelta(days=400))
    forgotten = keep_event_months()
    assert (forgotten.messages, forgotten.problems) == (2, 1)
    assert set(Event.objects.values_list("message_id", flat=True)) == {"m2", "m3"}
    assert set(ReceivedMessage.objects.values_list("message_id", flat=True)) == {"m2", "m3"}
    assert keep_event_months() == type(forgotten)(0, 0, 0, 0)
