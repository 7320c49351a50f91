"""How many queries a page may make; the budgets stand in tests/query_budgets.json.

After a change on purpose: RECORD_QUERIES=1 pytest tests/flows/test_query_budgets.py, then read the difference.
"""

import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from activation.services import announce_version
from common.clock import now
from memberships.services.execution import execute_run
from memberships.services.runs import request_run
from reviews.services.requests import create_request, submit_request
from tests.playbooks.test_playbooks import enact as enact_playbook
from tests.taxonomy.words_stage import enact_words
from tests.training.test_walkthroughs import enact as enact_brief

pytestmark = pytest.mark.django_db

BUDGETS = Path(__file__).resolve().parent.parent / "query_budgets.json"
PAGES = [
    ("marketing_member", "/"),
    ("owner", "/"),
    ("rep", "/"),
    ("learner", "/"),
    ("steward", "/operations/figures/"),
    ("steward", "/misclassifications/"),
    ("viewer", "/taxonomy/"),
    ("viewer", "/taxonomy/families/"),
    ("owner", "/taxonomy/families/households/"),
    ("owner", "/taxonomy/families/anchors/line/"),
    ("owner", "/taxonomy/duplicates/"),
    ("viewer", "/memberships/sizes/"),
    ("owner", "/memberships/family/households/"),
    ("owner", "/segments/anchors/"),
    ("owner", "/memberships/size/anchors/"),
    ("owner", "/segments/anchors/members/"),
    ("owner", "/segments/anchors/history/"),
    ("owner", "/memberships/stability/anchors/"),
    ("owner", "/segments/anchors/versions/"),
    ("owner", "/segments/anchors/retention/"),
    ("owner", "/transitions/?family=households"),
    ("owner", "/overlaps/"),
    ("rep", "/lists/"),
    ("rep", "/lists/new/?expression=households+AND+NOT+anchors"),
    ("rep", "/exports/"),
    ("rep", "/exports/new/?of=members&segment=anchors"),
    ("marketing_member", "/requests/"),
    ("marketing_member", "/requests/inbox/"),
    ("marketing_member", "/notifications/"),
    ("marketing_member", "/meetings/"),
    ("marketing_member", "/calendar/"),
    ("marketing_member", "/requests/{request}/"),
    ("marketing_member", "/requests/{request}/?tab=changes"),
    ("marketing_member", "/requests/{request}/meaning/"),
    ("owner", "/requests/{request}/meaning/"),
    ("marketing_member", "/requests/{request}/?tab=impact"),
    ("marketing_member", "/requests/{request}/?tab=checks"),
    ("marketing_member", "/requests/{request}/?tab=all"),
    ("marketing_member", "/requests/?state=&sort=-size"),
    ("viewer", "/requests/region/blame/anchors/"),
    ("viewer", "/requests/region/assumptions/anchors/"),
    ("owner", "/requests/new/?type=segment&key=anchors&kind=change"),
    ("steward", "/events/"),
    ("steward", "/events/problems/"),
    ("steward", "/sources/pos/"),
    ("owner", "/notices/"),
    ("rep", "/customers/"),
    ("rep", "/customers/hh-01/"),
    ("rep", "/memberships/customer/hh-01/"),
    ("rep", "/customers/hh-01/why/anchors/"),
    ("rep", "/customers/hh-01/timeline/"),
    ("rep", "/playbooks/region/customer/hh-01/"),
    ("rep", "/playbooks/"),
    ("rep", "/playbooks/anchors/"),
    ("learner", "/training/"),
    ("learner", "/training/anchors/"),
    ("viewer", "/glossary/"),
    ("viewer", "/glossary/terms/lead/"),
    ("viewer", "/glossary/metrics/"),
    ("viewer", "/glossary/equivalences/"),
    ("viewer", "/glossary/words/"),
    ("viewer", "/glossary/conflicts/"),
    ("steward", "/glossary/mapping/"),
    ("steward", "/glossary/mapping/pos/"),
    ("steward", "/attributes/"),
    ("steward", "/runs/"),
    ("steward", "/ledger/"),
    ("steward", "/people/"),
    ("viewer", "/insights/"),
    ("rep", "/search/?q=anchor"),
    ("rep", "/api/v1/customers/hh-01/segments/"),
    ("rep", "/api/v1/customers/hh-01/explanation/?segment=anchors"),
    ("rep", "/api/v1/segments/"),
    ("owner", "/api/v1/notices/"),
    ("marketing_member", "/api/v1/change-requests/"),
    ("marketing_member", "/api/v1/change-requests/{request}/"),
]


@pytest.fixture
def request_id(grocer: SimpleNamespace) -> int:
    execute_run(request_run(actor=grocer.steward, trigger="person").pk)
    for key in ("anchors", "households", "occasional"):
        enact_playbook(key=key)
    enact_brief()
    enact_words()
    for entry_id in range(1, 6):
        announce_version(
            entry_id=entry_id, at=now(), segment_key="anchors", version_number=1, is_new=True, request_ref="set-up"
        )
    made = create_request(
        actor=grocer.owner,
        kind="change",
        subject_type="segment",
        subject_key="anchors",
        proposed={"rule": "orders_90d >= 9"},
        rationale="It is time.",
        expected="More calls.",
    )
    return int(submit_request(actor=grocer.owner, request_id=made.pk).pk)


def test_pages__on_the_small_grocer__keep_their_budget(
    grocer: SimpleNamespace, request_id: int, client_of: Any
) -> None:
    found: dict[str, int] = {}
    for name, path in PAGES:
        browser = client_of(getattr(grocer, name))
        address = path.format(request=request_id)
        browser.get(address)  # what a process reads once is read here
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = browser.get(address)
        assert answer.status_code == 200, f"{name} {path}: {answer.status_code}"
        found[f"{name} {path}"] = len(queries)
    if os.environ.get("RECORD_QUERIES"):
        BUDGETS.write_text(json.dumps(found, indent=1) + "\n")
    budgets = json.loads(BUDGETS.read_text())
    over = {page: (count, budgets.get(page)) for page, count in found.items() if count > budgets.get(page, -1)}
    assert not over, f"more queries than budgeted (found, budget): {over}"
