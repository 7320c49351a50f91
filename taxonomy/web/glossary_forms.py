"""Forms of the glossary's pages: what a list is narrowed by, which versions are compared."""

from django import forms

from accounts.choices import Function
from taxonomy.choices import SegmentStatus
from taxonomy.selectors.glossary_lists import Wanted


class GlossaryFilter(forms.Form):
    """What a list of words is narrowed by; whatever is not understood is left out."""

    q = forms.CharField(label="Contains", max_length=120, required=False)
    function = forms.ChoiceField(label="Function", required=False, choices=[("", "All functions"), *Function.choices])
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[
            ("", "In use and deprecated"),
            (SegmentStatus.ACTIVE.value, "In use"),
            (SegmentStatus.DEPRECATED.value, "Deprecated"),
            (SegmentStatus.RETIRED.value, "Retired"),
        ],
    )
    letter = forms.RegexField(regex=r"\A[A-Z#]\Z", required=False, widget=forms.HiddenInput)

    def wanted(self) -> Wanted:
        """What to show."""
        self.is_valid()
        given = self.cleaned_data
        return Wanted(**{name: str(given.get(name) or "") for name in ("q", "function", "state", "letter")})
