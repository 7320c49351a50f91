"""The forms that propose to retire playbooks, briefs and attributes."""

from collections.abc import Callable
from typing import Any

from django import forms

import customers.selectors
import playbooks.selectors
import training.selectors
from reviews.web.forms import Content, ProposalForm


class SuccessorForm(ProposalForm):
    """The retirement of a thing that another of its type may take the place of."""

    successor = forms.ChoiceField(label="Successor", required=False, help_text="Readers of the old one are sent there.")
    field_order = ("successor",)
    choices_for: Callable[..., list[tuple[str, str]]]

    def __init__(self, *args: Any, own_key: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.limit("successor", [("", "None"), *type(self).choices_for(viewer=self.viewer, but=own_key)])

    def initial_of(self, content: Content) -> Content:
        """The successor alone: what is retired has fields that the form has too, such as a brief's rationale."""
        return {"successor": content.get("successor") or ""}

    def content(self) -> Content:
        return {"successor": self.cleaned_data["successor"] or None}


class PlaybookRetireForm(SuccessorForm):
    """The retirement of a playbook; the successor is the segment whose playbook to read instead."""

    choices_for = staticmethod(playbooks.selectors.possible_successors)


class BriefRetireForm(SuccessorForm):
    """The retirement of a brief; the successor is the segment whose brief to learn from instead."""

    choices_for = staticmethod(training.selectors.possible_successors)


class AttributeRetireForm(SuccessorForm):
    """The retirement of an attribute; the successor is the attribute to use instead."""

    choices_for = staticmethod(customers.selectors.possible_successors)


RETIREMENTS: dict[str, type[ProposalForm]] = {
    "playbook": PlaybookRetireForm,
    "brief": BriefRetireForm,
    "attribute": AttributeRetireForm,
}
