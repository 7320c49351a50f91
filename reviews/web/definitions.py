"""Forms that write governed words: terms, metrics, guidelines; how one is put away or taken back."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from accounts.choices import Function
from accounts.selectors import people
from customers.selectors import sources_for
from reviews.web.forms import Content, ProposalForm
from taxonomy.content import NEEDS_REASON
from taxonomy.selectors.definitions import words_for

_LINES = ("abbreviations", "avoid", "examples", "related", "sources")


def _area(label: str, rows: int, help_text: str = "", *, required: bool = False) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, widget=widget, required=required, help_text=help_text, max_length=20_000)


class WordForm(ProposalForm):
    """What terms and metrics have in common; a new word has a key as well."""

    key = forms.CharField(
        label="Key",
        max_length=63,
        help_text="Small letters, digits, - and _. It stays for good and appears in addresses.",
    )
    name = forms.CharField(label="Name", max_length=120, help_text="The one way to say it that everybody shares.")
    definition = _area("Definition", 4, "Markdown. What it is, in words that a newcomer knows.", required=True)
    owner = forms.ChoiceField(label="Owner", required=False, help_text="Who answers for what it means.")
    function = forms.ChoiceField(label="Function", required=False, choices=[("", "None"), *Function.choices])
    synonyms = _area("Synonyms by team", 3, "One per line, the team after a colon: prospect: Inside sales")
    abbreviations = _area("Abbreviations", 2, "One per line.")
    avoid = _area("Words to avoid", 2, "One per line. Whoever writes one of them is told to say this word instead.")
    related = _area("Related terms", 2, "One key per line, as in the address of their pages.")

    def __init__(self, *args: Any, is_new: bool = False, own_key: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.limit("owner", [("", "Nobody"), *((person.get_username(), str(person)) for person in people())])
        if not is_new:
            del self.fields["key"]

    def initial_of(self, content: Content) -> Content:
        lists = {name: "\n".join(content.get(name) or []) for name in _LINES}
        return {**content, **lists, "synonyms": synonyms_text(content.get("synonyms") or [])}

    def content(self) -> Content:
        given = self.cleaned_data
        found: Content = {name: given[name] for name in ("name", "definition", "function")}
        lists = {name: _lines(given[name]) for name in _LINES if name in given}
        return {**found, **lists, "owner": given["owner"] or None, "synonyms": synonyms_from(given["synonyms"])}


class TermForm(WordForm):
    """A term of the glossary."""

    examples = _area("Examples", 3, "One per line: what it is, and what it is not.")
    field_order = ("name", "key", "definition", "examples", "owner", "function", "synonyms", "abbreviations", "avoid")


class MetricForm(WordForm):
    """The one definition of a metric."""

    unit = forms.CharField(label="Unit", max_length=120, required=False)
    window = forms.CharField(label="Window", max_length=120, required=False, help_text="For example: the last 90 days.")
    grain = forms.CharField(label="Counted per", max_length=120, required=False, help_text="For example: household.")
    formula = _area("Formula in words", 3, "What is divided by what, and what is left out.")
    sources = forms.MultipleChoiceField(label="Sources", required=False, widget=forms.CheckboxSelectMultiple)
    field_order = ("name", "key", "definition", "unit", "window", "grain", "formula", "sources", "owner", "function")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.limit("sources", [(row.key, row.name) for row in sources_for(viewer=self.viewer)])

    def initial_of(self, content: Content) -> Content:
        return {**super().initial_of(content), "sources": content.get("sources") or []}

    def content(self) -> Content:
        given = self.cleaned_data
        more = {name: given[name] for name in ("unit", "window", "grain", "formula")}
        return {**super().content(), **more, "sources": list(given["sources"])}


class GuidelineForm(ProposalForm):
    """The ethics guideline with its questions."""

    key = forms.CharField(label="Key", max_length=63, help_text="It stays for good and appears in addresses.")
    name = forms.CharField(label="Name", max_length=120)
    text = _area("Text", 8, "Markdown. What must not happen to customers, and why.", required=True)
    questions = _area(
        "Questions",
        8,
        "One per line as key: question, and after a bar when the answer needs a reason: yes, no, always or never. "
        "For example: exclusion: Does it keep anybody from an offer they need? | yes",
    )
    owner = forms.ChoiceField(label="Owner", required=False)
    field_order = ("name", "key", "text", "questions", "owner")

    def __init__(self, *args: Any, is_new: bool = False, own_key: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.limit("owner", [("", "Nobody"), *((person.get_username(), str(person)) for person in people())])
        if not is_new:
            del self.fields["key"]

    def initial_of(self, content: Content) -> Content:
        rows = content.get("questions") or []
        lines = (f"{row['key']}: {row['text']} | {row['needs_reason_when']}" for row in rows)
        return {**content, "questions": "\n".join(lines)}

    def content(self) -> Content:
        given = self.cleaned_data
        questions = [_question(line) for line in _lines(given["questions"])]
        return {"name": given["name"], "text": given["text"], "owner": given["owner"] or None, "questions": questions}


class PutAwayForm(ProposalForm):
    """How a governed word goes: step by step, or at once."""

    stage = forms.ChoiceField(
        label="How",
        choices=[
            ("deprecated", "Deprecate: texts that stand may keep it, new ones are told of its successor"),
            ("retired", "Retire: it counts no more"),
        ],
        widget=forms.RadioSelect,
        initial="deprecated",
    )
    successor = forms.ChoiceField(label="Successor", required=False, help_text="What to say instead.")
    field_order = ("stage", "successor")

    word_type = "term"

    def __init__(self, *args: Any, own_key: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        words = words_for(viewer=self.viewer, kind=self.word_type)
        others = [(word.key, word.name) for word in words if word.key != own_key and word.status == "active"]
        self.limit("successor", [("", "None"), *others])

    def content(self) -> Content:
        return {"successor": self.cleaned_data["successor"] or None}


class MetricPutAwayForm(PutAwayForm):
    """How a metric goes."""

    word_type = "metric"


class GuidelinePutAwayForm(PutAwayForm):
    """How a guideline goes."""

    word_type = "guideline"


PUT_AWAY_FORMS: dict[str, type[ProposalForm]] = {
    "term": PutAwayForm,
    "metric": MetricPutAwayForm,
    "guideline": GuidelinePutAwayForm,
}


class TakeBackForm(ProposalForm):
    """The earlier version that shall count again."""

    version = forms.IntegerField(label="Version to go back to", min_value=1, max_value=1_000_000)
    field_order = ("version",)

    def content(self) -> Content:
        return {"version": self.cleaned_data["version"]}


def synonyms_text(rows: Sequence[Mapping[str, str]]) -> str:
    """Synonyms as lines: `word: team`."""
    return "\n".join(f"{row['word']}: {row['team']}" if row.get("team") else row["word"] for row in rows)


def synonyms_from(text: str) -> list[dict[str, str]]:
    """The synonyms that the lines mean."""
    pairs = (line.partition(":") for line in _lines(text))
    return [{"word": word.strip(), "team": team.strip()} for word, _, team in pairs]


def _question(line: str) -> dict[str, str]:
    words, bar, need = line.rpartition("|")
    if not bar or need.strip().lower() not in NEEDS_REASON:
        words, need = line, "yes"
    key, colon, text = words.partition(":")
    row = {"text": (text if colon else words).strip(), "needs_reason_when": need.strip().lower()}
    return {"key": key.strip(), **row} if colon else row


def _lines(value: Any) -> list[str]:
    if isinstance(value, list):
        return value
    return [line.strip() for line in str(value).splitlines() if line.strip()]
