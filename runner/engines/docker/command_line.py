"""The line of `docker run` that is equivalent to a run, to try by hand."""

from __future__ import annotations

import shlex
from pathlib import Path

from resim_inspect.files import is_folder
from runner.engines.docker.container_settings import labelled, tmpfs_options
from runner.engines.docker.image_build import docker_build
from runner.engines.entry import Inputs
from runner.engines.protocol import ROOT_USER, Build
from runner.storage.input_archive import must_be_copied
from runner.workspace.contract import INPUTS, OUTPUTS


def docker_run(build: Build, inputs: Inputs, outputs: Path) -> str:
    """Shell line of a run. Values of variables stay in the environment.

    The line mounts the outputs, which the runner copies out instead: by hand this is simpler,
    but leaves files of another owner, who must be allowed to write there.
    """
    hard, limits = build.hardening, build.limits
    words = ["docker", "run", "--rm"]
    words += ["--init"] if hard.init else []
    words += ["--read-only"] if hard.read_only_root else []
    words += ["--cap-drop=ALL"] if hard.drop_capabilities else []
    words += ["--security-opt=no-new-privileges"] if hard.no_new_privileges else []
    words += [f"--network={hard.network}", "--ipc=private"]
    words += [f"--user={hard.user}"] if hard.user else []
    if limits.memory_mib:
        words += [f"--memory={limits.memory_mib}m", f"--memory-swap={limits.memory_mib}m"]
    # docker parses the option as CSV: a list of devices needs quotes.
    gpus = f'"{limits.gpus}"' if "," in limits.gpus else limits.gpus
    words += [f"--gpus={gpus}"] if gpus else []
    words += [f"--cpus={limits.cpus:g}"] if limits.cpus else []
    words += [f"--pids-limit={limits.pids}", f"--shm-size={limits.shm_mb}m"]
    words += [f"--tmpfs=/tmp:{tmpfs_options(limits.tmp_mb)}"] if limits.tmp_mb is not None else []
    words += [f"--platform={build.platform}"] if build.platform else []
    words += [f"--pull={build.pull}"]
    if hard.user not in {None, ROOT_USER}:
        words += ["--env=HOME=/tmp", "--env=USER=metrics"]
    words += ["--env=PYTHONDONTWRITEBYTECODE=1", "--env=MPLCONFIGDIR=/tmp"]
    words += [f"--env={name}" for name, _ in build.env]
    words = [shlex.quote(word) for word in words]
    location = shlex.quote(str(outputs.absolute()))
    steps = [each for each in [docker_build(build)] if each]
    steps += [f"mkdir -p {location}", f"chmod 777 {location}"]
    for name, path in inputs:
        source, target = path.resolve(), str(INPUTS / name)
        if not is_folder(source) or must_be_copied(source):
            # A mount would hide parts of it from the build's user, such as all of a config with
            # a token, which `serve` writes for this user alone.
            if not any(step.startswith("copy=") for step in steps):
                steps.append("copy=$(mktemp -d)")
            copy = f'"$copy"/{shlex.quote(name)}'
            steps += [f"cp -RL {shlex.quote(str(source))} {copy}", f"chmod -R a+rX {copy}"]
            words.append(f"--mount=type=bind,source={copy},target={shlex.quote(target)},readonly")
        else:
            words.append(shlex.quote(_mount(source, target, read_only=True)))
    words.append(shlex.quote(_mount(outputs.absolute(), str(OUTPUTS), read_only=False)))
    for mount in build.mounts:
        if mount.label:
            words.append(shlex.quote(f"--volume={labelled(mount)}"))
        else:
            option = _mount(mount.source, mount.target, read_only=mount.read_only)
            words.append(shlex.quote(option))
    words += [shlex.quote(word) for word in (build.image, *build.command)]
    return " && ".join([*steps, " ".join(words)])


def _mount(source: Path, target: str, *, read_only: bool) -> str:
    # docker parses the option as CSV: a path with a comma needs quotes.
    field = f'"source={source}"' if "," in str(source) else f"source={source}"
    return f"--mount=type=bind,{field},target={target}" + (",readonly" if read_only else "")
