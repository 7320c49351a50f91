"""The embedded PostgreSQL and Valkey: started, found again, and started again after every kind of violent end."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from segportal import embedded
from segportal.embedded import places
from tests.segportal import embedded_cases as cases
from tests.segportal.embedded_cases import folder_for, run_as, user_kinds


@user_kinds
def test_start__fresh_folder__gives_two_roles_and_a_database_that_knows_unicode(user: str) -> None:
    def scenario() -> None:
        services = cases.start(folder)
        assert cases.one(services.owner_url, "SELECT lower('ÄÖÜ')") == "äöü"
        cases.run(services.owner_url, "CREATE TABLE thing (id bigint GENERATED ALWAYS AS IDENTITY, name text)")
        cases.run(services.app_url, "INSERT INTO thing (name) VALUES ('a')")
        assert cases.one(services.app_url, "SELECT count(*) FROM thing") == 1
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            cases.run(services.app_url, "CREATE TABLE other (id int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            cases.run(services.app_url, "CREATE DATABASE other")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            cases.run(services.owner_url, "CREATE ROLE other")
        cases.run(services.owner_url, "CREATE EXTENSION pg_trgm")
        assert redis.Redis.from_url(services.redis_url).set("a", "1")
        before = cases.postgres_pid(folder), cases.valkey_pid(folder)
        assert cases.start(folder) == services
        assert before == (cases.postgres_pid(folder), cases.valkey_pid(folder))
        services.stop()
        assert not embedded.is_running(folder, broker=False)
        assert not embedded.is_running(folder, database=False)

    with folder_for(user) as folder:
        run_as(user, scenario)


def test_test_database__made_by_the_owner__gives_the_application_the_same_rights() -> None:
    with folder_for("ordinary") as folder:

        def scenario() -> None:
            services = cases.start(folder)
            cases.run(services.owner_url, "CREATE DATABASE test_segportal")
            cases.run(embedded.database_url(folder, role="owner", name="test_segportal"), "CREATE TABLE thing (id int)")
            app = embedded.database_url(folder, role="app", name="test_segportal")
            cases.run(app, "INSERT INTO thing VALUES (1)")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                cases.run(app, "TRUNCATE thing")

        run_as("ordinary", scenario)


@user_kinds
def test_start__servers_were_killed__finds_all_data_again(user: str) -> None:
    def scenario() -> None:
        services = cases.start(folder, fast_unsafe=False)
        cases.run(services.owner_url, "CREATE TABLE thing AS SELECT 7 AS id")
        redis.Redis.from_url(services.redis_url).set("kept", "yes")
        busy = psycopg.connect(services.owner_url)
        busy.execute("SELECT 1")
        cases.kill(cases.postgres_pid(folder))
        cases.kill(cases.valkey_pid(folder))
        assert places.places_of(folder).postgres_socket.exists(), "nothing was left behind, so nothing is tested"
        cases.start(folder, fast_unsafe=False)
        busy.close()
        assert cases.one(services.app_url, "SELECT count(*) FROM pg_tables WHERE tablename = 'thing'") == 1
        assert redis.Redis.from_url(services.redis_url).get("kept") == b"yes"

    with folder_for(user) as folder:
        run_as(user, scenario)


@user_kinds
def test_start__numbers_of_killed_servers_belong_to_others_now__starts_and_leaves_them_alone(user: str) -> None:
    def scenario() -> None:
        services = cases.start(folder)
        spots = places.places_of(folder)
        cases.kill(cases.postgres_pid(folder))
        cases.kill(cases.valkey_pid(folder))
        with cases.bystander() as other:
            rest = (spots.postgres_data / "postmaster.pid").read_text().split("\n", 1)[1]
            (spots.postgres_data / "postmaster.pid").write_text(f"{other}\n{rest}")
            (spots.postgres_sockets / ".s.PGSQL.5432.lock").write_text(f"{other}\n{rest}")
            (spots.valkey_data / "valkey.pid").write_text(f"{other}\n")
            cases.start(folder)
            assert cases.one(services.app_url, "SELECT 1") == 1
            assert redis.Redis.from_url(services.redis_url).ping()
            embedded.stop(folder)

    with folder_for(user) as folder:
        run_as(user, scenario)


@user_kinds
def test_start__parent_was_killed__keeps_its_servers_and_stops_them(user: str) -> None:
    def parent() -> None:
        cases.start(folder)
        os.kill(os.getpid(), signal.SIGKILL)

    def scenario() -> None:
        before = cases.postgres_pid(folder), cases.valkey_pid(folder)
        services = cases.start(folder)
        assert before == (cases.postgres_pid(folder), cases.valkey_pid(folder))
        services.stop()
        for pid in before:
            assert cases.processes.command_of(pid) == ""

    with folder_for(user) as folder:
        run_as(user, parent)
        run_as(user, scenario)


@user_kinds
def test_start__locale_that_the_machine_lacks__works(user: str) -> None:
    def scenario() -> None:
        os.environ.update(LANG="de_DE.UTF-8", LC_ALL="xx", PGPORT="1", PGDATA="/nowhere", PGOPTIONS="")
        services = cases.start(folder)
        assert cases.one(services.app_url, "SELECT upper('ärger')") == "ÄRGER"

    with folder_for(user) as folder:
        run_as(user, scenario)


def test_start__creation_was_interrupted__begins_anew() -> None:
    with folder_for("ordinary") as folder:

        def scenario() -> None:
            half = folder / "postgres.new"
            half.mkdir(parents=True, mode=0o700)
            (half / "PG_VERSION").write_text("18\n")
            assert cases.one(cases.start(folder).app_url, "SELECT 1") == 1

        run_as("ordinary", scenario)


@user_kinds
def test_start__folder_renamed_while_running__has_one_server_for_each_and_all_data(user: str) -> None:
    with folder_for(user) as folder:
        former = folder.with_name("former")

        def scenario() -> None:
            cases.run(cases.start(former).owner_url, "CREATE TABLE thing AS SELECT 7 AS id")
            before = {cases.postgres_pid(former), cases.valkey_pid(former)}
            former.rename(folder)
            services = cases.start(folder)
            assert cases.one(services.owner_url, "SELECT id FROM thing") == 7
            assert redis.Redis.from_url(services.redis_url).ping()
            for pid in before - {cases.postgres_pid(folder), cases.valkey_pid(folder)}:
                assert cases.processes.command_of(pid) == "", "two servers would write to the same files"
            shutil.rmtree(places.short_folder(former), ignore_errors=True)

        run_as(user, scenario)


def test_start__two_at_once__share_one_pair() -> None:
    with folder_for("ordinary") as folder:

        def scenario() -> None:
            child = os.fork()
            if child == 0:
                cases.start(folder)
                os._exit(0)
            services = cases.start(folder)
            assert os.waitpid(child, 0)[1] == 0
            assert cases.one(services.app_url, "SELECT 1") == 1
            name = f"cluster_name=segportal-{(folder / 'postgres').stat().st_ino}"
            assert len(cases.processes.pids_by_command(name)) == 1

        run_as("ordinary", scenario)


def test_stop__nothing_runs__is_fine(tmp_path: Path) -> None:
    embedded.stop(tmp_path / "absent")
    (tmp_path / "empty").mkdir()
    embedded.stop(tmp_path / "empty")


def test_stop__transaction_open__does_not_wait_for_it() -> None:
    with folder_for("ordinary") as folder:

        def scenario() -> None:
            services = cases.start(folder)
            idle = psycopg.connect(services.owner_url)
            idle.execute("SELECT 1")
            begun = time.monotonic()
            services.stop()
            assert time.monotonic() - begun < 5
            idle.close()

        run_as("ordinary", scenario)


def test_start__written_by_another_version__refuses_and_leaves_the_data() -> None:
    with folder_for("ordinary") as folder:

        def scenario() -> None:
            cases.start(folder).stop()
            version = folder / "postgres" / "PG_VERSION"
            version.write_text("17\n")
            with pytest.raises(embedded.EmbeddedServiceError, match="written by PostgreSQL 17, and this is"):
                cases.start(folder)
            version.write_text("18\n")

        run_as("ordinary", scenario)


def test_start__server_cannot_start__says_why_and_leaves_nothing_running() -> None:
    with folder_for("ordinary") as folder:

        def scenario() -> None:
            cases.start(folder).stop()
            (folder / "postgres" / "postgresql.conf").write_text("no such setting = 1\n")
            with pytest.raises(embedded.EmbeddedServiceError, match="syntax error in file"):
                cases.start(folder)
            assert not embedded.is_running(folder, broker=False)
            assert not embedded.is_running(folder, database=False)

        run_as("ordinary", scenario)


def test_programs__of_the_embedded_database__dump_and_restore_it() -> None:
    with folder_for("root" if cases.IS_ROOT else "ordinary") as folder:

        def program(*words: str) -> str:
            command = [sys.executable, "-m", "segportal.embedded", *words]
            env = os.environ | {"DATA_DIR": str(folder)}
            done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, cwd=cases.ROOT)
            return done.stdout + done.stderr

        assert "No database runs on" in program("psql", "-c", "SELECT 1")
        services = cases.start(folder)
        cases.run(services.owner_url, "CREATE TABLE thing AS SELECT 7 AS id")
        dump = folder / "portal.dump"
        assert program("pg_dump", "--format=custom", f"--file={dump}") == ""
        cases.run(services.owner_url, "DROP TABLE thing")
        assert program("pg_restore", "--dbname=segportal", str(dump)) == ""
        assert cases.one(services.app_url, "SELECT id FROM thing") == 7
        assert "usage" in program("initdb")
