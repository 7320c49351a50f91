"""The pages of the data storey: what each role sees, every state, every refusal, the import from upload to result."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from customers.models import Attribute, Customer, ImportJob, Source
from customers.selectors import customer, customer_count
from customers.services.attributes import define_attribute, mark_live
from customers.services.builds import build_profiles
from customers.services.profiles import merge_customers_bulk
from customers.services.running import run_import

ClientOf = Callable[[Any], Client]
FILE = b"customer_id,Orders,City,fresh\nc-1,3,Basel,1\nc-2,many,Bern,2\n=cmd,4,Chur,3\n"


@pytest.fixture
def filled(catalogue: SimpleNamespace) -> SimpleNamespace:
    """Two customers, one with every kind of value, and a build that measured them."""
    merge_customers_bulk(
        actor=catalogue.steward,
        source_key="till",
        rows=[
            {
                "external_id": "c-1",
                "attributes": {
                    "orders": 1234.5, "city": "<b>Basel</b>", "is_member": True, "joined_on": "2026-01-31",
                    "seen_at": "2026-01-31T10:00:00Z", "tier": "gold", "tags": ["a", "b"], "has_children": True,
                    "diet": "vegan",
                },
            },
            {"external_id": "c-2", "attributes": {}},
        ],
    )  # fmt: skip
    build_profiles()
    return catalogue


def text_of(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content[:2000]
    return str(answer.content.decode())


def test_customers__rep__finds_by_id_with_chosen_columns(filled: SimpleNamespace, client_of: ClientOf) -> None:
    client = client_of(filled.rep)
    page = text_of(client.get("/customers/?column=tier&column=has_children&column=diet"))
    assert "c-1" in page
    assert "gold" in page
    assert "vegan" not in page
    assert "c-2" not in text_of(client.get("/customers/?q=c-1"))
    region = text_of(client.get("/customers/?q=c-1", headers={"HX-Request": "true"}))
    assert "<html" not in region
    assert "No customer of that id" in text_of(client.get("/customers/?q=zzz%00%25"))


@pytest.mark.parametrize(
    ("name", "status"),
    [("steward", 200), ("owner", 200), ("auditor", 200), ("viewer", 403), ("learner", 403), ("stranger", 403)],
)
def test_customers__by_role(filled: SimpleNamespace, client_of: ClientOf, name: str, status: int) -> None:
    assert client_of(getattr(filled, name)).get("/customers/").status_code == status


def test_customer__rep__play_first_then_segments_then_profile(filled: SimpleNamespace, client_of: ClientOf) -> None:
    page = text_of(client_of(filled.rep).get("/customers/c-1/"))
    places = [page.index(mark) for mark in ("/playbooks/region/customer/c-1/", "/memberships/customer/c-1/", "1,234.5")]
    assert places == sorted(places)
    assert "&lt;b&gt;Basel&lt;/b&gt;" in page
    assert "31 January 2026" in page
    assert "vegan" not in page
    assert "Diet" not in page
    assert "Erase this customer" not in page


@pytest.mark.parametrize("name", ["viewer", "learner", "stranger"])
def test_customer__may_not_see_customers__not_found(filled: SimpleNamespace, client_of: ClientOf, name: str) -> None:
    client = client_of(getattr(filled, name))
    assert client.get("/customers/c-1/").status_code == client.get("/customers/nobody/").status_code == 404


def test_customer__steward__erases_with_a_reason(filled: SimpleNamespace, client_of: ClientOf) -> None:
    client = client_of(filled.steward)
    assert "Erase this customer" in text_of(client.get("/customers/c-1/"))
    assert client.post("/customers/c-1/erase/", {"reason": ""}).status_code == 400
    assert client_of(filled.rep).post("/customers/c-1/erase/", {"reason": "x"}).status_code == 403
    assert client.get("/customers/c-1/erase/").status_code == 405
    assert client.post("/customers/c-1/erase/", {"reason": "asked for"}).status_code == 302
    assert client.get("/customers/c-1/").status_code == 404


def test_attributes__catalogue__narrowed_and_by_rights(filled: SimpleNamespace, client_of: ClientOf) -> None:
    page = text_of(client_of(filled.viewer).get("/attributes/"))
    assert "Orders, 90 days" in page
    assert "Diet" not in page
    assert "Only a data steward" in page
    narrowed = text_of(client_of(filled.steward).get("/attributes/?dimension=demographic&q=Di&type=text&source=till"))
    assert "Diet" in narrowed
    assert "Orders, 90 days" not in narrowed
    assert "No attribute fits" in text_of(client_of(filled.steward).get("/attributes/?q=zzz"))
    assert "Orders" in text_of(client_of(filled.steward).get("/attributes/?dimension=zzz&source=%00"))


def test_attribute__page__definition_quality_history(filled: SimpleNamespace, client_of: ClientOf) -> None:
    content = {
        "label": "Tier",
        "type": "enum",
        "dimension": "value",
        "choices": ["gold", "silver"],
        "description": "By spend.",
    }
    define_attribute(actor=filled.steward, key="tier", content=content)
    page = text_of(client_of(filled.rep).get("/attributes/tier/"))
    assert "By spend." in page
    assert "50.0&nbsp;%" in page
    assert "Version 2" in page
    assert client_of(filled.owner).get("/attributes/diet/").status_code == 404


def test_attribute__form__defines_and_says_what_is_wrong(catalogue: SimpleNamespace, client_of: ClientOf) -> None:
    client = client_of(catalogue.steward)
    given = {"key": "baskets", "label": "Baskets", "type": "enum", "dimension": "value", "sensitivity": "internal",
             "grain": "account", "choices": "a\nb\n", "quality_threshold": "50", "purposes": "service"}  # fmt: skip
    wrong = client.post("/attributes/+/new/", {**given, "choices": ""})
    assert "A choice needs its list of choices." in text_of(wrong, 422)
    assert client.post("/attributes/+/new/", given).status_code == 302
    stored = Attribute.objects.get(key="baskets")
    assert (stored.choices, stored.quality_threshold, stored.purposes) == (["a", "b"], 0.5, ["service"])
    assert "already" in text_of(client.post("/attributes/+/new/", given), 422)
    edited = client.post("/attributes/baskets/edit/", {**given, "label": "Receipts", "base": "1"})
    assert edited.status_code == 302
    assert "was changed since" in text_of(client.post("/attributes/baskets/edit/", {**given, "base": "1"}), 422)
    assert client_of(catalogue.owner).get("/attributes/+/new/").status_code == 403
    mark_live(actor=catalogue.steward, keys=["baskets"])
    live = text_of(client.get("/attributes/baskets/edit/"))
    assert "/requests/new/?type=attribute&amp;kind=change&amp;key=baskets" in live
    refused = client.post("/attributes/baskets/edit/", {**given, "unit": "x", "base": "2"})
    assert "open a change request" in text_of(refused, 422)


def test_sources__pages_and_form(filled: SimpleNamespace, client_of: ClientOf) -> None:
    client = client_of(filled.steward)
    assert "Fresh" in text_of(client.get("/sources/"))
    assert "Sent by programs that day" in text_of(client.get("/sources/till/"))
    given = {"key": "crm", "name": "CRM", "kind": "crm", "freshness_hours": "12", "steward": "steward"}
    assert "0" in text_of(client.post("/sources/+/new/", {**given, "freshness_hours": "0"}), 422)
    assert client.post("/sources/+/new/", given).status_code == 302
    assert client.post("/sources/crm/edit/", {**given, "name": "The CRM", "base": "1"}).status_code == 302
    assert Source.objects.get(key="crm").name == "The CRM"
    assert "no data yet" in text_of(client.get("/sources/crm/"))
    assert client_of(filled.rep).get("/sources/+/new/").status_code == 403
    assert client_of(filled.stranger).get("/sources/").status_code == 403


def test_import__from_upload_to_result(catalogue: SimpleNamespace, client_of: ClientOf) -> None:
    client = client_of(catalogue.steward)
    answer = client.post("/imports/new/", {"source": "till", "file": SimpleUploadedFile("a.csv", FILE)})
    job = ImportJob.objects.get()
    assert answer["Location"] == f"/imports/{job.pk}/"
    plan = text_of(client.get(answer["Location"]))
    assert "What the columns become" in plan
    assert "“many” is not a number" in plan
    assert "/attributes/+/new/?key=fresh" in plan
    # Define the missing attribute on the way: its column is mapped afterwards.
    defined = client.post(
        "/attributes/+/new/",
        {"key": "fresh", "label": "Fresh", "type": "number", "dimension": "value", "sensitivity": "internal",
         "grain": "account", "import": str(job.pk), "column": "fresh"},
    )  # fmt: skip
    assert defined["Location"] == f"/imports/{job.pk}/"
    fields = {
        "column-0": "external_id",
        "column-1": "orders",
        "column-2": "",
        "column-3": "fresh",
        "keeps_empty": "yes",
    }
    twice = client.post(f"/imports/{job.pk}/mapping/", {**fields, "column-3": "orders"})
    assert "both go to" in text_of(twice, 422)
    assert client.post(f"/imports/{job.pk}/mapping/", fields).status_code == 302
    assert client.post(f"/imports/{job.pk}/start/").status_code == 302
    waiting = text_of(client.get(f"/imports/{job.pk}/"))
    assert f'hx-get="/imports/{job.pk}/progress/"' in waiting
    assert "Stop the import" in waiting
    run_import(job.pk)
    progress = client.get(f"/imports/{job.pk}/progress/", headers={"HX-Request": "true"})
    assert progress["HX-Refresh"] == "true"
    result = text_of(client.get(f"/imports/{job.pk}/"))
    assert "Quarantine" in result
    assert customer("c-1").attributes == {"orders": 3, "fresh": 1}
    listed = client.get(f"/imports/{job.pk}/quarantine.csv")
    assert listed["Content-Disposition"] == f'attachment; filename="import-{job.pk}-quarantine.csv"'
    assert "c-2,many,Bern,2" in b"".join(listed.streaming_content).decode()
    assert "a.csv" in text_of(client.get("/imports/"))


def test_quarantine__cells_that_a_sheet_would_run__made_harmless(
    catalogue: SimpleNamespace, client_of: ClientOf
) -> None:
    client = client_of(catalogue.steward)
    content = b'id,orders\n"=HYPERLINK(1)",x\n@SUM(1),y\n'
    client.post("/imports/new/", {"source": "till", "file": SimpleUploadedFile("a.csv", content)})
    job = ImportJob.objects.get()
    ImportJob.objects.update(plan={**job.plan, "blockers": []})
    client.post(f"/imports/{job.pk}/start/")
    run_import(job.pk)
    listed = b"".join(client.get(f"/imports/{job.pk}/quarantine.csv").streaming_content).decode()
    assert "'=HYPERLINK" in listed
    assert "'@SUM" in listed


def test_import__discard_and_cancel(catalogue: SimpleNamespace, client_of: ClientOf) -> None:
    client = client_of(catalogue.steward)
    for _ in range(2):
        client.post("/imports/new/", {"source": "till", "file": SimpleUploadedFile("a.csv", FILE)})
    first, second = ImportJob.objects.order_by("pk")
    assert client.post(f"/imports/{first.pk}/discard/").status_code == 302
    client.post(f"/imports/{second.pk}/start/")
    assert client.post(f"/imports/{second.pk}/cancel/").status_code == 302
    assert "Stopped" in text_of(client.get(f"/imports/{second.pk}/"))
    assert client.post(f"/imports/{second.pk}/discard/").status_code == 409
    assert customer_count() == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "The file is empty"), (b"id,id\n1,2\n", "more than once"), (b"a,b\n\xe9,2\n", "line 2 holds the byte 0xE9")],
)
def test_import__unreadable_file__said_beside_the_field(
    catalogue: SimpleNamespace, client_of: ClientOf, content: bytes, words: str
) -> None:
    answer = client_of(catalogue.steward).post(
        "/imports/new/", {"source": "till", "file": SimpleUploadedFile("a.csv", content)}
    )
    assert words in text_of(answer, 422)
    assert not ImportJob.objects.exists()


def test_import__too_large__413_with_the_limit(catalogue: SimpleNamespace, client_of: ClientOf, settings: Any) -> None:
    settings.SEGPORTAL_MAX_UPLOAD_MB = 1
    large = SimpleUploadedFile("a.csv", b"id,orders\n" + b"1,2\n" * 700_000)
    page = text_of(client_of(catalogue.steward).post("/imports/new/", {"source": "till", "file": large}), 413)
    assert "larger than 1 MB" in page
    assert "No file was submitted" not in page
    assert "This field is required" not in page


def test_import__forged_post__refused(catalogue: SimpleNamespace) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(catalogue.steward, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.post("/imports/new/", {"source": "till", "file": SimpleUploadedFile("a.csv", FILE)})
    assert answer.status_code == 403
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize("name", ["owner", "rep", "auditor", "viewer", "stranger"])
def test_imports__no_keeper_of_data__refused(catalogue: SimpleNamespace, client_of: ClientOf, name: str) -> None:
    client_of(catalogue.steward).post("/imports/new/", {"source": "till", "file": SimpleUploadedFile("a.csv", FILE)})
    job = ImportJob.objects.get()
    client = client_of(getattr(catalogue, name))
    assert client.get("/imports/").status_code == client.get("/imports/new/").status_code == 403
    for path in ("", "progress/", "quarantine.csv"):
        assert client.get(f"/imports/{job.pk}/{path}").status_code == 404
    for path in ("start/", "cancel/", "discard/"):
        assert client.post(f"/imports/{job.pk}/{path}").status_code == 403
    assert client.post(f"/imports/{job.pk}/mapping/").status_code == 404


@pytest.mark.parametrize("path", ["/customers/", "/attributes/", "/sources/", "/imports/", "/imports/new/"])
def test_pages__nothing_there_yet__next_step_is_shown(cast: SimpleNamespace, client_of: ClientOf, path: str) -> None:
    Customer.objects.all().delete()
    page = text_of(client_of(cast.steward).get(path))
    assert 'class="empty__next"' in page


@pytest.mark.parametrize("path", ["/customers/", "/customers/c-1/", "/attributes/", "/sources/", "/imports/"])
def test_pages__not_signed_in__to_the_door(filled: SimpleNamespace, path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


def test_pages__queries__stay_few(
    filled: SimpleNamespace, client_of: ClientOf, django_assert_max_num_queries: Any
) -> None:
    client = client_of(filled.rep)
    client.get("/customers/")
    for path, most in (("/customers/", 15), ("/customers/c-1/", 16), ("/attributes/", 15), ("/attributes/tier/", 19)):
        with django_assert_max_num_queries(most):
            assert client.get(path).status_code == 200


def test_admin__superuser__looks_and_changes_nothing(filled: SimpleNamespace) -> None:
    filled.administrator.is_superuser = filled.administrator.is_staff = True
    filled.administrator.save()
    client = Client()
    client.force_login(filled.administrator, backend="allauth.account.auth_backends.AuthenticationBackend")
    for name in ("attribute", "source", "sourceload", "importjob", "profilebuild"):
        assert client.get(f"/admin/customers/{name}/").status_code == 200
        assert client.get(f"/admin/customers/{name}/add/").status_code == 403
    attribute = Attribute.objects.get(key="tier")
    assert client.post(f"/admin/customers/attribute/{attribute.pk}/change/", {"label": "x"}).status_code == 403
    assert client.post(f"/admin/customers/attribute/{attribute.pk}/delete/", {"post": "yes"}).status_code == 403
