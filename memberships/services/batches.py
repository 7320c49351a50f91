"""The rows that micro-batches read, kept as files for a while so that each can be repeated."""

import hashlib
import io
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from django.conf import settings
from django.db import transaction

from memberships.choices import RunKind
from memberships.errors import NotRepeatable
from memberships.models import Run
from memberships.selectors.kept_values import batches_folder
from memberships.services.locks import take_publication_lock

_THINNED_AT_ONCE = 2000


@dataclass(frozen=True)
class KeptBatch:
    """The name of a file of rows, and the SHA-256 (hex) of its bytes."""

    name: str
    digest: str


def write_batch(frame: pl.DataFrame) -> KeptBatch:
    """Write the rows of a batch before its run is committed. The file of a batch that was not committed is removed by
    the next sweep."""
    folder = batches_folder()
    folder.mkdir(parents=True, exist_ok=True)
    name = f"batch-{uuid.uuid4().hex}.parquet"
    part = folder / f"{name}.tmp"
    content = io.BytesIO()
    frame.write_parquet(content, compression="lz4", statistics=False)
    part.write_bytes(content.getbuffer())
    part.rename(folder / name)
    return KeptBatch(name, hashlib.sha256(content.getbuffer()).hexdigest())


def read_batch(run: Run) -> pl.DataFrame:
    """The rows that a micro-batch read, in the columns of a build. Raises NotRepeatable when they are not kept."""
    path = batches_folder() / run.batch_path
    if not run.batch_path or not path.is_file():
        raise NotRepeatable(f"The rows that run {run.pk} read are no longer kept, so it cannot be repeated.")
    return pl.read_parquet(path)


def sweep_batches() -> int:
    """Afterwards only the newest micro-batches have a file, as many as the settings say; the manifests of the others
    tell of the segments that moved alone. How many were thinned out. Refuses: nothing. Announces: nothing."""
    kept = Run.objects.filter(kind=RunKind.MICRO).exclude(batch_path="").order_by("-pk")
    old = list(kept.only("pk", "batch_path", "manifest")[settings.SEGPORTAL_BATCHES_KEPT :][:_THINNED_AT_ONCE])
    gone = [batches_folder() / run.batch_path for run in old]
    for run in old:
        run.batch_path, run.manifest = "", thinned(run.manifest)
    Run.objects.bulk_update(old, ["batch_path", "manifest"], batch_size=200)
    for path in gone:
        path.unlink(missing_ok=True)
    named = set(kept.values_list("batch_path", flat=True))
    for path in batches_folder().glob("batch-*"):
        if path.name.removesuffix(".tmp") not in named and _is_old(path):
            path.unlink(missing_ok=True)
    return len(old)


@transaction.atomic
def forget_batches() -> None:
    """Remove the files of all micro-batches, as after an erasure: they hold what was erased. Refuses: nothing.
    Announces: nothing."""
    # A batch that read before the erasure may write its file after it: such a one is waited for.
    take_publication_lock()
    Run.objects.filter(kind=RunKind.MICRO).exclude(batch_path="").update(batch_path="")
    for path in batches_folder().glob("batch-*"):
        path.unlink(missing_ok=True)


def _is_old(path: Path) -> bool:
    """Whether the batch of the file must have been committed by now, if ever."""
    try:
        return time.time() - path.stat().st_mtime > 60
    except FileNotFoundError:
        return False


def thinned(manifest: dict[str, object]) -> dict[str, object]:
    """A manifest without what only a repetition needs."""
    lines = manifest.get("segments")
    moved = [line for line in lines if line.get("entered") or line.get("left")] if isinstance(lines, list) else []
    return {key: value for key, value in manifest.items() if key != "rules"} | {"segments": moved}
