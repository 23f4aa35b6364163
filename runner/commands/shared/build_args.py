"""Arguments that choose a build and its engine, and the values that they describe."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Mapping
from dataclasses import replace

from resim_inspect.settings.project_model import BuildSettings
from resim_inspect.terminal import positive
from resim_inspect.text import clean, count
from runner.commands.shared.arguments import (
    build_settings_of,
    non_negative,
    positive_number,
)
from runner.commands.shared.build_values import mounts_of, variables_of
from runner.commands.shared.watched_paths import watched_code
from runner.engines.discovery import engine_names
from runner.engines.entry import EngineOptions
from runner.engines.protocol import (
    CLOUD_CPUS,
    CLOUD_MEMORY_MIB,
    ROOT_USER,
    UNPRIVILEGED,
    Build,
    EngineInfo,
    Hardening,
    Limits,
)
from runner.errors import CallError


def add_build_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that choose a build, its engine, its limits and its rights."""
    what = parser.add_argument_group("the build").add_mutually_exclusive_group()
    what.add_argument(
        "--build",
        metavar="NAME",
        help="a build of resim.toml (default: its default-build, or its only one)",
    )
    what.add_argument(
        "--image", metavar="IMAGE", help="a container image; arguments after -- replace its command"
    )
    what.add_argument(
        "--command",
        metavar="CMD",
        help="a program of this machine, split like a shell command; needs no engine",
    )
    engine = parser.add_argument_group("how the build is run")
    engine.add_argument(
        "--engine",
        default="",
        metavar="ADDRESS",
        help=f"{', '.join(engine_names())} or an address (default: DOCKER_HOST, docker's context,"
        " CONTAINER_HOST, known sockets)",
    )
    engine.add_argument(
        "--pull",
        choices=("missing", "always", "never"),
        default="missing",
        help="pull the image if this machine does not have it (missing, the default), always, or"
        " never",
    )
    engine.add_argument(
        "--platform",
        default="",
        metavar="OS/ARCH",
        help="platform of the image, such as linux/arm64 (default: the engine's own)",
    )
    engine.add_argument(
        "--mount",
        action="append",
        default=[],
        metavar="SRC:DST[:rw][,z]",
        help="mount a folder or file, read-only unless rw; with z or Z an engine with SELinux"
        " labels it for containers",
    )
    engine.add_argument(
        "--env",
        action="append",
        default=[],
        metavar="NAME[=VALUE]",
        help="set a variable; without a value it is taken from the environment",
    )
    engine.add_argument(
        "--copy-inputs",
        action="store_true",
        help="copy inputs into the container instead of mounting them",
    )
    engine.add_argument(
        "--no-sandbox",
        action="store_true",
        help="--command: run without bubblewrap; the folders are RESIM_INPUTS and RESIM_OUTPUTS",
    )
    engine.add_argument(
        "--use-tmp-resim",
        action="store_true",
        help="--command: create /tmp/resim itself, for one run at a time",
    )
    limits = parser.add_argument_group("limits of a run")
    limits.add_argument(
        "--memory-mib",
        type=non_negative,
        metavar="N",
        help=f"memory in MiB (default: {Limits.memory_mib:,}; 0: no limit)",
    )
    limits.add_argument(
        "--cpus",
        type=positive_number,
        metavar="N",
        help="number of CPUs, such as 0.5 (default: no limit)",
    )
    limits.add_argument(
        "--pids",
        type=positive,
        default=4096,
        metavar="N",
        help="number of processes and threads (default: %(default)s)",
    )
    limits.add_argument(
        "--shm-mb",
        type=positive,
        default=64,
        metavar="N",
        help="size of /dev/shm in MiB (default: %(default)s)",
    )
    limits.add_argument(
        "--tmp-mb",
        type=positive,
        metavar="N",
        help=f"size of /tmp in MiB (default: {Limits.tmp_mb})",
    )
    limits.add_argument(
        "--gpus",
        type=gpus_of,
        metavar="N|all|device=ID",
        help="GPUs for the containers of an image (default: none)",
    )
    limits.add_argument(
        "--like-cloud",
        action="store_true",
        help=f"as in ReSim's cloud: root, a writable root folder, {CLOUD_CPUS:g} CPUs,"
        f" {CLOUD_MEMORY_MIB:,} MiB, an hour, and metrics- in front of outputs that are named as"
        " logs; still without a network; other flags win",
    )
    rights = parser.add_argument_group("rights of a container, which it lacks by default")
    rights.add_argument(
        "--writable-root", action="store_true", help="allow writing outside of /tmp"
    )
    rights.add_argument(
        "--network",
        default="none",
        metavar="NAME",
        help="a network of the engine, such as bridge or host (default: none)",
    )
    rights.add_argument(
        "--keep-capabilities",
        action="store_true",
        help="keep the capabilities that the engine gives a container (default: drop all)",
    )
    rights.add_argument(
        "--allow-new-privileges",
        action="store_true",
        help="let programs such as sudo gain rights that their caller lacks",
    )
    user = rights.add_mutually_exclusive_group()
    user.add_argument("--image-user", action="store_true", help="run as the image's own user")
    user.add_argument(
        "--user", metavar="UID:GID", help=f"run as this user (default: {UNPRIVILEGED})"
    )
    rights.add_argument(
        "--no-init",
        action="store_true",
        help="run without an init process, which reaps orphans and passes signals on",
    )
    rights.add_argument(
        "--visible-secrets",
        action="store_true",
        help="allow secrets in a container's environment, where its settings show them",
    )


def build_of(args: argparse.Namespace, env: Mapping[str, str]) -> Build:
    """Return the build that the arguments and its settings describe; raises CallError."""
    settings = build_settings_of(args)
    if args.image is None:
        if args.command is None:
            raise CallError(
                "no build is named.",
                "Name it with --image, --command, or --build and a resim.toml, which"
                " `resim-runner init` writes.",
            )
        command = _split(args.command, settings) + args.arguments
        if args.gpus:
            hint = "Leave out --gpus: a --command uses the GPUs of this machine with --no-sandbox."
            raise CallError("--gpus needs --image.", hint)
        for flag in ("platform", "copy_inputs", "image_user"):
            if getattr(args, flag):
                raise CallError(f"--{flag.replace('_', '-')} needs --image.")
    else:
        command = args.arguments
        for flag in ("no_sandbox", "use_tmp_resim"):
            if getattr(args, flag):
                raise CallError(f"--{flag.replace('_', '-')} needs --command.")
        if not args.image or args.image.startswith("-"):
            raise CallError(f'"{clean(args.image, 80)}" is not the name of an image.')
    cloud: bool = args.like_cloud
    hidden_secrets = args.image is not None and not args.visible_secrets
    return Build(
        image=args.image or "",
        command=tuple(command),
        env=variables_of(args.env, settings, env, refuse_secrets=hidden_secrets),
        mounts=mounts_of(args.mount, settings),
        platform=args.platform,
        pull=args.pull,
        limits=_limits(args),
        hardening=Hardening(
            read_only_root=not (args.writable_root or cloud),
            network=args.network,
            drop_capabilities=not (args.keep_capabilities or cloud),
            no_new_privileges=not args.allow_new_privileges,
            user=None if args.image_user else args.user or (ROOT_USER if cloud else UNPRIVILEGED),
            init=not args.no_init,
        ),
        copy_inputs=args.copy_inputs,
        like_cloud=cloud,
        folder=None if settings is None else settings.origin.path.parent,
        code=watched_code(args),
        context=None if settings is None else settings.context,
        dockerfile=None if settings is None else settings.dockerfile,
    )


def _limits(args: argparse.Namespace) -> Limits:
    memory, cpus, tmp = Limits.memory_mib, None, Limits.tmp_mb
    if args.like_cloud:
        memory, cpus, tmp = CLOUD_MEMORY_MIB, CLOUD_CPUS, None
    if args.memory_mib is not None:
        memory = args.memory_mib or None
    return Limits(
        memory, args.pids, args.shm_mb, args.cpus or cpus, args.tmp_mb or tmp, args.gpus or ""
    )


def gpus_of(text: str) -> str:
    """Convert the argument of `--gpus`; raises ArgumentTypeError."""
    devices = text.removeprefix("device=")
    if text == "all" or (text.isascii() and text.isdecimal() and int(text) > 0):
        return text
    if devices != text and all(re.fullmatch(r"[\w./:-]+", each) for each in devices.split(",")):
        return text
    raise argparse.ArgumentTypeError(f"{text!r} is not a number, all, or device=ID[,ID]")


def fit_to_engine(build: Build, info: EngineInfo) -> tuple[Build, str]:
    """Lower the cloud's resources to what the engine has; return the build and a sentence.

    The sentence is empty if nothing is lowered. Limits of other builds are kept.
    """
    limits = build.limits
    has_mib = info.memory >> 20
    cpus, memory = limits.cpus, limits.memory_mib
    if build.like_cloud and cpus and info.cpus and cpus > info.cpus:
        cpus = float(info.cpus)
    if build.like_cloud and memory and has_mib and memory > has_mib:
        memory = has_mib
    if (cpus, memory) == (limits.cpus, limits.memory_mib):
        return build, ""
    lowered = replace(build, limits=replace(limits, cpus=cpus, memory_mib=memory))
    return lowered, (
        f"--like-cloud gives a build {count(int(cpus or 0), 'CPU')} and {memory or 0:,} MiB of"
        f" memory, as the engine has no more: ReSim gives {CLOUD_CPUS:g} and {CLOUD_MEMORY_MIB:,}."
    )


def engine_options(args: argparse.Namespace) -> EngineOptions:
    """Options of the command line that select the engine."""
    return EngineOptions(args.engine, not args.no_sandbox, args.use_tmp_resim)


def _split(command: str, settings: BuildSettings | None) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError as error:
        name = "--command" if settings is None else f"{settings.origins['command']}: the command"
        raise CallError(f"{clean(name)} cannot be split: {error}.", "Check its quotes.") from error
