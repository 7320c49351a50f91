"""The pages and addresses of aims: what people and programs see, with much and with nothing."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from aims.models import Actual, Effort, Receipt, Weights
from aims.selectors import usage_of
from reviews.models import ChangeRequest
from tests.aims.conftest import JOURNEY
from tests.aims.test_aims import ago

SignIn = Callable[[Any], Client]
PAGES = (
    "/journeys/",
    "/aims/channels/",
    "/aims/stages/",
    "/aims/priorities/",
    "/aims/usage/",
    "/aims/wins/",
    "/aims/releases/",
    "/objectives/",
)


def text(client: Client, address: str, status: int = 200) -> str:
    """The page, which must answer so."""
    answer = client.get(address)
    assert answer.status_code == status, address
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return content.decode()


def test_pages__nothing_there__say_what_to_do_next(cast: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(cast.viewer)
    for address in PAGES:
        assert 'class="empty' in text(client, address) or address == "/journeys/", address
    assert "No journey yet" in text(client, "/journeys/")


def test_pages__without_a_role__are_refused(cast: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(cast.stranger)
    for address in PAGES:
        text(client, address, 403)


def test_pages__a_journey_in_force__show_it_with_its_gaps(travelled: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(travelled.viewer)
    assert "From first visit to regular" in text(client, "/journeys/")
    assert "Anchor households" in text(client, "/journeys/")
    page = text(client, "/journeys/regular/")
    assert "Whether the first visit was worth coming back." in page
    assert "Occasional households" in page
    stages = text(client, "/aims/stages/")
    assert "The second visit" in stages
    assert "gap" in stages
    lines = text(client, "/aims/stages/?journey=regular&format=csv").splitlines()
    assert lines[0] == "segment,name,Discover,First month"
    assert "occasional,Occasional households,,Moment: The second visit" in lines
    assert "anchors" not in text(client, "/aims/channels/?branch=occasional&format=csv")
    text(client, "/journeys/nothing/", 404)


def test_pages__regions_of_objective_and_segment__say_what_is_known(
    travelled: SimpleNamespace, client_of: SignIn
) -> None:
    client = client_of(travelled.owner)
    for address in ("/segments/anchors/", "/objectives/loyalty/"):
        assert "/aims/region/" in text(client, address)
    client.post("/aims/actuals/loyalty/enter/", {"value": "92.5", "on": ago(10), "evidence": "Receipts of the month."})
    assert Actual.objects.get().recorded_by == travelled.owner
    region = text(client, "/aims/region/segment/anchors/")
    assert "Not agreed" in region
    assert "50 % of the way" in region
    assert "Receipts of the month." in text(client, "/aims/region/objective/loyalty/")
    assert "segments without a moment" in region
    assert "The second visit" in text(client, "/aims/region/segment/occasional/")


def test_pages__priorities_and_weights__are_set_by_those_who_may(travelled: SimpleNamespace, client_of: SignIn) -> None:
    sent = {"size": "10", "value": "0", "growth": "0", "gap": "0", "effort": "0", "hour_costs": "40", "reason": "Size."}
    client_of(travelled.rep).post("/aims/priorities/weights/", sent)
    assert not Weights.objects.exists()
    client = client_of(travelled.owner)
    client.post("/aims/priorities/weights/", sent)
    assert Weights.objects.get().weights["hour_costs"] == 40
    page = text(client, "/aims/priorities/?sort=name")
    assert "Version 1, set by Olive Owner" in page
    assert text(client, "/aims/priorities/?format=csv").startswith("rank,segment,name,score,size,value")


def test_pages__efforts__are_recorded_and_withdrawn(travelled: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(travelled.owner)
    given = {"kind": "money", "amount": "1200", "starts_on": ago(40), "ends_on": ago(10), "what": "Letters"}
    assert client.post("/aims/efforts/anchors/", given).status_code == 302
    assert client.post("/aims/efforts/anchors/", {**given, "amount": ""}).status_code == 422
    assert "Letters" in text(client, "/aims/efforts/anchors/")
    effort = Effort.objects.get()
    client.post(f"/aims/efforts/anchors/{effort.pk}/withdraw/", {"reason": "Twice."})
    assert "Letters" not in text(client, "/aims/efforts/anchors/")
    assert client_of(travelled.rep).post("/aims/efforts/anchors/", given).status_code == 403


def test_pages__release__is_published_and_read(travelled: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(travelled.owner)
    assert "It will list these changes" in text(client, "/aims/releases/publish/")
    sent = client.post("/aims/releases/publish/", {"title": "Spring", "vision": "Where **we** go."})
    assert sent["Location"] == "/aims/releases/1/"
    reader = client_of(travelled.rep)
    assert "I have read it" in text(reader, "/aims/releases/1/")
    assert "Release 1: Spring" in text(reader, "/")
    reader.post("/aims/releases/1/read/")
    assert Receipt.objects.get().person == travelled.rep
    page = text(reader, "/aims/releases/1/")
    assert "I have read it" not in page
    assert "Not agreed" in page
    text(reader, "/aims/releases/9/", 404)
    text(reader, "/aims/releases/publish/", 403)


def test_pages__segment_opened__counts_as_used(grocer: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(grocer.viewer)
    text(client, "/segments/anchors/")
    text(client, "/segments/nothing/", 404)
    assert usage_of("anchors").counts == {"view": 1}
    assert usage_of("nothing").total == 0
    assert "Unused" in text(client, "/aims/usage/?days=30")


def test_forms__journey_proposed_by_page__is_written_as_it_was_filled_in(
    travelled: SimpleNamespace, client_of: SignIn
) -> None:
    client = client_of(travelled.owner)
    assert "Moments of truth" in text(client, "/requests/new/?type=journey&kind=create")
    given = {
        "key": "returns",
        "section_name": "Bringing something back",
        "stages-0-key": "counter",
        "stages-0-name": "At the counter",
        "stages-0-channels": ["store", "service"],
        "moments-0-key": "asked",
        "moments-0-name": "Being asked why",
        "moments-0-stage": "counter",
        "moments-0-decides": "Whether to trust us again.",
        "moments-0-segments": ["anchors", "occasional"],
        "rationale": "Returns cost us customers.",
        "then": "submit",
    }
    assert client.post("/requests/new/?type=journey&kind=create", given).status_code == 302
    made = ChangeRequest.objects.get(subject_key="returns")
    assert (made.state, made.proposed["stages"][0]["channels"]) == ("in_review", ["store", "service"])
    assert made.proposed["moments"][0]["segments"] == ["anchors", "occasional"]

    wrong = client.post("/requests/new/?type=journey&kind=create", {**given, "key": "x", "moments-0-stage": "door"})
    assert wrong.status_code == 422
    assert "moments-0-stage" in wrong.context["form"].errors
    assert JOURNEY["name"] in text(client, "/requests/new/?type=journey&kind=change&key=regular")
    assert text(client, "/requests/new/?type=journey&kind=retire&key=regular")
    assert client.get(f"/requests/{made.pk}/").status_code == 200


def test_search__by_a_word_of_a_moment__finds_the_journey(travelled: SimpleNamespace, client_of: SignIn) -> None:
    assert "From first visit to regular" in text(client_of(travelled.viewer), "/search/?q=second+visit")


@pytest.mark.parametrize(
    "address",
    ["journeys", "journeys/regular", "moments", "priorities", "priorities/weights", "usage", "releases",
     "objectives/loyalty/actuals", "segments/anchors/efforts"],
)  # fmt: skip
def test_api__reading__answers_readers_and_refuses_strangers(
    travelled: SimpleNamespace, api_of: Callable[..., Client], address: str
) -> None:
    assert api_of(travelled.viewer).get(f"/api/v1/{address}/").status_code == 200
    assert api_of(travelled.stranger).get(f"/api/v1/{address}/").status_code in (403, 404)


def test_api__writing__does_what_the_pages_do(travelled: SimpleNamespace, api_of: Callable[..., Client]) -> None:
    client = api_of(travelled.owner)

    def post(address: str, **body: Any) -> Any:
        return client.post(f"/api/v1/{address}/", body, content_type="application/json")

    entered = post("objectives/loyalty/actuals", value=92.5, on=ago(9), evidence="Receipts.")
    assert (entered.status_code, entered.json()["value"]) == (201, 92.5)
    assert client.get("/api/v1/objectives/loyalty/actuals/").json()["results"][0]["done"] == 0.5
    assert post("objectives/loyalty/measure").status_code == 409
    effort = post("segments/anchors/efforts", kind="hours", amount=3, starts_on=ago(9), ends_on=ago(8), what="Calls")
    assert (effort.status_code, effort.json()["unit"]) == (201, "hours")
    assert post("priorities/weights", weights={"size": 1}, reason="Size.").json()["version"] == 1
    assert post("priorities/weights", weights={"fame": 1}, reason="Size.").status_code == 400
    assert post("releases", title="Spring", vision="Go.").json()["number"] == 1
    assert post("releases/1/read").json()["is_read"] is True
    assert client.get("/api/v1/moments/").json()["results"][0]["ref"] == "regular/second-visit"
