"""Good and awkward data for the style guide."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator

from segportal.navigation import Entry

LONG = (
    "Households that buy mostly organic produce and prepared meals late on weekday evenings "
    "in the inner-city convenience stores"
)
WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenhersteller"
TEXT = """spend_12m >= 1200
AND NOT (coupon_share > 0.4 OR last_visit_days > 60)
AND department IN ('PRODUCE', 'DELI', 'PREPARED FOOD')"""
STATES = "draft in_review approved applied stale rejected withdrawn running scheduled pilot failed superseded overdue"


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(max_length=60, help_text="What colleagues will call it. Two to five words.")
    meaning = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}), help_text="One sentence that a new colleague understands."
    )
    tier = forms.ChoiceField(choices=[("", "Choose a tier"), ("segment", "Segment"), ("persona", "Persona")])
    review_on = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}), label="Review by")
    channels = forms.MultipleChoiceField(
        choices=[("mail", "Mail"), ("store", "In the store"), ("app", "App")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    notice = forms.ChoiceField(
        choices=[("now", "At once"), ("week", "In a week")], widget=forms.RadioSelect, label="Takes effect"
    )
    quick_win = forms.BooleanField(
        required=False, label="Flag as a quick win", help_text="Its measured result will be published."
    )
    file = forms.FileField(required=False, label="File of customers")


def _people() -> dict[str, Any]:
    names = {
        "olive": "Olive Hartmann",
        "marek": "Marek Ōta-Lindqvist",
        "long": f"Maximiliane {WORD} von und zu Unterberg",
    }
    people: dict[str, Any] = {
        key: SimpleNamespace(
            display_name=name,
            is_active=True,
            is_authenticated=True,
            get_username=lambda key=key: key,
            team="Category management",
        )
        for key, name in names.items()
    }
    people["gone"] = SimpleNamespace(display_name="Pat Moreau", is_active=False)
    return people


def _history(now: datetime) -> list[dict[str, Any]]:
    sizes = (0, 214, 220, 231, 236, 305, 309, 301, 296, 312)
    notes = {1: "version 1", 5: "version 2: wider", 9: "version 3"}
    return [
        {"at": now - timedelta(days=7 * (10 - i)), "value": size, "note": notes.get(i, "")}
        for i, size in enumerate(sizes)
    ]


def _tree() -> list[dict[str, Any]]:
    def node(name: str, tier: str, size: int, level: int, *children: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {
            "name": name,
            "href": f"#{name[:12]}",
            "tier": tier,
            "size": size,
            "whole": 2469,
            "level": level,
            "children": children,
            **more,
        }

    return [
        node(
            "Every household",
            "market",
            2469,
            1,
            node(
                "Loyal weekly shoppers",
                "segment",
                812,
                2,
                node("Fresh and organic", "sub_segment", 312, 3, is_current=True),
                node(LONG, "sub_segment", 3, 3),
            ),
            node("Coupon hunters", "segment", 401, 2, node("Paper coupons only", "persona", 77, 4), is_open=False),
            node("Drifting away", "segment", 0, 2, state="draft"),
        )
    ]


def _rule(explained: bool) -> dict[str, Any]:
    def clause(words: str, truth: str, note: str) -> dict[str, Any]:
        return {"words": words, "truth": truth, "note": note} if explained else {"words": words}

    return {
        "joiner": "All of these",
        **({"truth": "false"} if explained else {}),
        "children": [
            clause(
                "spend in 12 months is at least 1,200 dollars", "true", "1,482.10 dollars, from the till, 2 days ago"
            ),
            {
                "joiner": "None of these",
                **({"truth": "false"} if explained else {}),
                "children": [
                    clause("share of baskets with a coupon is above 40 %", "true", "52 %, from the till, 2 days ago"),
                    clause("last visit is more than 60 days ago", "unknown", "no visit is recorded"),
                ],
            },
            clause("department is one of Produce, Deli, Prepared food", "false", "Grocery"),
        ],
    }


def _timeline(now: datetime) -> list[dict[str, Any]]:
    return [
        {"at": now - timedelta(days=3), "who": "Olive Hartmann", "what": "proposed version 3", "icon": "pencil"},
        {
            "at": now - timedelta(hours=5),
            "who": "Marek Ōta-Lindqvist",
            "what": "approved as marketing",
            "icon": "check-lg",
            "tone": "good",
            "text": LONG,
        },
        {
            "at": now - timedelta(minutes=4),
            "who": "",
            "what": "Version 3 took effect",
            "href": "#",
            "icon": "lightning",
            "tone": "note",
            "entries": [
                {
                    "at": now - timedelta(minutes=3),
                    "who": "",
                    "what": "Run 42 computed 2,469 customers",
                    "icon": "arrow-repeat",
                    "tone": "good",
                },
                {
                    "at": now - timedelta(seconds=20),
                    "who": "",
                    "what": "Delivery to the mail tool failed; next try in 2 min",
                    "icon": "x-lg",
                    "tone": "bad",
                },
            ],
        },
    ]


def _frame(people: dict[str, Any]) -> dict[str, Any]:
    names = {"Home": "house", "Taxonomy": "diagram-3", "Requests": "check2-square", "Customers": "people"}
    names |= {"Playbooks": "journal-text", "Training": "mortarboard", "Data": "database", "Ledger": "link-45deg"}
    counts = {"Overview": 0, "Members": 312, "Playbook": 0, "Training": 0, "Requests": 2, "Versions": 3}
    return {
        "navigation": [
            Entry(name, "/styleguide/", icon, name == "Taxonomy", 3 if name == "Requests" else None)
            for name, icon in names.items()
        ],
        "waiting_count": 3,
        "user": people["olive"],
        "crumbs": [
            {"label": "Every household", "href": "#"},
            {"label": LONG, "href": "#"},
            {"label": "Fresh and organic"},
        ],
        "tabs": [
            {"label": label, "href": "#", "is_current": label == "Overview", "count": count}
            for label, count in counts.items()
        ],
        "owners": [
            {"label": "Data", "value": "Marek Ōta-Lindqvist", "href": "#"},
            {"label": "Definition", "value": people["long"].display_name},
            {"label": "Outcome", "value": ""},
        ],
        "dates": [
            {"label": "Version", "value": "3, since 4 March 2026", "href": "#"},
            {"label": "Review by", "value": "1 June 2026", "help": "in 3 weeks"},
        ],
    }


def _decisions() -> dict[str, Any]:
    return {
        "verdicts": [
            {"value": "approve", "label": "Approve as marketing"},
            {"value": "request_changes", "label": "Request changes", "help": "The author edits; votes start again."},
            {"value": "reject", "label": "Reject", "help": "Ends this request."},
        ],
        "tally": [{"function": "Marketing", "needed": 1, "got": 1}, {"function": "Sales", "needed": 1, "got": 0}],
        "consequences": [
            "312 customers leave 2 segments.",
            "The playbook stays readable, without members.",
            "The mail tool is told within a minute.",
        ],
        "sources": [{"label": "No segment so far", "count": 41, "href": "#"}, {"label": LONG, "count": 9}],
        "targets": [{"label": "Coupon hunters", "count": 18, "href": "#"}],
        "steps": [
            {"title": "What they buy", "is_done": True, "href": "#"},
            {"title": "Who is in, who is out", "is_current": True},
            {"title": "What to say"},
        ],
    }


def _rows(now: datetime) -> list[dict[str, Any]]:
    fields = ("name", "tier", "size", "state", "entered", "left", "at")
    rows: tuple[tuple[Any, ...], ...] = (
        ("Fresh and organic", "sub_segment", 312, "active", 12, 5, now - timedelta(hours=2)),
        (LONG, "persona", 3, "in_review", 0, 0, None),
        (WORD, "market", None, "draft", 0, 1204, now - timedelta(days=400)),
    )
    return [dict(zip(fields, row, strict=True)) for row in rows]


def samples() -> dict[str, Any]:
    """The context of the style guide."""
    now = datetime.now(UTC)
    people = _people()
    history = _history(now)
    return {
        **_frame(people),
        **_decisions(),
        "people": people,
        "now": now,
        "long": LONG,
        "word": WORD,
        "text": TEXT,
        "states": STATES.split(),
        "history": history,
        "spark": [point["value"] for point in history],
        "tree": _tree(),
        "rule": _rule(explained=False),
        "explained": _rule(explained=True),
        "timeline": _timeline(now),
        "rows": _rows(now),
        "form": SampleForm(),
        "wrong": SampleForm({"name": "x" * 80, "tier": "nonsense"}, auto_id="wrong_%s"),
        "page_obj": Paginator(range(2469), 50).page(3),
        "chips": [
            {"label": "state: active", "remove_href": "#"},
            {"label": f"owner: {people['long'].display_name}", "remove_href": "#"},
        ],
    }
