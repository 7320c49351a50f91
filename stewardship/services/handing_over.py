"""Hands a segment over to other owners: a change request, prepared in one click."""

from typing import Any

from django.db import transaction

from accounts.selectors import user_by_username
from common.texts import clean_text
from reviews.services.requests import create_request, submit_request
from stewardship.errors import InvalidUpkeep
from stewardship.policies import UpkeepPolicy
from stewardship.selectors.kept import thing
from stewardship.selectors.ownership import ROLES
from taxonomy.selectors import live_content


@transaction.atomic
def propose_handover(*, actor: Any, key: str, owners: dict[str, str], reason: str) -> Any:
    """Afterwards a request before the board asks that these people answer for the segment; `owners` names user names by
    what for (data, definition, outcome), and leaves out what stays.

    Refuses: `NoSuchThing`; `NotAllowed`; `NoSuchPerson`; `InvalidUpkeep` where nothing changes; what `create_request`
    and `submit_request` refuse. Announces: what they announce.
    """
    UpkeepPolicy().require(actor, "hand_over", thing("segment", key))
    if unknown := owners.keys() - set(ROLES):
        raise InvalidUpkeep(f"Nobody answers for “{sorted(unknown)[0][:40]}”; choose among {', '.join(ROLES)}.")
    named = {role: user_by_username(name).get_username() for role, name in owners.items() if name}
    live = live_content(key)
    before = dict(live.content["owners"]) if live else {}
    if not named or {**before, **named} == before:
        raise InvalidUpkeep("Name at least one new owner.", pointer="/owners")
    request = create_request(
        actor=actor,
        kind="change",
        subject_type="segment",
        subject_key=key,
        proposed={"owners": {**before, **named}},
        rationale=clean_text(reason, pointer="/reason", max_length=2000, lines=True),
        expected="Nobody looks for somebody to ask.",
    )
    return submit_request(actor=actor, request_id=request.pk)
