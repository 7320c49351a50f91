"""What the import linter cannot see: the storeys hold for tables too, doors stay thin, routes lead somewhere."""

import ast
import re
from pathlib import Path

import pytest
from celery import current_app
from django.apps import apps
from django.conf import settings
from django.utils.module_loading import import_string

from common.events import Event
from ledger.sentences import all_kinds, sentences

ROOT = Path(__file__).resolve().parent.parent.parent
STOREYS = ("common", "ledger", "accounts", "notifications", "safeguards", "customers", "taxonomy", "memberships",
           "aims", "playbooks", "training", "reviews", "activation", "stewardship", "meetings", "insights",
           "segportal")  # fmt: skip
OURS = [config for config in apps.get_app_configs() if config.name in STOREYS]
DOORS = ("web", "api", "tasks.py")
WRITES = {"save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
# Doors that only keep the protocol's own state: stored answers, purges.
ALLOWED_WRITERS = {"segportal/web/idempotency.py", "segportal/tasks.py"}


def sources(*parts: str) -> list[Path]:
    return [
        path
        for config in OURS
        for part in parts
        for path in sorted((ROOT / config.name).glob(f"{part}/**/*.py" if not part.endswith(".py") else part))
        if "migrations" not in path.parts
    ]


@pytest.mark.parametrize("model", [m for config in OURS for m in config.get_models()], ids=lambda m: m._meta.label)
def test_foreign_keys__of_every_model__point_down(model: type) -> None:
    own = STOREYS.index(model._meta.app_label)
    for field in model._meta.get_fields():
        target = getattr(field, "related_model", None)
        if target is None or field.auto_created or target._meta.app_label not in STOREYS:
            continue
        assert STOREYS.index(target._meta.app_label) <= own, f"{model._meta.label}.{field.name} points up"


@pytest.mark.parametrize("path", sources(*DOORS), ids=lambda path: str(path.relative_to(ROOT)))
def test_doors__pages_endpoints_and_tasks__write_no_rows(path: Path) -> None:
    if str(path.relative_to(ROOT)) in ALLOWED_WRITERS:
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            receiver = ast.unparse(node.func.value)
            assert ".objects" not in receiver, f"{path.name}:{node.lineno} writes rows: {ast.unparse(node)[:80]}"


@pytest.mark.parametrize("path", sources("**/*.py"), ids=lambda path: str(path.relative_to(ROOT)))
def test_modules__everywhere__use_no_signals_and_no_save_overrides(path: Path) -> None:
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.module != "django.db.models.signals", f"{path} uses signals"
            assert node.module != "django.dispatch", f"{path} uses signals"
        if isinstance(node, ast.ClassDef) and "models" in path.parts:
            methods = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
            assert not methods & {"save", "delete"}, f"{path}: {node.name} overrides save or delete"


def test_routes__every_event_and_task__exist() -> None:
    for config in OURS:
        if (ROOT / config.name / "tasks.py").exists():
            __import__(f"{config.name}.tasks")
    known = {kind.name for kind in all_kinds(Event)} or set(sentences())
    known |= set(sentences())
    for event, tasks in import_string(settings.EVENT_ROUTES).items():
        assert event in known, f"{event} is announced by nobody"
        for task in tasks:
            assert task in current_app.tasks, f"{task} does not exist"


def test_schedule__every_task__exists() -> None:
    for config in OURS:
        if (ROOT / config.name / "tasks.py").exists():
            __import__(f"{config.name}.tasks")
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["task"] in current_app.tasks


def test_wiring__every_provider__exists() -> None:
    wiring = __import__(settings.WIRING, fromlist=["*"])
    for kind in [name for name in vars(wiring) if name.isupper()]:
        for name in getattr(wiring, kind):
            assert callable(import_string(name)), name


def test_events__every_kind__has_a_sentence_that_its_fields_fill() -> None:
    import dataclasses
    import string

    sentences()
    for kind in all_kinds(Event):
        if kind.__module__.startswith("tests"):
            continue
        fields = {field.name for field in dataclasses.fields(kind)}
        used = {name for _, name, _, _ in string.Formatter().parse(kind.sentence) if name}
        assert kind.sentence, f"{kind.name} has no sentence"
        assert {name.split(".")[0].split("[")[0] for name in used} <= fields, kind.name


def test_events__documented__all_of_them() -> None:
    sentences()
    written = (ROOT / "docs" / "events.md").read_text()
    missing = [
        k.name for k in all_kinds(Event) if not k.__module__.startswith("tests") and f"`{k.name}`" not in written
    ]
    assert not missing, f"docs/events.md lacks {missing}; run scripts/events.py"


def test_templates__with_a_form__are_never_included_without_the_context_that_holds_its_token() -> None:
    folder = ROOT / "templates"
    texts = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.html")}
    forms = {name for name, text in texts.items() if "{% csrf_token %}" in text}
    alone = {
        (name, found)
        for name, text in texts.items()
        for found in re.findall(r'\{% include "([^"]+)"[^%]* only %\}', text)
        if found in forms
    }
    assert forms and alone == set()
