"""Forms that join the words of two functions."""

from typing import Any

from django import forms

from accounts.choices import Function
from taxonomy.choices import DefinitionType
from taxonomy.selectors.definitions import words_for

KINDS = (
    ("equal", "Both mean the same"),
    ("hand_off", "Hand-off: the first becomes the second"),
)
_RULE = "What is expected of both sides. In a hand-off: when the first becomes the second, and what comes with it."


class RewriteForm(forms.Form):
    """The text that both functions sign."""

    kind = forms.ChoiceField(label="How they stand to each other", choices=KINDS, widget=forms.RadioSelect)
    rule = forms.CharField(
        label="The text that both sign", widget=forms.Textarea(attrs={"rows": 4}), max_length=4_000, help_text=_RULE
    )


class OfferForm(RewriteForm):
    """Two words with their functions, and the text."""

    field_order = ("left", "left_function", "kind", "right", "right_function", "rule")
    left = forms.ChoiceField(label="First word")
    left_function = forms.ChoiceField(label="Said by", choices=Function.choices)
    right = forms.ChoiceField(label="Second word")
    right_function = forms.ChoiceField(label="Said by", choices=Function.choices)

    def __init__(self, data: Any, *, viewer: Any, initial: dict[str, Any]) -> None:
        words = [*words_for(viewer=viewer, kind=DefinitionType.TERM), *words_for(viewer=viewer, kind="metric")]
        known = {_name(word): word for word in words}
        start: dict[str, Any] = {"kind": "equal", **initial}
        for side in ("left", "right"):
            word = known.get(str(start.get(side, "")))
            start.setdefault(f"{side}_function", word.content.get("function") if word else "")
        super().__init__(data, initial=start)
        for side in ("left", "right"):
            field = self.fields[side]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101  (declared so)
            field.choices = [("", "Choose"), *((name, word.name) for name, word in known.items())]


def _name(word: Any) -> str:
    return word.key if word.type == DefinitionType.TERM else f"{word.type}:{word.key}"
