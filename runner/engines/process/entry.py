"""Registry entry of the engine that runs commands as processes of this machine."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from runner.engines.checks import Check, failed
from runner.engines.entry import EngineOptions, Inputs
from runner.engines.protocol import Build
from runner.errors import EngineError, RunnerError
from runner.workspace.contract import INPUTS_VARIABLE, OUTPUTS_VARIABLE

if TYPE_CHECKING:
    from runner.engines.process.engine import ProcessEngine


class ProcessEntry:
    """Builds given by --command."""

    names = ()

    def accepts(self, build: Build, options: EngineOptions) -> bool:  # noqa: ARG002
        """Accept every build without an image."""
        return not build.image

    def connect(
        self,
        options: EngineOptions,
        env: Mapping[str, str],  # noqa: ARG002 - processes take the runner's environment
    ) -> ProcessEngine:
        """Create the engine, with bubblewrap if it is installed and wanted."""
        if sys.platform == "win32":
            raise EngineError(
                "builds run without a container on Linux and macOS only.", "Name an image."
            )
        from runner.engines.process.engine import ProcessEngine

        bare = options.use_tmp_resim or not options.sandbox
        bubblewrap = None if bare else shutil.which("bwrap")
        return ProcessEngine(bubblewrap=bubblewrap, use_tmp_resim=options.use_tmp_resim)

    def command_line(self, build: Build, inputs: Inputs, outputs: Path) -> str:
        """Command with its folders and variables, which the shell takes from its environment."""
        location = shlex.quote(str(outputs.absolute()))
        env = [f"{OUTPUTS_VARIABLE}={location}"]
        folders = {path.absolute().parent for name, path in inputs if path.name == name}
        if len(folders) == 1:
            env.insert(0, f"{INPUTS_VARIABLE}={shlex.quote(str(folders.pop()))}")
        env += [f'{name}="${name}"' for name, _ in build.env if name.isidentifier()]
        steps = [f"mkdir -p {location}"]
        if build.working_folder != Path.cwd():
            steps.append(f"cd {shlex.quote(str(build.working_folder))}")
        return " && ".join([*steps, f"{' '.join(env)} {shlex.join(build.command)}"])

    def checks(
        self, build: Build, options: EngineOptions, env: Mapping[str, str]
    ) -> Iterator[Check]:
        """Check the command and the sandbox; without a command, that a sandbox can be made."""
        from runner.engines.process.engine import NO_SANDBOX

        needed = bool(build.command) and not build.image
        try:
            engine = self.connect(options, env)
            for leftover in engine.sweep():
                yield Check("ok", "leftovers", f"removed {leftover}")
            if needed:
                prepared = engine.prepare(build, lambda _: None)
                yield Check("ok", "command", f"{prepared.description} was found")
            else:
                engine.prepare(Build(command=("true",)), lambda _: None)
        except RunnerError as error:
            yield failed("command", error, needed=needed)
            return
        if engine.sandboxed:
            yield Check("ok", "bubblewrap", f"{shutil.which('bwrap')} isolates builds of --command")
        else:
            hint = "Install bubblewrap to give every run its own /tmp/resim and no network."
            yield Check(
                "warning",
                "bubblewrap",
                f"bubblewrap is not used, so {NO_SANDBOX}",
                hint,
            )
