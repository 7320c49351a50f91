"""Checks the shape of structured documents: sections of text, lists of lines, lists of rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from common.errors import Invalid
from common.texts import clean_text

MOST_ITEMS = 60


class Shape:
    """Collects what is wrong with a document while its parts are read; `refuse()` raises all of it at once."""

    def __init__(self, document: Any, known: Sequence[str]) -> None:
        if not isinstance(document, Mapping):
            raise Invalid("This must be an object.", code="wrong_type", pointer="")
        self._document = document
        self._errors: list[dict[str, Any]] = [
            {
                "code": "unknown_field",
                "detail": f"There is no such section. Known: {', '.join(known)}.",
                "pointer": f"/{name}",
            }
            for name in document
            if name not in known
        ]

    def add(self, pointer: str, detail: str, code: str = "invalid") -> None:
        """Note a fault."""
        self._errors.append({"code": code, "detail": detail, "pointer": pointer})

    def _clean(self, value: Any, pointer: str, max_length: int, *, required: bool, lines: bool) -> str:
        try:
            return clean_text(value, pointer=pointer, max_length=max_length, required=required, lines=lines)
        except Invalid as error:
            self._errors.extend(error.errors)
            return ""

    def text(self, name: str, *, max_length: int = 20_000, required: bool = True, lines: bool = True) -> str:
        """A section of text (Markdown where `lines`)."""
        return self._clean(self._document.get(name), f"/{name}", max_length, required=required, lines=lines)

    def _items(self, name: str) -> list[Any]:
        value = self._document.get(name) or []
        if not isinstance(value, list):
            self.add(f"/{name}", "This must be a list.", "wrong_type")
            return []
        if len(value) > MOST_ITEMS:
            self.add(f"/{name}", f"At most {MOST_ITEMS} entries; this has {len(value)}.", "too_many")
        return value[:MOST_ITEMS]

    def lines(self, name: str, *, max_length: int = 500) -> list[str]:
        """A list of short texts."""
        return [
            self._clean(item, f"/{name}/{place}", max_length, required=True, lines=False)
            for place, item in enumerate(self._items(name))
        ]

    def rows(
        self, name: str, columns: Sequence[str], *, max_length: int = 2_000, optional: Sequence[str] = ()
    ) -> list[dict[str, str]]:
        """A list of objects with exactly these text columns; those named `optional` may be empty or left out."""
        found: list[dict[str, str]] = []
        for place, item in enumerate(self._items(name)):
            pointer = f"/{name}/{place}"
            if not isinstance(item, Mapping) or set(item) - set(columns):
                self.add(pointer, f"Each entry has the fields {', '.join(columns)} and no others.", "wrong_shape")
                continue
            found.append(
                {
                    column: self._clean(
                        item.get(column),
                        f"{pointer}/{column}",
                        max_length,
                        required=column not in optional,
                        lines=True,
                    )
                    for column in columns
                }
            )
        return found

    def refuse(self, detail: str) -> None:
        """Raise `Invalid` with every fault found, if any."""
        if self._errors:
            raise Invalid(detail, code="wrong_content", errors=self._errors)
