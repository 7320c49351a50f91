"""The data storey for client programs: contracts, refusals, rights."""

import io
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from customers.models import Customer, ImportJob
from customers.selectors import customer, customer_count
from customers.services.attributes import mark_live
from customers.services.running import run_import

ApiOf = Callable[..., Client]
CONTENT = {
    "label": "Baskets",
    "type": "number",
    "dimension": "behavioral",
    "unit": "receipts",
    "source": "till",
    "steward": "steward",
    "sensitivity": "personal",
    "purposes": ["service"],
}


def put(client: Client, path: str, body: Any, **headers: str) -> Any:
    return client.put(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers)


def post(client: Client, path: str, body: Any) -> Any:
    return client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json")


def pointers(answer: Any) -> set[str]:
    assert answer["Content-Type"] == "application/problem+json"
    return {error["pointer"] for error in answer.json()["errors"]}


def test_attribute__put_and_get__defined_with_its_etag(catalogue: SimpleNamespace, api_of: ApiOf) -> None:
    api = api_of(catalogue.steward)
    made = put(api, "/attributes/baskets/", CONTENT)
    assert made.status_code == 201
    assert {name: made.json()[name] for name in CONTENT} == CONTENT
    assert made.json()["version"] == 1
    assert made.json()["quality"]["rate"] is None
    again = put(api, "/attributes/baskets/", {**CONTENT, "label": "Receipts"}, **{"If-Match": made["ETag"]})
    assert (again.status_code, again.json()["version"]) == (200, 2)
    stale = put(api, "/attributes/baskets/", CONTENT, **{"If-Match": made["ETag"]})
    assert stale.status_code == 412
    assert api.get("/api/v1/attributes/baskets/")["ETag"] == again["ETag"]


def test_attribute__faults__400_with_pointers(catalogue: SimpleNamespace, api_of: ApiOf) -> None:
    api = api_of(catalogue.steward)
    assert put(api, "/attributes/baskets/", {**CONTENT, "is_live": True}).status_code == 400
    assert pointers(put(api, "/attributes/baskets/", {"type": "money", "dimension": "x"})) >= {
        "/label",
        "/type",
        "/dimension",
    }
    assert pointers(put(api, "/attributes/Baskets/", CONTENT)) == {"/key"}
    assert pointers(put(api, "/attributes/b/", {**CONTENT, "type": "enum"})) == {"/choices"}
    assert pointers(put(api, "/attributes/b/", {**CONTENT, "source": "nope"})) == {"/source"}
    assert put(api, "/attributes/b/", [1]).status_code == 400


def test_attribute__live_and_other_meaning__409(catalogue: SimpleNamespace, api_of: ApiOf) -> None:
    mark_live(actor=catalogue.steward, keys=["city"])
    body = {"label": "City", "type": "number", "dimension": "demographic", "source": "till"}
    refused = put(api_of(catalogue.steward), "/attributes/city/", body)
    assert refused.status_code == 409
    assert "change request" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("name", "scopes", "status"),
    [
        ("administrator", ("read", "write"), 201),
        ("steward", ("read",), 403),
        ("steward", ("read", "ingest"), 403),
        ("owner", ("read", "write"), 403),
        ("rep", ("read", "write"), 403),
        ("stranger", ("read", "write"), 403),
    ],
)
def test_attribute__put__only_keepers_of_data_with_the_scope(
    catalogue: SimpleNamespace, api_of: ApiOf, name: str, scopes: tuple[str, ...], status: int
) -> None:
    assert put(api_of(getattr(catalogue, name), scopes=scopes), "/attributes/baskets/", CONTENT).status_code == status


def test_attributes__list__visible_ones_narrowed_and_paged(catalogue: SimpleNamespace, api_of: ApiOf) -> None:
    def keys(person: Any, query: str = "") -> list[str]:
        return [row["key"] for row in api_of(person).get(f"/api/v1/attributes/{query}").json()["results"]]

    assert keys(catalogue.owner) == sorted(set(keys(catalogue.steward)) - {"diet", "has_children"})
    assert keys(catalogue.steward, "?dimension=demographic") == ["city", "diet", "has_children"]
    assert keys(catalogue.steward, "?type=enum&source=till") == ["tier"]
    assert keys(catalogue.steward, "?q=90 days") == ["orders"]
    assert keys(catalogue.stranger) == []
    page = api_of(catalogue.steward).get("/api/v1/attributes/?limit=4").json()
    assert len(page["results"]) == 4
    assert page["next"]


@pytest.mark.parametrize("key", ["diet", "nope"])
def test_attribute__hidden_or_missing__404_alike(catalogue: SimpleNamespace, api_of: ApiOf, key: str) -> None:
    answer = api_of(catalogue.owner).get(f"/api/v1/attributes/{key}/")
    assert (answer.status_code, answer.json()["detail"]) == (404, f"There is no attribute “{key}”.")


def test_source__put_and_get(catalogue: SimpleNamespace, api_of: ApiOf) -> None:
    api = api_of(catalogue.steward)
    made = put(api, "/sources/crm/", {"name": "CRM", "kind": "crm", "freshness_hours": 12})
    assert (made.status_code, made.json()["freshness_hours"], made.json()["loaded_at"]) == (201, 12, None)
    assert put(api, "/sources/crm/", {"name": "", "kind": "crm"}).status_code == 400
    put(api, "/customers/c-1/", {"attributes": {"orders": 1}, "source": "crm"})
    assert api.get("/api/v1/sources/crm/").json()["loaded_at"]
    assert [row["key"] for row in api.get("/api/v1/sources/").json()["results"]] == ["crm", "till"]
    assert put(api_of(catalogue.rep), "/sources/x/", {"name": "X", "kind": "crm"}).status_code == 403


def test_customer__put_and_get__merged_masked_and_with_etag(catalogue: SimpleNamespace, api_of: ApiOf) -> None:
    api = api_of(catalogue.steward)
    made = put(api, "/customers/c-1/", {"attributes": {"orders": 3, "diet": "vegan", "tags": ["b", "a"]}})
    assert (made.status_code, made.json()["attributes"]) == (200, {"orders": 3, "diet": "vegan", "tags": ["a", "b"]})
    merged = put(
        api, "/customers/c-1/", {"attributes": {"orders": None, "city": "Basel"}}, **{"If-Match": made["ETag"]}
    )
    assert merged.json()["attributes"] == {"diet": "vegan", "tags": ["a", "b"], "city": "Basel"}
    stale = put(api, "/customers/c-1/", {"attributes": {"orders": 1}}, **{"If-Match": made["ETag"]})
    assert stale.status_code == 412
    assert put(api, "/customers/c-9/", {"attributes": {}}, **{"If-Match": '"x"'}).status_code == 412
    assert api_of(catalogue.owner).get("/api/v1/customers/c-1/").json()["attributes"] == {
        "tags": ["a", "b"],
        "city": "Basel",
    }
    assert api_of(catalogue.viewer).get("/api/v1/customers/c-1/").status_code == 404


def test_customer__wrong_type__400_and_nothing_stored(catalogue: SimpleNamespace, api_of: ApiOf) -> None:
    api = api_of(catalogue.steward)
    refused = put(api, "/customers/c-1/", {"attributes": {"orders": "3", "city": "Basel", "nope": 1}})
    assert refused.status_code == 400
    assert pointers(refused) == {"/attributes/orders", "/attributes/nope"}
    assert put(api, "/customers/c-1/", {"attributes": [1]}).status_code == 400
    assert put(api, "/customers/c-1/", {"attributes": {}, "ordinal": 5}).status_code == 400
    assert put(api, "/customers/a%5Cb/", {"attributes": {}}).status_code == 400
    assert put(api, "/customers/a%00b/", {"attributes": {}}).status_code == 400
    assert put(api, f"/customers/{'x' * 201}/", {"attributes": {}}).status_code == 400
    assert customer_count() == 0


def test_customer__odd_but_sound_id__reached_by_its_address(catalogue: SimpleNamespace, api_of: ApiOf) -> None:
    api = api_of(catalogue.steward)
    for address, kept in (("a%20b%40c%3F%23%25", "a b@c?#%"), ("%C3%A9", "é"), ("42", "42")):
        assert put(api, f"/customers/{address}/", {"attributes": {"orders": 1}}).json()["external_id"] == kept
        assert api.get(f"/api/v1/customers/{address}/").status_code == 200


def test_customer__ingest_key__sends_and_cannot_read(catalogue: SimpleNamespace, api_of: ApiOf) -> None:
    api = api_of(catalogue.steward, scopes=("ingest",))
    sent = put(api, "/customers/c-1/", {"attributes": {"orders": 3}})
    assert sent.status_code == 200
    assert "attributes" not in sent.json()
    assert post(api, "/customers/bulk/", {"customers": []}).status_code == 200
    assert api.get("/api/v1/customers/c-1/").status_code == 403
    assert api.get("/api/v1/imports/").status_code == 403
    reader = api_of(catalogue.steward, scopes=("read",))
    assert put(reader, "/customers/c-1/", {"attributes": {"orders": 4}}).status_code == 403
    assert customer("c-1").attributes == {"orders": 3}


@pytest.mark.parametrize("name", ["owner", "rep", "auditor", "viewer", "stranger"])
def test_customer__put_without_right__refused(catalogue: SimpleNamespace, api_of: ApiOf, name: str) -> None:
    api = api_of(getattr(catalogue, name))
    assert put(api, "/customers/c-1/", {"attributes": {"orders": 3}}).status_code == 403
    assert post(api, "/customers/bulk/", {"customers": [{"external_id": "x", "attributes": {}}]}).status_code == 403
    assert customer_count() == 0


def test_customer__no_token__401(catalogue: SimpleNamespace) -> None:
    assert Client().get("/api/v1/customers/c-1/").status_code == 401
    assert put(Client(), "/customers/c-1/", {"attributes": {}}).status_code == 401


def test_bulk__mixed_rows__a_result_each(catalogue: SimpleNamespace, api_of: ApiOf) -> None:
    api = api_of(catalogue.steward)
    body = {
        "customers": [
            {"external_id": "a", "attributes": {"orders": 1}},
            {"external_id": "b", "attributes": {"orders": "x"}},
            {"external_id": "a", "attributes": {"orders": 2}},
            7,
        ],
        "source": "till",
    }
    answer = post(api, "/customers/bulk/", body)
    assert answer.status_code == 200
    assert [row["status"] for row in answer.json()["results"]] == ["created", "refused", "created", "refused"]
    assert (answer.json()["created"], answer.json()["refused"]) == (2, 2)
    assert answer.json()["results"][1]["errors"][0]["pointer"] == "/customers/1/attributes/orders"
    assert customer("a").attributes == {"orders": 2}
    assert post(api, "/customers/bulk/", {"customers": {}}).status_code == 400
    assert post(api, "/customers/bulk/", {"customers": [], "mode": "x"}).status_code == 400
    many = [{"external_id": "a", "attributes": {}}] * 10_001
    assert post(api, "/customers/bulk/", {"customers": many}).status_code == 400


def test_customers__list__ids_by_beginning(catalogue: SimpleNamespace, api_of: ApiOf) -> None:
    api = api_of(catalogue.steward)
    post(api, "/customers/bulk/", {"customers": [{"external_id": f"c-{n}", "attributes": {}} for n in range(5)]})
    page = api.get("/api/v1/customers/?q=c&limit=3").json()
    assert [row["external_id"] for row in page["results"]] == ["c-0", "c-1", "c-2"]
    assert [row["external_id"] for row in api.get(page["next"]).json()["results"]] == ["c-3", "c-4"]
    assert api_of(catalogue.learner).get("/api/v1/customers/").json()["results"] == []


def test_customer__delete__erased_for_a_reason(catalogue: SimpleNamespace, api_of: ApiOf) -> None:
    api = api_of(catalogue.steward)
    put(api, "/customers/c-1/", {"attributes": {"orders": 3}})
    bare = api.delete("/api/v1/customers/c-1/", "{}", content_type="application/json")
    assert bare.status_code == 400
    gone = api.delete("/api/v1/customers/c-1/", json.dumps({"reason": "asked for"}), content_type="application/json")
    assert gone.status_code == 204
    assert api.get("/api/v1/customers/c-1/").status_code == 404


def upload(client: Client, content: bytes, **fields: Any) -> Any:
    return client.post("/api/v1/imports/", {"file": SimpleUploadedFile("customers.csv", content), **fields})


def test_import__file_and_mapping__202_with_a_job_to_poll(catalogue: SimpleNamespace, api_of: ApiOf) -> None:
    api = api_of(catalogue.steward)
    mapping = json.dumps({"who": "external_id", "n": "orders"})
    accepted = upload(api, b"who,n,x\n1,2,3\n2,z,3\n", source="till", mapping=mapping)
    assert accepted.status_code == 202
    job = accepted.json()
    assert (job["state"], job["mapping"]) == ("queued", {"who": "external_id", "n": "orders", "x": None})
    assert accepted["Location"].endswith(f"/api/v1/imports/{job['id']}/")
    run_import(job["id"])
    done = api.get(f"/api/v1/imports/{job['id']}/").json()
    assert (done["state"], done["counts"]["created"], done["counts"]["refused"]) == ("done", 1, 1)
    (row,) = api.get(f"/api/v1/imports/{job['id']}/quarantine/").json()["results"]
    assert (row["line"], row["raw"], row["errors"][0]["code"]) == (3, "2,z,3\n", "wrong_type")
    assert api.get("/api/v1/imports/").json()["results"][0]["id"] == job["id"]
    assert api.post(f"/api/v1/imports/{job['id']}/start/").status_code == 409
    assert api.post(f"/api/v1/imports/{job['id']}/cancel/").status_code == 409


def test_import__dry_run_then_start__and_no_source_is_the_files(catalogue: SimpleNamespace, api_of: ApiOf) -> None:
    api = api_of(catalogue.steward)
    planned = upload(api, b"id,orders\n1,2\n", dry_run="true").json()
    assert (planned["state"], planned["source"], planned["plan"]["counts"]["created"]) == ("planned", "file", 1)
    assert api.post(f"/api/v1/imports/{planned['id']}/start/").status_code == 202
    run_import(planned["id"])
    assert customer("1").attributes == {"orders": 2}


@pytest.mark.parametrize(
    ("content", "fields", "code"),
    [
        (b"", {}, "empty_file"),
        (b"id,orders\n1,\xe9\n", {}, "wrong_encoding"),
        (b"id,id\n1,2\n", {}, "duplicate_column"),
        (b"id,orders\n1,2\n", {"mapping": "{"}, "wrong_type"),
        (b"id,orders\n1,2\n", {"mapping": "[]"}, "wrong_type"),
        (b"id,orders\n1,2\n", {"mapping": '{"z": "orders"}'}, "unknown_column"),
        (b"id,orders\n1,2\n", {"state": "done"}, "unknown_field"),
        (b"name,orders\nx,2\n", {}, "blocked"),
    ],
)
def test_import__faulty__400_with_a_code(
    catalogue: SimpleNamespace, api_of: ApiOf, content: bytes, fields: dict[str, str], code: str
) -> None:
    refused = upload(api_of(catalogue.steward), content, **{"source": "till", **fields})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["code"] == code


def test_import__no_file_or_no_source__refused(catalogue: SimpleNamespace, api_of: ApiOf) -> None:
    api = api_of(catalogue.steward)
    assert api.post("/api/v1/imports/", {"source": "till"}).status_code == 400
    assert upload(api, b"id,orders\n1,2\n", source="nope").status_code == 404
    assert post(api, "/imports/", {}).status_code == 415


def test_import__too_large__413_before_it_is_read(catalogue: SimpleNamespace, api_of: ApiOf, settings: Any) -> None:
    settings.SEGPORTAL_MAX_UPLOAD_MB = 1
    api = api_of(catalogue.steward)
    refused = upload(api, b"id,orders\n" + b"1,2\n" * 700_000, source="till")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (413, "upload_too_large")
    assert "1 MB" in refused.json()["detail"]
    # A length that lies: the body is counted while it is read.
    boundary = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    body = boundary + b"id,orders\n" + b"1,2\n" * 700_000 + b"\r\n--x--\r\n"
    lying = api.generic(
        "POST", "/api/v1/imports/", io.BytesIO(body).read(), "multipart/form-data; boundary=x", CONTENT_LENGTH="1000000"
    )
    assert lying.status_code in (400, 413)
    assert not ImportJob.objects.exists()


def test_import__chunks_of_unknown_length__refused_in_plain_words(catalogue: SimpleNamespace, api_of: ApiOf) -> None:
    refused = api_of(catalogue.steward).generic(
        "POST",
        "/api/v1/imports/",
        b"",
        "multipart/form-data; boundary=x",
        headers={"Transfer-Encoding": "chunked"},
    )
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "length_required")


@pytest.mark.parametrize("name", ["owner", "rep", "auditor", "viewer", "stranger"])
def test_import__without_right__refused_and_others_unseen(catalogue: SimpleNamespace, api_of: ApiOf, name: str) -> None:
    job = upload(api_of(catalogue.steward), b"id,orders\n1,2\n", source="till", dry_run="true").json()
    api = api_of(getattr(catalogue, name))
    assert upload(api, b"id,orders\n1,2\n", source="till").status_code == 403
    assert api.get(f"/api/v1/imports/{job['id']}/").status_code == 404
    assert api.get(f"/api/v1/imports/{job['id']}/quarantine/").status_code == 404
    assert api.post(f"/api/v1/imports/{job['id']}/start/").status_code == 403
    assert api.get("/api/v1/imports/").json()["results"] == []


@pytest.mark.parametrize(
    "query",
    [
        "steward__password=x",
        "ordering=-steward__password",
        "dimension=zzz",
        "source=%00",
        "q=%00",
        "limit=x",
        "cursor=zzz",
    ],
)
def test_lists__odd_queries__never_an_error_and_nothing_more_is_seen(
    catalogue: SimpleNamespace, api_of: ApiOf, query: str
) -> None:
    for path in ("attributes", "sources", "customers", "imports"):
        answer = api_of(catalogue.owner).get(f"/api/v1/{path}/?{query}")
        assert answer.status_code in (200, 400, 404)
        assert b"diet" not in answer.content


def test_bulk__thousand_rows__few_queries(
    catalogue: SimpleNamespace, api_of: ApiOf, django_assert_max_num_queries: Any
) -> None:
    api = api_of(catalogue.steward)
    rows = [{"external_id": f"c-{n}", "attributes": {"orders": n, "city": "Basel"}} for n in range(1000)]
    with django_assert_max_num_queries(25):
        assert post(api, "/customers/bulk/", {"customers": rows}).status_code == 200
    assert Customer.objects.count() == 1000


@pytest.mark.parametrize("kind", ["attributes", "sources", "customers"])
@pytest.mark.parametrize("key", ["%00", "a%00b", "%ED%A0%80", "x" * 300, "%F0%9F%98%80", "..%2F..", "%2e%2e"])
def test_addresses__odd_keys__never_an_error(catalogue: SimpleNamespace, api_of: ApiOf, kind: str, key: str) -> None:
    api = api_of(catalogue.steward)
    assert api.get(f"/api/v1/{kind}/{key}/").status_code == 404
    body = {"attributes": {"label": "L", "type": "text", "dimension": "value"}, "sources": {"name": "N", "kind": "crm"}}
    assert put(api, f"/{kind}/{key}/", body.get(kind, {"attributes": {"orders": "x"}})).status_code in (400, 404)


@pytest.mark.parametrize("derivation", [{}, [], "count", 3])
def test_put_attribute__derivation_that_is_none__refused(cast: SimpleNamespace, api_of: Any, derivation: Any) -> None:
    body = {"label": "Visits", "type": "number", "dimension": "behavioral", "derivation": derivation}
    answer = api_of(cast.steward).put("/api/v1/attributes/visits/", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/derivation"
