"""Brings the whole portal up in order, watches over it, and takes it down in reverse."""

import signal
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from segportal import embedded
from segportal.launch import assets, programs
from segportal.launch.address import Address
from segportal.launch.children import Child, Program, end_orphans
from segportal.launch.keeper import Keeper
from segportal.launch.lock import UpLock
from segportal.launch.steps import Interrupted, StepFailed, finish
from segportal.launch.terminal import Terminal

ANSWER_SECONDS = 90.0
LOOK_SECONDS = 0.2
SERVICES_SECONDS = 2.0


@dataclass
class Portal:
    """One run of `up`."""

    data_dir: Path
    base_dir: Path
    static_root: Path
    address: Address
    host_header: str
    embedded_database: bool
    embedded_broker: bool
    with_demo: bool
    terminal: Terminal = field(default_factory=Terminal)

    def __post_init__(self) -> None:
        self._signals = 0
        self._keeper = Keeper(self.terminal)
        self._steps: list[Child] = []

    def run(self) -> None:
        """Serves until a signal asks to stop; whatever was started is stopped again, however it ends."""
        lock = UpLock(self.data_dir)
        lock.take(address=self.address.url)
        ended = end_orphans(self.data_dir)
        self.address.require_free()
        self._listen()
        self.terminal.line(f"Segportal, data in {self.data_dir}")
        if ended:
            self.terminal.item("Clean-up", f"ended {ended} processes of a run that was killed")
        try:
            self._bring_up()
            self._watch()
        except Interrupted:
            pass
        finally:
            lock.say_stopping()
            self._take_down()
            lock.release()

    def _bring_up(self) -> None:
        self._start_services(self._say_service)
        self._prepare()
        served = (programs.web(self.address), programs.worker(), programs.stream(), programs.beat(self.data_dir))
        for program in served:
            self._check()
            self._keeper.add(self._child(program))
        self._await_answer()
        self._tell_ready()

    def _prepare(self) -> None:
        """Tables, static files and, on the first start, the demonstration company."""
        static = assets.fingerprint()
        collecting = None
        if not assets.is_current(self.data_dir, self.static_root, static):
            collecting = self._step(programs.command("collectstatic", "collectstatic", "--noinput", "--verbosity", "0"))
        begun = time.monotonic()
        self._finish(self._step(programs.command("migrate", "migrate", "--noinput")), "Bringing the tables up to date")
        self.terminal.item("Tables", f"up to date after {time.monotonic() - begun:.1f} s")
        if collecting:
            self._finish(collecting, "Collecting the static files")
            assets.remember(self.data_dir, static)
            self.terminal.item("Static files", f"collected after {time.monotonic() - begun:.1f} s")
        self._load_demo()

    def _load_demo(self) -> None:
        loaded = self.data_dir / "demo-loaded"
        if not self.with_demo or loaded.exists():
            return
        begun = time.monotonic()
        self.terminal.item("Demonstration", "the first start loads a demonstration company (DEMO=0 leaves it out)")
        step = self._step(programs.command("load_demo", "load_demo", "--if-empty"))
        try:
            self._finish(step, "Loading the demonstration company", shown=True)
        except StepFailed as failure:
            self.terminal.problem(f"{failure}\nThe portal starts without it; the next start tries again.")
            return
        loaded.touch()
        self.terminal.detail(f"ready after {time.monotonic() - begun:.1f} s")

    def _await_answer(self) -> None:
        deadline = time.monotonic() + ANSWER_SECONDS
        while not self.address.answers(host_header=self.host_header):
            self._check()
            self._keeper.look()
            if time.monotonic() > deadline:
                raise StepFailed(
                    f"The web process did not answer in {ANSWER_SECONDS:.0f} s. Its log: {self.data_dir}/log/web.log"
                )
            time.sleep(0.1)

    def _tell_ready(self) -> None:
        self.terminal.item("Web", "answers; workers and schedule are started")
        self.terminal.line()
        self.terminal.line(f"Segportal is ready at {self.address.url} ({self.terminal.seconds():.1f} s)")
        people = self.data_dir / "sign-in.txt"
        if people.is_file():
            self.terminal.line()
            self.terminal.line(people.read_text().rstrip())
            self.terminal.line()
        self.terminal.line(f"Logs: {self.data_dir}/log. Stop with Ctrl-C.")

    def _watch(self) -> None:
        looked = time.monotonic()
        while True:
            self._check()
            self._keeper.look()
            if time.monotonic() - looked > SERVICES_SECONDS:
                self._start_services(self._say_restarted)
                looked = time.monotonic()
            time.sleep(LOOK_SECONDS)

    def _take_down(self) -> None:
        begun = time.monotonic()
        self.terminal.line("Stopping ...")
        for step in self._steps:
            step.end(self._hurried)
        self._keeper.end(self._hurried)
        if self.embedded_database or self.embedded_broker:
            embedded.stop(self.data_dir)
        self.terminal.line(f"Segportal has stopped ({time.monotonic() - begun:.1f} s).")

    def _start_services(self, say: embedded.Log) -> None:
        wanted = {"database": self.embedded_database, "broker": self.embedded_broker}
        if any(wanted.values()) and not embedded.is_running(self.data_dir, **wanted):
            embedded.start(self.data_dir, log=say, **wanted)

    def _say_service(self, text: str) -> None:
        self._check()
        self.terminal.service(text)

    def _say_restarted(self, text: str) -> None:
        self._check()
        if not text.endswith("already"):
            self.terminal.service(f"{text} (it had ended)")

    def _child(self, program: Program) -> Child:
        return Child(program, data_dir=self.data_dir, base_dir=self.base_dir)

    def _step(self, program: Program) -> Child:
        child = self._child(program)
        self._steps.append(child)
        return child

    def _finish(self, step: Child, title: str, *, shown: bool = False) -> None:
        finish(step, title=title, terminal=self.terminal, check=self._check, shown=shown)

    def _listen(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):  # SIGINT too when a shell's background has it ignored
            signal.signal(number, self._note_signal)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup
            signal.signal(signal.SIGHUP, self._note_signal)

    def _note_signal(self, number: int, frame: FrameType | None) -> None:
        self._signals += 1

    def _check(self) -> None:
        if self._signals:
            raise Interrupted

    def _hurried(self) -> bool:
        """A second Ctrl-C: do not wait for anybody."""
        return self._signals > 1
