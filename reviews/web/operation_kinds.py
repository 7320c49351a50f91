"""Which form writes which operation on segments, and the heading of its page."""

from reviews.choices import Kind
from reviews.web.forms import ProposalForm
from reviews.web.operations import DeprecateForm, MergeForm, SplitForm
from reviews.web.reorganising import ReorganiseForm
from reviews.web.swapping import SwapForm

FORMS: dict[str, type[ProposalForm]] = {
    Kind.SPLIT: SplitForm,
    Kind.MERGE: MergeForm,
    Kind.DEPRECATE: DeprecateForm,
    Kind.REORGANISE: ReorganiseForm,
    Kind.SWAP: SwapForm,
}
HEADINGS: dict[str, str] = {
    Kind.SPLIT: "Propose to split {key}",
    Kind.MERGE: "Propose to merge segments",
    Kind.REORGANISE: "Propose to re-organise the taxonomy",
    Kind.SWAP: "Propose to swap the source of an attribute",
}
