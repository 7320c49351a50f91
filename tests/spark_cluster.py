"""A standalone Spark in this machine: a master and two workers on the loopback, gone afterwards."""

import os
import shutil
import socket
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

_SECONDS = 60


def java() -> str:
    """The path of Java. Skips the test, loudly, where Java or Spark are missing."""
    found = shutil.which("java") or shutil.which(os.environ.get("JAVA_HOME", "/nonexistent") + "/bin/java")
    if found is None or find_spec("pyspark") is None:
        message = "There is no Java or no Spark here: THE TESTS OF SPARK SQL DID NOT RUN. See scripts/spark.sh."
        warnings.warn(message, stacklevel=1)
        pytest.skip(message)
    return found


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """The address of a master that has two workers of one core each."""
    program, port = java(), _free_port()
    url = f"spark://127.0.0.1:{port}"
    master = ["deploy.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]
    worker = ["deploy.worker.Worker", "--host", "127.0.0.1", "--cores", "1", "--memory", "700m", "--webui-port", "0"]
    started: list[subprocess.Popen[bytes]] = []
    try:
        started.append(_start(program, folder / "master", master))
        _until_listening(port, started[0])
        for number in (1, 2):
            place = folder / f"worker-{number}"
            started.append(_start(program, place, [*worker, "--work-dir", str(place / "work"), url]))
        yield url
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait(20)


def _start(program: str, folder: Path, arguments: list[str]) -> subprocess.Popen[bytes]:
    import pyspark

    folder.mkdir(parents=True)
    home = Path(pyspark.__file__).parent
    name, *rest = arguments
    options = ["-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
    # What Spark opens of Java for itself; its own launcher would add it.
    opened = ["java.base/java.lang", "java.base/java.nio", "java.base/sun.nio.ch", "java.base/java.util"]
    for module in opened:
        options.append(f"--add-opens={module}=ALL-UNNAMED")
    # Without the version of Scala a worker looks for a source tree to start its executors from.
    places = {"SPARK_HOME": str(home), "SPARK_LOCAL_DIRS": str(folder), "SPARK_SCALA_VERSION": "2.13"}
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [program, *options, "-cp", f"{home}/jars/*", f"org.apache.spark.{name}", *rest],
            env={**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", **places},
            stdout=log,
            stderr=log,
        )


def _until_listening(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _SECONDS
    while process.poll() is None and time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"Spark's master did not start, status {process.poll()}.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
