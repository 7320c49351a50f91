"""The filters of the trail and of the readings, shared by page and API."""

from typing import Any

from django import forms

_ABOUT = "A type or type:key, like segment:new-households."


class TrailFilter(forms.Form):
    """Narrows the trail; whatever does not fit is left out, never an error."""

    object = forms.CharField(label="About", max_length=160, required=False, help_text=_ABOUT)
    actor = forms.CharField(label="Person", max_length=150, required=False, help_text="A user name.")
    event = forms.CharField(
        label="Event", max_length=80, required=False, help_text="Its name or how it begins, like taxonomy.version."
    )

    def narrowing(self) -> dict[str, Any]:
        """Arguments for `entries_for`."""
        self.is_valid()
        given = getattr(self, "cleaned_data", {})
        object_type, _, object_key = given.get("object", "").partition(":")
        return {
            "object_type": object_type or None,
            "object_key": object_key or None,
            "actor": given.get("actor") or None,
            "event": given.get("event") or None,
        }

    def is_narrowed(self) -> bool:
        """Whether anything narrows the trail."""
        return any(self.narrowing().values())


class ReadingFilter(forms.Form):
    """Narrows who read what; whatever does not fit is left out, never an error."""

    object = forms.CharField(label="About", max_length=240, required=False, help_text=_ABOUT)
    actor = forms.CharField(label="Person", max_length=150, required=False, help_text="A user name.")

    def narrowing(self) -> dict[str, str]:
        """Arguments for `readings_for`."""
        self.is_valid()
        given = getattr(self, "cleaned_data", {})
        object_type, _, object_key = given.get("object", "").partition(":")
        return {"object_type": object_type, "object_key": object_key, "actor": given.get("actor", "")}

    def is_narrowed(self) -> bool:
        """Whether anything narrows the readings."""
        return any(self.narrowing().values())
