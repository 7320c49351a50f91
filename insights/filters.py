"""The filter of predictions, shared by page and API."""

from django import forms

from insights.choices import ForecastState


class ForecastFilter(forms.Form):
    """Narrows the learning log; whatever does not fit is left out."""

    state = forms.ChoiceField(choices=[("", "All"), *ForecastState.choices], required=False)
    board = forms.CharField(max_length=63, required=False)
    segment = forms.CharField(max_length=63, required=False)

    def narrowing(self) -> dict[str, str]:
        """Arguments for `forecasts_for`."""
        self.is_valid()
        given = getattr(self, "cleaned_data", {})
        return {name: given.get(name, "") for name in ("state", "board", "segment")}
