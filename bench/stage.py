"""A portal of its own for the benchmarks: servers in a temporary folder, tables, people; gone afterwards."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any


@contextmanager
def portal() -> Iterator[Path]:
    """Servers and tables, and Django set up on them; everything is removed at the end."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "segportal.settings.test"
    folder = Path(tempfile.mkdtemp(prefix="segportal-bench-"))
    os.environ["DATA_DIR"] = str(folder)
    from segportal import embedded

    os.environ["DATABASE_URL"] = embedded.database_url(folder, role="owner")
    os.environ["LOG_LEVEL"] = "ERROR"
    os.environ["ALLOWED_HOSTS"] = "testserver"
    embedded.start(folder, log=lambda line: None)
    try:
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        _without_boards()
        yield folder
    finally:
        from django.db import connections

        connections.close_all()
        embedded.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _without_boards() -> None:
    """Segments are set up by the hundred here, without requests: the guards that ask for one stand aside."""
    from importlib import import_module

    from django.db import connection

    with connection.cursor() as cursor:
        for table in import_module("segportal.migrations.0001_consent_of_versions").TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER segportal_consent")


def people() -> SimpleNamespace:
    """A steward and an owner."""
    from accounts.choices import Role
    from accounts.services import create_user
    from common.actors import SYSTEM

    made = {
        name: create_user(actor=SYSTEM, username=name, display_name=name.capitalize(), roles=[(role, "")])
        for name, role in (("steward", Role.STEWARD), ("owner", Role.OWNER))
    }
    return SimpleNamespace(**made)


def catalogue(steward: Any) -> None:
    """The forty attributes."""
    from bench import generated
    from customers.services.attributes import define_attribute

    for key, (kind, dimension) in generated.attribute_kinds().items():
        content: dict[str, Any] = {
            "label": key.replace("_", " ").capitalize(),
            "type": kind,
            "dimension": dimension,
            "sensitivity": "internal",
        }
        if kind == "enum":
            content["choices"] = generated.CHOICES[key][1]
        define_attribute(actor=steward, key=key, content=content)


def segments(texts: list[str]) -> None:
    """One segment for each rule, in force."""
    from common.actors import SYSTEM
    from taxonomy.services.enactment import enact_version

    for number, text in enumerate(texts):
        enact_version(
            actor=SYSTEM,
            kind="create",
            segment_key=f"segment-{number:03}",
            content={
                "tier": "segment",
                "parent": None,
                "name": f"Generated segment {number:03}",
                "meaning": "Made up for the benchmark.",
                "rule": text,
                "objective": None,
                "owners": {"data": "steward", "definition": "owner", "outcome": "owner"},
            },
            rationale="Made up for the benchmark.",
            expected_outcome="",
            base_version=None,
            request_ref="benchmark",
        )


def build(frame: Any) -> Path:
    """The frame as a finished profile build, as the customers' storey would have written it; its file."""
    from common.clock import now
    from customers.models import ProfileBuild
    from customers.rows.coded_sets import with_codes
    from customers.rows.frames import ROW_GROUP
    from customers.selectors import attribute_facts, builds_folder
    from customers.services.locks import settled_watermark
    from customers.stages import Asked, grounds_of

    path = builds_folder() / "base-generated.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    asked = Asked(attribute_facts(), now())
    with_codes(frame, asked.schema).write_parquet(path, compression="zstd", row_group_size=ROW_GROUP)
    watermark = settled_watermark()
    ProfileBuild.objects.create(
        number=1,
        kind="base",
        as_of=asked.as_of,
        watermark=watermark,
        base_watermark=watermark,
        row_count=frame.height,
        alive_count=frame.height,
        base_path=path.name,
        schema=asked.schema,
        lineage={"grounds": grounds_of(asked, None)},
        digest="0" * 64,
        created_at=now(),
    )
    return path
