"""The differences of an operation on several segments: for each of them what becomes of it."""

from typing import Protocol

from reviews.choices import Kind
from reviews.subjects.base import Content, Difference
from reviews.subjects.regrouping_content import plan_of
from taxonomy import selectors as taxonomy


class _Differing(Protocol):
    def difference(self, kind: str, key: str, old: Content | None, new: Content) -> list[Difference]: ...


def regrouping_differences(kind: str, key: str, content: Content, subject: _Differing) -> list[Difference]:
    """Segment by segment: born, changed field by field, or gone."""
    plan = plan_of(kind, key, content)
    found: list[Difference] = []
    for step in plan.steps:
        live = taxonomy.live_content(step.key) if step.base_version is not None else None
        as_kind = Kind.CHANGE if live else Kind.CREATE
        parts = subject.difference(as_kind, step.key, dict(live.content) if live else None, step.content)
        name = str(step.content.get("name") or step.key)
        found += [_about(step.key, name, each) for each in parts]
    names = taxonomy.headings(row.key for row in plan.leaving)
    for row in plan.leaving:
        heading = names.get(row.key)
        told = f"retired, succeeded by {row.successor}" if row.successor else "retired; its parts take its place"
        found.append(Difference(f"{row.key}.status", heading.name if heading else row.key, "changed", "in use", told))
    return found


def _about(key: str, name: str, item: Difference) -> Difference:
    return Difference(
        f"{key}.{item.field}",
        f"{name}: {item.label.lower()}",
        item.kind,
        item.old,
        item.new,
        item.form,
        item.old_text,
        item.new_text,
    )
