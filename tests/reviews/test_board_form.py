"""The form of a board: every key of a policy, errors beside their fields, and what it would demand."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from reviews.models import Board
from reviews.selectors.board_policy import POLICY_FIELDS
from reviews.selectors.board_policy import THEN_FIELDS as THEN_KEYS
from reviews.services.boards import define_board
from reviews.web.board_forms import BoardForm
from reviews.web.board_preview import TYPICAL, demanded
from reviews.web.condition_forms import THEN_FIELDS, WHEN_FIELDS, ConditionForm

WHOLE: dict[str, Any] = {
    "quorum": 3,
    "required": {"marketing": 1, "sales": 1},
    "reject_on": "impossible",
    "expires_days": 40,
    "people": ["parent_owner", "user:owner"],
    "outsiders": 1,
    "notice_days": 2,
    "due_days": 5,
    "demands": ["rollback"],
    "tolerance": 0.05,
    "conditions": [
        {
            "name": "Everything",
            "when": {
                "members_moved_over": 1, "members_moved_at_most": 900, "share_moved_over": 0.01,
                "share_moved_at_most": 0.9, "revenue_moved_over": 1.0, "revenue_moved_at_most": 9.0,
                "relation": ["narrower"], "kinds": ["change"], "subject_types": ["segment"], "sensitive": False,
                "metadata_only": False, "bulk": True,
            },
            "then": {
                "quorum": 4, "required": {"finance": 1}, "people": ["segment_owner", "user:steward"], "outsiders": 2,
                "notice_days": 3, "due_days": 4, "expires_days": 9, "reject_on": "any", "demands": ["ethics"],
            },
        },
        {"name": "Light", "when": {"metadata_only": True}, "then": {"light": True, "quorum": 1}},
    ],
}  # fmt: skip


@pytest.fixture
def whole(cast: SimpleNamespace, board: Any) -> Board:
    """A board whose policy uses every key."""
    return define_board(actor=cast.administrator, key="grocery", name="Grocery board", policy=WHOLE)


def typed(page: Any) -> dict[str, Any]:
    """What a browser would send of the page's forms as they stand."""
    found: dict[str, Any] = {"version": page.context["board"].version if page.context["board"] else ""}
    for form in (page.context["form"], *page.context["conditions"]):
        for field in form:
            value = field.value()
            if value not in (None, False, "", []):
                found[field.html_name] = "on" if value is True else value
    return found


def test_form__of_a_policy_with_every_key__saved_untouched_is_the_same(
    cast: SimpleNamespace, whole: Board, client_of: Any
) -> None:
    stood = whole.policy
    administrator, address = client_of(cast.administrator), reverse("reviews:board-edit", args=["grocery"])
    answer = administrator.post(address, typed(administrator.get(address)))
    assert answer.status_code == 302
    whole.refresh_from_db()
    assert whole.policy == stood and stood["tolerance"] == 0.05 and whole.policy_version == 2


def test_form__knows_every_key_that_policies_know() -> None:
    shown = {name.removeprefix("required_") for name in BoardForm.base_fields} | {"required", "conditions"}
    assert set(POLICY_FIELDS) <= shown
    assert set(THEN_KEYS) == {*THEN_FIELDS, "required", "people"}
    assert set(WHEN_FIELDS) <= set(ConditionForm.base_fields)


def test_form__preview__says_what_typical_changes_would_need_and_saves_nothing(
    cast: SimpleNamespace, board: Any, client_of: Any
) -> None:
    administrator, address = client_of(cast.administrator), reverse("reviews:board-edit", args=["grocery"])
    given = typed(administrator.get(address)) | {
        "condition0-name": "Many", "condition0-members_moved_over": "1000", "condition0-required": "Finance 1",
        "preview": "1",
    }  # fmt: skip
    page = administrator.post(address, given)
    shown = page.content.decode()
    assert page.status_code == 200 and 'value="1000"' in shown
    assert "3 approvals, among them 1 of marketing and 1 of sales and 1 of finance" in shown
    assert "Strictest path" in shown
    board.refresh_from_db()
    assert "conditions" not in board.policy and board.policy_version == 1


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"quorum": "1"}, "quorum", "cannot be 1"),
        ({"tolerance": "5"}, "tolerance", "less than or equal to 1"),
        ({"named": "nobody"}, "named", "nobody"),
        ({"condition0-name": "A", "condition0-share_moved_over": "7"}, "condition0-share_moved_over", "equal to 1"),
        ({"condition0-name": "A", "condition0-quorum": "3"}, "condition0-name", "Say when it holds"),
        ({"condition0-name": "A", "condition0-bulk": "on"}, "condition0-name", "asks for nothing"),
        ({"condition0-bulk": "on", "condition0-quorum": "3"}, "condition0-name", "Name the condition"),
        ({"condition0-name": "A", "condition0-bulk": "on", "condition0-required": "finance"},
         "condition0-required", "with a number each"),
        ({"condition0-name": "A", "condition0-bulk": "on", "condition0-required": "moon 1"},
         "condition0-required", "There are:"),
    ],
)  # fmt: skip
def test_form__what_cannot_be__stands_beside_its_field_and_nothing_typed_is_lost(
    cast: SimpleNamespace, board: Any, client_of: Any, change: dict[str, str], field: str, words: str
) -> None:
    administrator, address = client_of(cast.administrator), reverse("reviews:board-edit", args=["grocery"])
    given = typed(administrator.get(address)) | {"description": "Looks after baskets.", **change}
    page = administrator.post(address, given)
    assert page.status_code == 422 and "Looks after baskets." in page.content.decode()
    forms = {
        f"{form.prefix}-" if form.prefix else "": form for form in (page.context["form"], *page.context["conditions"])
    }
    prefix, _, name = field.rpartition("-")
    assert words in str(forms[f"{prefix}-" if prefix else ""].errors.get(name)), [
        form.errors for form in forms.values()
    ]
    assert all(f'value="{value}"' in page.content.decode() for value in change.values() if value != "on")
    board.refresh_from_db()
    assert board.version == 1


def test_demanded__of_every_typical_change__is_a_sentence_with_its_reasons() -> None:
    found = demanded(WHOLE)
    assert [row.change for row in found] == [words for words, _ in TYPICAL]
    assert all((row.asks.endswith(".") and row.asks[0].isupper()) or row.asks[0].isdigit() for row in found)
    light = [row for row in found if row.is_light]
    assert [row.change for row in light] == [TYPICAL[0][0]] and light[0].asks == "1 approval."
