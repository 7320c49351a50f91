"""Reading profile builds: the newest one, and its rows as a lazy frame."""

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Max

from customers.choices import BuildState
from customers.errors import NoSuchBuild
from customers.models import Customer, ProfileBuild

if TYPE_CHECKING:
    import polars as pl

    from customers.rows.coded_sets import SetCodes


def builds_folder() -> Path:
    """The folder of the build files, beside that of the uploads."""
    return Path(settings.MEDIA_ROOT).parent / "builds"


def newest_build() -> ProfileBuild | None:
    """The newest build whose files are here, if any."""
    ready = ProfileBuild.objects.filter(state=BuildState.READY).exclude(kind="history")
    return ready.order_by("-number").first()


def build_by_id(build_id: int) -> ProfileBuild:
    """The build, ready or expired."""
    found = ProfileBuild.objects.filter(pk=build_id).first()
    if found is None:
        raise NoSuchBuild("There is no such profile build.")
    return found


def build_files(build: ProfileBuild) -> list[Path]:
    """The files of a build: base, and overlay if it has one."""
    return [builds_folder() / name for name in (build.base_path, build.overlay_path) if name]


def newest_change() -> int:
    """The largest `changed_seq` that is committed; 0 without customers."""
    return Customer.objects.aggregate(newest=Max("changed_seq"))["newest"] or 0


def scan_build(build_id: int) -> "pl.LazyFrame":
    """Rows 0..N-1 of a build in ordinal order: `ordinal`, `alive`, `external_id` and one column per attribute.

    Types: number Float64, text and enum Categorical, boolean Boolean, date Date, timestamp Datetime("us", "UTC"), set
    List(String). Never to be collected in a process that forks afterwards. Refuses: `NoSuchBuild` when its files are
    gone.
    """
    # Not on top: a parent process that has loaded and used Polars makes its forked children hang.
    from customers.rows.frames import build_columns, scan_files

    build = build_by_id(build_id)
    return scan_files(*_readable(build)).select(*build_columns(build.schema))


def scan_coded(build_id: int) -> "tuple[pl.LazyFrame, SetCodes]":
    """The same with each set a second time as a category, and what asks CONTAINS of these (see `taxonomy.compiler`)."""
    from customers.rows.coded_sets import SetCodes
    from customers.rows.frames import scan_files

    build = build_by_id(build_id)
    files = _readable(build)
    return scan_files(*files), SetCodes(files, [key for key, kind in build.schema.items() if kind == "set"])


def _readable(build: ProfileBuild) -> list[Path]:
    files = build_files(build)
    if build.state != BuildState.READY or not all(path.is_file() for path in files):
        raise NoSuchBuild(f"The files of profile build {build.number} are gone; request a run to make a new one.")
    return files
