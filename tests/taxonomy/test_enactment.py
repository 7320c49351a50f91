"""Bringing decisions about segments into force."""

from types import SimpleNamespace

import pytest

from common.actors import SYSTEM
from common.errors import Invalid
from customers.models import Attribute
from ledger.models import Entry
from taxonomy.errors import ContentInvalid, KeyTaken, SegmentInUse, SegmentRetired, SegmentUnknown, StaleBase
from taxonomy.models import Enactment, Segment, SegmentVersion
from taxonomy.selectors import live_content
from taxonomy.services.enactment import enact_version, retire_segment
from tests.taxonomy.stage import content, enact, objective

pytestmark = pytest.mark.django_db


def retire(key: str, base: int = 1, successor: str | None = None) -> Segment:
    return retire_segment(
        actor=SYSTEM,
        segment_key=key,
        base_version=base,
        successor_key=successor,
        rationale="Nobody uses it.",
        request_ref="9",
    )


def test_enact_version__new_segment__is_in_force_and_announced(stage: SimpleNamespace) -> None:
    version = enact("frequent", actor=stage.owner)

    segment = Segment.objects.get(key="frequent")
    assert (segment.status, version.number, version.state) == ("active", 1, "active")
    assert version.words == "visits is at least 50"
    assert version.attribute_keys == ["visits"]
    assert version.created_by == stage.owner
    entry = Entry.objects.get(event="taxonomy.version.enacted")
    assert (entry.object_type, entry.object_key, entry.actor_name) == ("segment", "frequent", "owner")
    assert entry.payload == {
        "segment_key": "frequent",
        "segment_id": segment.pk,
        "version_id": version.pk,
        "version_number": 1,
        "previous_version_id": None,
        "request_ref": "1",
    }
    enactment = Enactment.objects.get()
    assert (enactment.kind, enactment.version, enactment.previous) == ("create", version, None)


def test_enact_version__rule_reads_attributes__marks_them_live(stage: SimpleNamespace) -> None:
    enact("frequent", rule="visits >= 50 AND spend > 10")

    assert set(Attribute.objects.filter(is_live=True).values_list("key", flat=True)) == {"visits", "spend"}


def test_enact_version__change__supersedes_at_the_same_instant(stage: SimpleNamespace) -> None:
    first = enact("frequent")
    second = enact("frequent", base=1, rule="visits >= 60")

    first.refresh_from_db()
    assert (first.state, first.ended_at) == ("superseded", second.enacted_at)
    assert (second.number, second.state) == (2, "active")
    assert Enactment.objects.get(version=second).previous == first
    assert SegmentVersion.objects.filter(state="active").count() == 1


def test_enact_version__content_says_another_parent__moves_the_segment(stage: SimpleNamespace) -> None:
    enact("market", tier="market", rule="TRUE", name="Market")
    enact("frequent")
    enact("frequent", base=1, parent="market")

    assert Segment.objects.get(key="frequent").parent == Segment.objects.get(key="market")


@pytest.mark.parametrize("base", [None, 1, 3])
def test_enact_version__another_version_is_live__refuses_as_stale(stage: SimpleNamespace, base: int | None) -> None:
    enact("frequent")
    enact("frequent", base=1, rule="visits >= 60")

    with pytest.raises(StaleBase) as refused:
        enact_version(
            actor=SYSTEM,
            kind="change",
            segment_key="frequent",
            content=content(rule="visits >= 70"),
            rationale="Why",
            expected_outcome="",
            base_version=base,
            request_ref="2",
        )

    assert refused.value.extra == {"live_version": 2, "base_version": base}
    live = live_content("frequent")
    assert live is not None and live.version_number == 2
    assert Entry.objects.filter(event="taxonomy.version.enacted").count() == 2


def test_enact_version__key_exists__refuses_as_taken(stage: SimpleNamespace) -> None:
    enact("frequent")

    with pytest.raises(KeyTaken):
        enact("frequent")


def test_enact_version__change_of_an_unknown_segment__refuses(stage: SimpleNamespace) -> None:
    with pytest.raises(SegmentUnknown):
        enact("nobody", base=1)


def test_enact_version__invalid_content__leaves_nothing_behind(stage: SimpleNamespace) -> None:
    with pytest.raises(ContentInvalid):
        enact("frequent", rule="visitz >= 50")

    assert not Segment.objects.exists()
    assert not Entry.objects.filter(event="taxonomy.version.enacted").exists()


def test_enact_version__empty_rationale__refuses(stage: SimpleNamespace) -> None:
    with pytest.raises(Invalid) as refused:
        enact_version(
            actor=SYSTEM,
            kind="create",
            segment_key="frequent",
            content=content(),
            rationale=" ",
            expected_outcome="",
            base_version=None,
            request_ref="1",
        )
    assert refused.value.errors[0]["pointer"] == "/rationale"


def test_retire_segment__nothing_stands_on_it__ends_it_and_announces(stage: SimpleNamespace) -> None:
    version = enact("frequent")
    enact("regular", name="Regulars", rule="visits >= 40")

    segment = retire("frequent", successor="regular")

    version.refresh_from_db()
    assert (segment.status, version.state) == ("retired", "retired")
    assert version.ended_at == segment.retired_at
    assert segment.successor is not None and segment.successor.key == "regular"
    assert live_content("frequent") is None
    entry = Entry.objects.get(event="taxonomy.segment.retired")
    assert entry.payload["successor_key"] == "regular"
    assert Enactment.objects.get(kind="retire").reason == "Nobody uses it."


def test_retire_segment__children_in_use__refuses_and_names_them(stage: SimpleNamespace) -> None:
    enact("frequent")
    enact("big", parent="frequent", tier="sub_segment", name="Big baskets", rule="spend > 100")

    with pytest.raises(SegmentInUse) as refused:
        retire("frequent")
    assert refused.value.extra["children"] == ["big"]

    retire("big")
    assert retire("frequent").status == "retired"


def test_retire_segment__a_rule_refers_to_it__refuses_and_names_it(stage: SimpleNamespace) -> None:
    enact("frequent")
    enact("big", name="Big baskets", rule="spend > 100 AND NOT IN_SEGMENT('frequent')")

    with pytest.raises(SegmentInUse) as refused:
        retire("frequent")
    assert refused.value.extra["references"] == ["big"]


def test_retire_segment__successor_not_in_use__refuses(stage: SimpleNamespace) -> None:
    enact("frequent")

    for successor in ("frequent", "nobody"):
        with pytest.raises(Invalid):
            retire("frequent", successor=successor)


def test_retired_segment__changed_retired_or_created_again__refuses(stage: SimpleNamespace) -> None:
    enact("frequent")
    retire("frequent")

    with pytest.raises(SegmentRetired):
        enact("frequent", base=1)
    with pytest.raises(SegmentRetired):
        retire("frequent")
    with pytest.raises(KeyTaken):
        enact("frequent")


def test_enact_version__below_a_retired_parent__refuses(stage: SimpleNamespace) -> None:
    enact("frequent")
    retire("frequent")

    with pytest.raises(ContentInvalid) as refused:
        enact("big", parent="frequent", tier="sub_segment")
    assert refused.value.errors[0]["code"] == "parent_retired"


def test_live_content__after_enactment__is_what_was_enacted_in_its_written_form(stage: SimpleNamespace) -> None:
    objective(stage.steward)
    enact("frequent", rule="50 <= visits", objective="fresh")

    live = live_content("frequent")

    assert live is not None
    assert live.content == content(rule="50 <= visits", objective="fresh")
    assert len(live.digest) == 64
