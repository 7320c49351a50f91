"""The form that picks two versions of a thing to lay side by side."""

from typing import Any

from django import forms


class VersionPair(forms.Form):
    """Two versions of a thing to lay side by side; the two newest unless told otherwise."""

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
