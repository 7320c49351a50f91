"""Forms of the glossary's pages: what a list is narrowed by, which versions are compared."""

from typing import Any

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


class VersionPair(forms.Form):
    """Two versions of a word to lay side by side; the two newest unless told otherwise."""

    old = forms.TypedChoiceField(label="From version", coerce=int)
    new = forms.TypedChoiceField(label="To version", coerce=int)

    def __init__(self, data: Any = None, *, numbers: list[int]) -> None:
        self._usual = (numbers[min(1, len(numbers) - 1)], numbers[0])
        super().__init__(data, initial={"old": self._usual[0], "new": self._usual[1]})
        for name in ("old", "new"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  (declared so)
            field.choices = [(number, f"Version {number}") for number in numbers]

    def chosen(self) -> tuple[int, int]:
        """The numbers to compare."""
        if self.is_bound and self.is_valid():
            return self.cleaned_data["old"], self.cleaned_data["new"]
        return self._usual
