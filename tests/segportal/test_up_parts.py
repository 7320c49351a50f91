"""The parts of `up`: its lock, its address, the processes it keeps, and their end, however it comes."""

import io
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from segportal.embedded import processes
from segportal.launch.address import AddressProblem, address_from
from segportal.launch.children import Child, Program, end_orphans, mark
from segportal.launch.keeper import GaveUp, Keeper
from segportal.launch.lock import RunsAlready, UpLock
from segportal.launch.steps import Interrupted, StepFailed, finish
from segportal.launch.terminal import Terminal

SLEEPS = "import time; time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def begin(folder: Path, code: str, **options: object) -> Child:
    return Child(Program("thing", ("-c", code), **options), data_dir=folder, base_dir=folder)  # type: ignore[arg-type]


def never() -> bool:
    return False


def wait_for(condition: object, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_lock__held_by_another_process__refuses_and_names_it(tmp_path: Path) -> None:
    holder = os.fork()
    if holder == 0:
        lock = UpLock(tmp_path)
        lock.take(address="http://127.0.0.1:8000/")
        time.sleep(60)
        os._exit(0)
    try:
        wait_for(lambda: (tmp_path / "up.lock").exists() and "http" in (tmp_path / "up.lock").read_text())
        with pytest.raises(RunsAlready, match=rf"process {holder}, http://127.0.0.1:8000/.*[\s\S]*kill {holder}"):
            UpLock(tmp_path).take(address="http://127.0.0.1:9000/")
    finally:
        os.kill(holder, signal.SIGKILL)
        os.waitpid(holder, 0)
    next_one = UpLock(tmp_path)
    next_one.take(address="http://127.0.0.1:9000/")
    next_one.release()


def test_lock__holder_is_stopping__waits_for_it(tmp_path: Path) -> None:
    holder = os.fork()
    if holder == 0:
        lock = UpLock(tmp_path)
        lock.take(address="x")
        lock.say_stopping()
        time.sleep(0.5)
        os._exit(0)
    wait_for(lambda: (tmp_path / "up.lock").exists() and "stopping" in (tmp_path / "up.lock").read_text())
    next_one = UpLock(tmp_path)
    next_one.take(address="y")
    next_one.release()
    assert (tmp_path / "up.lock").read_text() == f"{os.getpid()} y\n"
    os.waitpid(holder, 0)


def test_address__port_in_use__is_refused_with_another_port_to_try() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AddressProblem, match=rf"Port {port} .* is in use .*[\s\S]*PORT={port + 1} make run"):
            address_from("127.0.0.1", str(port)).require_free()
    address_from("127.0.0.1", str(port)).require_free()


@pytest.mark.parametrize("port", ["", "http", "0", "70000", "-1"])
def test_address__no_port_number__is_refused(port: str) -> None:
    with pytest.raises(AddressProblem, match="not a port number"):
        address_from("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "bind", "url"),
    [
        ("127.0.0.1", "127.0.0.1:8000", "http://127.0.0.1:8000/"),
        ("0.0.0.0", "0.0.0.0:8000", "http://127.0.0.1:8000/"),  # noqa: S104
        ("::1", "[::1]:8000", "http://[::1]:8000/"),
        ("::", "[::]:8000", "http://[::1]:8000/"),
    ],
)
def test_address__any_host__gives_what_to_bind_and_what_to_open(host: str, bind: str, url: str) -> None:
    address = address_from(host, "8000")
    assert (address.bind, address.url) == (bind, url)


def test_child__asked_to_end__ends_with_its_own_children(tmp_path: Path) -> None:
    begin_another = f"subprocess.Popen([sys.executable, '-c', {SLEEPS!r}]).pid"
    code = f"import subprocess, sys; print({begin_another}, flush=True); {SLEEPS}"
    child = begin(tmp_path, code)
    wait_for(lambda: child.log_file.read_text().endswith("\n"))
    other = int(child.log_file.read_text())
    assert processes.is_running(other)
    child.end(never)
    assert child.result() == -signal.SIGTERM
    assert processes.wait_until_gone(other, 5)


def test_child__does_not_listen__is_killed_after_its_time(tmp_path: Path) -> None:
    child = begin(tmp_path, STUBBORN, stop=((signal.SIGTERM, 0.3),))
    wait_for(lambda: "up" in child.log_file.read_text())
    child.end(never)
    assert child.result() == -signal.SIGKILL


def test_child__second_ctrl_c__is_killed_at_once(tmp_path: Path) -> None:
    child = begin(tmp_path, STUBBORN, stop=((signal.SIGTERM, 30.0),))
    wait_for(lambda: "up" in child.log_file.read_text())
    begun = time.monotonic()
    child.end(lambda: True)
    assert time.monotonic() - begun < 2


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's death")
def test_child__parent_killed__ends_too(tmp_path: Path) -> None:
    parent = os.fork()
    if parent == 0:
        child = begin(tmp_path, SLEEPS)
        (tmp_path / "pid").write_text(str(child._process.pid))
        (tmp_path / "pid").rename(tmp_path / "ready")
        time.sleep(60)
        os._exit(0)
    wait_for((tmp_path / "ready").exists)
    pid = int((tmp_path / "ready").read_text())
    assert processes.is_running(pid)
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    assert processes.wait_until_gone(pid, 5)


def test_orphans__of_this_folder__are_ended_and_others_are_not(tmp_path: Path) -> None:
    mine, foreign = tmp_path / "mine", tmp_path / "foreign"
    mine.mkdir()
    foreign.mkdir()
    command = [sys.executable, "-X", f"{mark(mine)}=web", "-c", STUBBORN]
    orphan = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    other = begin(foreign, SLEEPS)
    try:
        wait_for(lambda: mark(mine) in processes.command_of(orphan.pid))
        assert end_orphans(mine) == 1
        orphan.wait(5)
        assert other.result() is None
        assert end_orphans(mine) == 0
    finally:
        orphan.kill()
        other.end(lambda: True)


def test_keeper__a_child_dies__starts_it_again(tmp_path: Path) -> None:
    out = io.StringIO()
    keeper = Keeper(Terminal(out))
    child = begin(tmp_path, SLEEPS)
    keeper.add(child)
    first = child._process.pid
    os.kill(first, signal.SIGKILL)

    def again() -> bool:
        keeper.look()
        return child._process.pid != first and child.result() is None

    try:
        wait_for(again)
        assert "ended (signal 9), starts again in 0.5 s" in out.getvalue()
        assert str(child.log_file) in out.getvalue()
    finally:
        keeper.end(lambda: True)
    assert child.result() is not None


def test_keeper__a_child_keeps_dying__gives_up_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segportal.launch.keeper.LONGEST_PAUSE", 0.01)
    keeper = Keeper(Terminal(io.StringIO()))
    keeper.add(begin(tmp_path, "raise SystemExit('no licence to run')"))

    def look_for_ever() -> bool:
        keeper.look()
        return False

    with pytest.raises(GaveUp, match=r"Thing ended 6 times within a minute[\s\S]*no licence to run[\s\S]*thing\.log"):
        wait_for(look_for_ever, 20)
    keeper.end(lambda: True)


def test_step__fails__says_so_with_its_last_lines_and_log(tmp_path: Path) -> None:
    step = begin(tmp_path, "raise SystemExit('the table is gone')")
    with pytest.raises(StepFailed, match=r"Moving house failed[\s\S]*the table is gone[\s\S]*thing\.log"):
        finish(step, title="Moving house", terminal=Terminal(io.StringIO()), check=lambda: None)


def test_step__shown__prints_its_lines_once(tmp_path: Path) -> None:
    out = io.StringIO()
    step = begin(tmp_path, "import time\nfor word in ('one', 'two'): print(word, flush=True); time.sleep(0.2)")
    finish(step, title="Counting", terminal=Terminal(out), check=lambda: None, shown=True)
    assert out.getvalue().split() == ["one", "two"]


def test_step__asked_to_stop__is_left(tmp_path: Path) -> None:
    def stop() -> None:
        raise Interrupted

    step = begin(tmp_path, SLEEPS)
    with pytest.raises(Interrupted):
        finish(step, title="Sleeping", terminal=Terminal(io.StringIO()), check=stop)
    step.end(never)


def test_terminal__gone__is_no_reason_to_fail() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    out = os.fdopen(writing, "w")
    Terminal(out).item("Web", "answers")
    with pytest.raises(BrokenPipeError):
        out.close()
