"""One of each thing of upkeep, for tests that go through every address."""

from datetime import timedelta
from types import SimpleNamespace

from common.alarms import Alarm
from common.clock import now
from safeguards.services import freeze
from stewardship import services
from stewardship.models import Case, Finding


def stand_upkeep(people: SimpleNamespace) -> dict[str, int]:
    """The numbers of a freeze, a case, an audit with an item and a finding, a ritual and a session, by argument."""
    day = now().date() + timedelta(days=9)
    campaign = services.open_campaign(
        actor=people.auditor,
        name="Audit",
        owner="steward",
        auditor="auditor",
        due_on=day,
        checklist=["True?"],
        branch="occasional",
    )
    item = campaign.items.get()
    services.raise_finding(
        actor=people.steward, item_id=item.pk, text="Wide.", severity="minor", owner="owner", due_on=day
    )
    services.open_case(
        Alarm(key="moved:1", kind="shift", title="Many moved", url="/", since=now(), segment_key="anchors")
    )
    ritual = services.plan_ritual(
        actor=people.owner, type_="alignment", name="Round", every_days=14, next_on=day, owner="owner"
    )
    session = services.plan_session(
        actor=people.owner, title="Spring", on=day, teams=["Sales", "Product"], topics="What comes first."
    )
    frozen = freeze(actor=people.steward, scope="segment", key="occasional", reason="Look first.")
    return {
        "freeze_id": frozen.pk,
        "case_id": Case.objects.get().pk,
        "campaign_id": campaign.pk,
        "audit_item_id": item.pk,
        "finding_id": Finding.objects.get().pk,
        "ritual_id": ritual.pk,
        "occurrence_id": session.pk,
    }
