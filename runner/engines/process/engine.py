"""Engine that runs builds as processes of this machine, in a bubblewrap sandbox if possible."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from resim_inspect.text import clean
from runner.engines.api_service import local
from runner.engines.process.fingerprint import fingerprint
from runner.engines.process.foreground import in_foreground
from runner.engines.process.run import ProcessRun
from runner.engines.process.sandbox import wrapped
from runner.engines.process.work_folder import (
    PREFIX,
    end_run,
    remove_work,
    take_tmp_resim,
    work_folders,
    write_owner,
)
from runner.engines.protocol import (
    Build,
    EngineInfo,
    Prepared,
    Served,
    Service,
    Sink,
    Task,
)
from runner.errors import CallError, EngineError
from runner.redact import names_a_secret
from runner.storage import lease
from runner.storage.fs import disk_errors
from runner.storage.leftovers import Leftover
from runner.storage.watchdog import WATCHDOG
from runner.workspace.contract import INPUTS, INPUTS_VARIABLE, OUTPUTS, OUTPUTS_VARIABLE

ORPHANS = "runner.engines.process.work_folder:remove_runs_of"
NO_SANDBOX = "the build can read and change everything that your user can"


class ProcessEngine:
    """Engine of processes. With bubblewrap each has its own `/tmp/resim` and no network.

    Without it builds are not isolated: RESIM_INPUTS and RESIM_OUTPUTS name the folders, or,
    with `use_tmp_resim`, they are created at `/tmp/resim`, for one run at a time.
    """

    def __init__(self, *, bubblewrap: str | None = None, use_tmp_resim: bool = False) -> None:
        self._bwrap = None if use_tmp_resim else bubblewrap
        self._use_tmp_resim = use_tmp_resim
        if self._bwrap:
            sandbox = "bubblewrap: own /tmp/resim, no network, files read-only"
        else:
            sandbox = f"none: {NO_SANDBOX}"
        self.info = EngineInfo(
            "process",
            "",
            os.cpu_count() or 1,
            _memory(),
            sandbox=sandbox,
            label=f"on this machine, {'in a sandbox' if self._bwrap else 'no sandbox'}",
        )

    @property
    def sandboxed(self) -> bool:
        """True if bubblewrap isolates builds."""
        return self._bwrap is not None

    @property
    def at_tmp_resim(self) -> bool:
        """True if a build has its folders at `/tmp/resim`."""
        return self._bwrap is not None or self._use_tmp_resim

    def prepare(self, build: Build, say: Callable[[str], None]) -> Prepared:  # noqa: ARG002
        """Find the program; its identity covers the command and the code that it names."""
        if not build.command:
            raise CallError(
                "--command is empty.", "Name a program, for example --command 'python3 metrics.py'."
            )
        program = _program(build)
        if program is None:
            raise CallError(
                f'the command "{clean(build.command[0], 80)}" was not found.',
                "Give its path, or a program that is on the PATH.",
            )
        if self._bwrap:
            self._probe(self._bwrap)
        warnings = () if self._bwrap else (f"without a sandbox {NO_SANDBOX}.",)
        return Prepared(fingerprint(build, program), " ".join(build.command), warnings)

    def current(self, build: Build) -> Prepared:
        """Return the program as it is now: to prepare it changes nothing."""
        return self.prepare(build, lambda _: None)

    def _probe(self, bwrap: str) -> None:
        done = subprocess.run(
            [bwrap, "--ro-bind", "/", "/", "--unshare-pid", "--unshare-net", "true"],
            capture_output=True,
            check=False,
        )
        if done.returncode:
            error = clean(done.stderr.decode(errors="replace"), 160).strip()
            raise EngineError(
                f"bubblewrap cannot create a sandbox here: {error}.",
                "Allow user namespaces, or use --no-sandbox or --image.",
            )

    def start(
        self,
        build: Build,
        prepared: Prepared,  # noqa: ARG002 - a program has no id
        task: Task,
        log: Sink,
        pass_fds: tuple[int, ...] = (),
    ) -> ProcessRun:
        """Start the program in its own session, so that the runner handles Ctrl-C.

        The program inherits the open files `pass_fds`.
        """
        process, work = self._spawn(
            build,
            task,
            pass_fds,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        outputs = work / "outputs"
        return ProcessRun(
            process, work, outputs, log, sandboxed=self.sandboxed, at_tmp=self._use_tmp_resim
        )

    def shell(self, build: Build, prepared: Prepared, task: Task) -> int:  # noqa: ARG002
        """Run the build's command on this process's terminal; return its exit code."""
        process, work = self._spawn(build, task, (), process_group=0)
        try:
            return in_foreground(process)
        finally:
            remove_work(work, self._use_tmp_resim)

    def _spawn(
        self, build: Build, task: Task, pass_fds: tuple[int, ...], **streams: Any
    ) -> tuple[subprocess.Popen[bytes], Path]:
        """Start the program in a folder of its own; return both.

        Raises EngineError and StorageError, and leaves nothing then.
        """
        WATCHDOG.guard(ORPHANS, lease.current_owner(), tempfile.gettempdir())
        with disk_errors(Path(tempfile.gettempdir())):
            work = Path(tempfile.mkdtemp(prefix=PREFIX))
        try:
            with disk_errors(work):
                write_owner(work)
                for name in ("inputs", "outputs"):
                    (work / name).mkdir()
            process = self._launch(build, task, work, pass_fds, **streams)
            try:
                with disk_errors(work):
                    write_owner(work, process.pid)
            except BaseException:
                with process:
                    os.killpg(process.pid, signal.SIGKILL)
                raise
        except BaseException:
            remove_work(work, self._use_tmp_resim)
            raise
        return process, work

    def _launch(
        self, build: Build, task: Task, work: Path, pass_fds: tuple[int, ...], **streams: Any
    ) -> subprocess.Popen[bytes]:
        """Start the program, which has the folders of `work`; raises EngineError."""
        inputs, outputs = work / "inputs", work / "outputs"
        env = {k: v for k, v in os.environ.items() if not names_a_secret(k)}
        env.update(build.env)
        opened: list[tuple[int, str]] = []
        try:
            if self._bwrap:
                opened = [(_in_memory(content), name) for name, content in task.files]
                env |= {"HOME": "/tmp", "TMPDIR": "/tmp", "PYTHONDONTWRITEBYTECODE": "1"}
                command = [*wrapped(self._bwrap, build, task, outputs, opened), *build.command]
            else:
                for name, source in task.inputs:
                    (inputs / name).symlink_to(source.resolve())
                for name, content in task.files:
                    (work / name).touch(mode=0o600)
                    (work / name).write_bytes(content)
                command = list(build.command)
                if self._use_tmp_resim:
                    take_tmp_resim(inputs, outputs)
            env[INPUTS_VARIABLE] = str(INPUTS if self.at_tmp_resim else inputs)
            env[OUTPUTS_VARIABLE] = str(OUTPUTS if self.at_tmp_resim else outputs)
            return subprocess.Popen(
                command,
                env=env,
                cwd=build.folder,
                **streams,
                pass_fds=(*pass_fds, *(descriptor for descriptor, _ in opened)),
            )
        except OSError as error:
            reason = error.strerror or str(error)
            raise EngineError(f"the command cannot be started: {reason}.") from error
        finally:
            for descriptor, _ in opened:
                os.close(descriptor)

    def start_served(
        self, build: Build, prepared: Prepared, task: Task, service: Service, log: Sink
    ) -> Served:
        """Start a run with the stub API: in its sandbox, or else on this machine's loopback."""
        if self._bwrap and build.hardening.network == "none":
            return local.start_in_sandbox(self, build, prepared, task, service, log)
        return local.start_on_loopback(self, build, prepared, task, service, log)

    def no_outputs_hint(self, build: Build) -> str:  # noqa: ARG002
        """Hint for a build with hard-coded paths that has no `/tmp/resim`."""
        if self.at_tmp_resim:
            return ""
        return (
            "It probably writes to /tmp/resim, which does not exist without a sandbox: install"
            " bubblewrap, use --image with an engine, or --use-tmp-resim (one run at a time)."
        )

    def leftovers(self, *, images: bool = False) -> Iterator[Leftover]:  # noqa: ARG002
        """Yield the folders of runners that have ended, with the processes of each."""
        for work, owner in work_folders(tempfile.gettempdir()):
            if lease.is_stale(owner):
                text = f"folder {clean(str(work))} and the processes of its run"
                yield Leftover(text, partial(_end, work))

    def sweep(self) -> list[str]:
        """End processes and remove folders of runners that have ended."""
        removed = []
        for work, owner in work_folders(tempfile.gettempdir()):
            if lease.is_stale(owner):
                removed += end_run(work)
        return removed

    def close(self) -> None:
        """Do nothing: the engine holds no resources."""


def _program(build: Build) -> str | None:
    """Path of a command's program; None if it was not found."""
    word = build.command[0]
    # A path is relative to the folder in which the command runs; a name is on the PATH.
    return shutil.which(str(build.working_folder / word) if os.sep in word else word)


def _end(work: Path) -> str:
    end_run(work)
    return f"{clean(str(work))} cannot be removed." if work.exists() else ""


def _in_memory(content: bytes) -> int:
    """Open an in-memory file with that content, at its beginning."""
    descriptor = os.memfd_create("input")
    with open(os.dup(descriptor), "wb") as file:  # noqa: PTH123 - a descriptor
        file.write(content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 0
