"""The arguments of the commands, and what they mean as values."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from resim_inspect.text import clean
from runner.engines.protocol import UNPRIVILEGED, Build, Engine, Hardening, Limits, Mount
from runner.errors import CallError, EngineError
from runner.execution.run_job import GRACE, RunPolicy
from runner.redact import MIN_LENGTH, Secrets, names_a_secret
from runner.storage.output_extraction import MIB, Caps

MOUNT_MODES = {"ro", "rw", "z", "Z", *(f"{a},{b}" for a in ("ro", "rw") for b in "zZ")}


def add_arguments(parser: argparse.ArgumentParser, command: str) -> None:
    """Add the arguments of a command."""
    parser.allow_abbrev = False
    if command == "demo":
        from runner.commands import demo

        demo.add_arguments(parser)
        return
    if command == "fetch":
        from runner.commands import fetch

        fetch.add_arguments(parser)
        parser.add_argument("--debug", action="store_true", help="show where an error comes from")
        return
    if command == "serve":
        from runner.commands import serve

        serve.add_arguments(parser)
        parser.add_argument("--debug", action="store_true", help="show where an error comes from")
        return
    _build_arguments(parser, required=command != "doctor")
    if command == "job":
        parser.add_argument(
            "--inputs",
            type=Path,
            required=True,
            metavar="DIR",
            help="the folder with experience/ and logs/",
        )
        parser.add_argument(
            "--outputs",
            type=Path,
            required=True,
            metavar="DIR",
            help="where the build's outputs go; earlier outputs there are replaced",
        )
        parser.add_argument("--log", type=Path, metavar="FILE", help="keep what the build says")
        parser.add_argument("--name", default="job", help="what to call the job (default: job)")
    if command == "run":
        parser.add_argument(
            "workspace", type=Path, metavar="WORKSPACE", help="the folder of the jobs"
        )
        parser.add_argument(
            "--from",
            dest="source",
            type=Path,
            metavar="DIR",
            help="make the workspace from a folder of inputs first, by links to them",
        )
        parser.add_argument(
            "--parallel",
            type=_positive,
            metavar="N",
            help="runs at once (default: by the engine's CPUs and memory)",
        )
        parser.add_argument(
            "--rerun",
            choices=("failed", "all"),
            default="",
            help="run again what failed, or everything",
        )
        parser.add_argument(
            "--fail-fast",
            action="store_true",
            help="after a failure (see --fail-on) stop the other jobs, and skip the batch",
        )
        parser.add_argument(
            "--only", choices=("jobs", "batch"), help="leave out the batch, or the jobs"
        )
    if command in {"batch", "report", "run"}:
        from runner.commands.shared import batch_call

        batch_call.add_arguments(parser, command)
    if command != "doctor":
        _life_arguments(parser)
        _watch_arguments(parser)
    else:
        parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--debug", action="store_true", help="show where an error comes from")


def _build_arguments(parser: argparse.ArgumentParser, *, required: bool) -> None:
    what = parser.add_argument_group("the build").add_mutually_exclusive_group(required=required)
    what.add_argument(
        "--image", metavar="IMAGE", help="a container image; arguments after -- replace its command"
    )
    what.add_argument(
        "--command",
        metavar="CMD",
        help="a program of this machine, split like a shell line; needs no engine",
    )
    engine = parser.add_argument_group("how it is run")
    engine.add_argument(
        "--engine",
        default="",
        metavar="ADDRESS",
        help=f"{', '.join(engine_names())} or an address (default: DOCKER_HOST, docker's context,"
        " CONTAINER_HOST, known sockets)",
    )
    engine.add_argument("--pull", choices=("missing", "always", "never"), default="missing")
    engine.add_argument("--platform", default="", metavar="OS/ARCH")
    engine.add_argument(
        "--mount",
        action="append",
        default=[],
        metavar="SRC:DST[:rw][,z]",
        help="let the build see a folder or file as well, read-only unless rw; with z or Z an"
        " engine with SELinux labels it for containers",
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
        help="--command: really make /tmp/resim, for one run at a time",
    )
    limits = parser.add_argument_group("limits of a run")
    limits.add_argument("--memory-mib", type=_count, default=2048, metavar="N", help="0: no limit")
    limits.add_argument("--cpus", type=_positive_float, metavar="N", help="default: no limit")
    limits.add_argument("--pids", type=_positive, default=4096, metavar="N")
    limits.add_argument("--shm-mb", type=_positive, default=64, metavar="N")
    limits.add_argument("--tmp-mb", type=_positive, default=512, metavar="N", help="size of /tmp")
    limits.add_argument("--like-cloud", action="store_true", help="4 CPUs and 16,384 MiB, as ReSim")
    rights = parser.add_argument_group("what a container is allowed, and is not by default")
    rights.add_argument("--writable-root", action="store_true", help="write outside of /tmp")
    rights.add_argument("--network", default="none", metavar="NAME", help="none, bridge, host, …")
    rights.add_argument("--keep-capabilities", action="store_true")
    rights.add_argument("--allow-new-privileges", action="store_true")
    user = rights.add_mutually_exclusive_group()
    user.add_argument("--image-user", action="store_true", help="run as the image's own user")
    user.add_argument("--user", default=UNPRIVILEGED, metavar="UID:GID")
    rights.add_argument("--no-init", action="store_true", help="no init process")
    rights.add_argument(
        "--visible-secrets",
        action="store_true",
        help="let a container's environment hold secrets, for all to see who can inspect it",
    )


def _life_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("a run's life")
    group.add_argument("--timeout", type=_positive_float, default=3600.0, metavar="SECONDS")
    group.add_argument(
        "--grace",
        type=_positive_float,
        default=GRACE,
        metavar="SECONDS",
        help=f"between asking a build to end and ending it (default: {GRACE:g})",
    )
    group.add_argument("--max-files", type=_positive, default=Caps.files, metavar="N")
    group.add_argument("--max-outputs-mib", type=_positive, default=Caps.total // MIB, metavar="N")
    group.add_argument(
        "--max-metrics-mib", type=_positive, default=Caps.metrics // MIB, metavar="N"
    )
    group.add_argument(
        "--max-log-mib",
        type=_positive,
        default=64,
        metavar="N",
        help="of a longer log the beginning and the end are kept",
    )


def _watch_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what is told, and how it ends")
    group.add_argument("--dry-run", action="store_true", help="print what would be done")
    group.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="json: one document on stdout, at the end",
    )
    group.add_argument("--events", metavar="FILE", help="one JSON line per change; - is stdout")
    group.add_argument("--junit", type=Path, metavar="FILE", help="a test case per job")
    group.add_argument("--quiet", action="store_true", help="no progress, no lines of the builds")
    group.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    group.add_argument(
        "--fail-on",
        choices=("block", "warn", "none"),
        default="block",
        help="the metrics' verdict from which the exit code is 7 or 8 (default: block)",
    )


def build_of(args: argparse.Namespace, env: Mapping[str, str]) -> Build:
    """The build that the arguments describe; raises CallError."""
    if args.image is None:
        command = _split(args.command or "") + args.arguments
        for flag in ("platform", "copy_inputs", "image_user"):
            if getattr(args, flag):
                raise CallError(f"--{flag.replace('_', '-')} needs --image.")
    else:
        command = args.arguments
        for flag in ("no_sandbox", "use_tmp_resim"):
            if getattr(args, flag):
                raise CallError(f"--{flag.replace('_', '-')} needs --command.")
        if not args.image or args.image.startswith("-"):
            raise CallError(f'"{clean(args.image, 80)}" is no name of an image.')
    memory, cpus = args.memory_mib, args.cpus
    if args.like_cloud:
        memory, cpus = 16384, 4.0
    return Build(
        image=args.image or "",
        command=tuple(command),
        env=tuple(_variable(text, args, env) for text in args.env),
        mounts=tuple(_mount(text) for text in args.mount),
        platform=args.platform,
        pull=args.pull,
        limits=Limits(memory or None, args.pids, args.shm_mb, cpus, args.tmp_mb),
        hardening=Hardening(
            read_only_root=not args.writable_root,
            network=args.network,
            drop_capabilities=not args.keep_capabilities,
            no_new_privileges=not args.allow_new_privileges,
            user=None if args.image_user else args.user,
            init=not args.no_init,
        ),
        copy_inputs=args.copy_inputs,
    )


def policy_of(args: argparse.Namespace, build: Build, env: Mapping[str, str]) -> RunPolicy:
    """What holds for every run of the call."""
    return RunPolicy(
        timeout=args.timeout,
        grace=args.grace,
        caps=Caps(args.max_outputs_mib * MIB, args.max_metrics_mib * MIB, args.max_files),
        log_limit=args.max_log_mib * MIB,
        secrets=secrets_of(build, env),
    )


def secrets_of(build: Build, env: Mapping[str, str], *more: str) -> Secrets:
    """ReSim's own token, and every value that goes by a name that speaks of a secret."""
    values = [value for name, value in build.env if names_a_secret(name)]
    return Secrets([*values, env.get("RESIM_TOKEN", ""), *more])


def engine_options(args: argparse.Namespace) -> EngineOptions:
    """Options of the command line that select the engine."""
    return EngineOptions(args.engine, not args.no_sandbox, args.use_tmp_resim)


def wants_color(args: argparse.Namespace, env: Mapping[str, str]) -> bool:
    """Whether stderr gets colours: `--color`, NO_COLOR, then whether it is a terminal."""
    if args.color != "auto":
        return bool(args.color == "always")
    return not env.get("NO_COLOR") and sys.stderr.isatty() and env.get("TERM") != "dumb"


def _split(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError as error:
        raise CallError(f"--command cannot be split: {error}.", "Check its quotes.") from error


def _variable(text: str, args: argparse.Namespace, env: Mapping[str, str]) -> tuple[str, str]:
    name, given, value = text.partition("=")
    shown = clean(name, 60)
    if not name or any(char.isspace() or not char.isprintable() for char in name):
        raise CallError(f'--env "{shown}" names no variable.')
    secret = names_a_secret(name)
    if secret and given:
        raise CallError(
            f"--env {shown} looks like a secret, and everybody can see a command line.",
            f"Export it and write --env {shown}.",
        )
    if secret and args.image is not None and not args.visible_secrets:
        raise CallError(
            f"--env {shown} looks like a secret, and everybody who can inspect the container"
            " would see it.",
            "Allow it with --visible-secrets, or mount a file with --mount.",
        )
    if not given:
        if name not in env:
            raise CallError(f"--env {shown}: there is no such variable in the environment.")
        value = env[name]
    if secret and len(value) < MIN_LENGTH:
        raise CallError(f"the secret {shown} is too short to be kept out of the log.")
    return name, value


def _mount(text: str) -> Mount:
    parts = text.split(":")
    mode = parts.pop() if len(parts) > 2 and parts[-1] in MOUNT_MODES else ""
    source, _, target = ":".join(parts).rpartition(":")
    shown = clean(text, 120)
    if not source or not PurePosixPath(target).is_absolute():
        raise CallError(f'--mount "{shown}" is not SRC:DST or SRC:DST:rw, with an absolute DST.')
    # An engine would make a folder, owned by root, where none is.
    if not Path(source).exists():
        raise CallError(f"--mount: {clean(source, 120)} does not exist.")
    place = Path(source).resolve()
    label = mode[-1:] if mode[-1:] in {"z", "Z"} else ""
    if label and ":" in str(place):
        raise CallError(f'--mount "{shown}": with z or Z a path must be without ":".')
    return Mount(place, target, not mode.startswith("rw"), label)


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return value


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def _positive_float(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError("must be more than 0")
    return value
