"""Variables and mounts of a build, from flags and from the project file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from resim_inspect.files import exists
from resim_inspect.settings.project_model import BuildSettings
from resim_inspect.text import clean
from runner.engines.protocol import Mount
from runner.errors import CallError
from runner.redact import MIN_LENGTH, names_a_secret

MOUNT_MODES = {"ro", "rw", "z", "Z", *(f"{a},{b}" for a in ("ro", "rw") for b in "zZ")}


def variables_of(
    flags: Sequence[str],
    settings: BuildSettings | None,
    env: Mapping[str, str],
    *,
    refuse_secrets: bool,
) -> tuple[tuple[str, str], ...]:
    """Return the variables of a build by name and value; raises CallError.

    Those of the file come first: its files, its plain values, its names. A flag of the same name
    wins. `refuse_secrets` is for containers, whose settings show every variable.
    """
    variables: dict[str, str] = {}
    if settings is not None:
        for path in settings.env_files:
            for location, name, value in _lines_of(path):
                variables[name] = _checked(location, name, value, refuse_secrets=refuse_secrets)
        variables |= settings.env_set
        for name in settings.env:
            location = f"{settings.origins['env']}: the variable {clean(name, 60)}"
            value = _from_environment(location, name, env)
            variables[name] = _checked(location, name, value, refuse_secrets=refuse_secrets)
    for text in flags:
        name, value = _of_flag(text, env, refuse_secrets=refuse_secrets)
        # At the end, as if it were the only one.
        variables.pop(name, None)
        variables[name] = value
    return tuple(variables.items())


def _of_flag(text: str, env: Mapping[str, str], *, refuse_secrets: bool) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    shown = clean(name, 60)
    location = f"--env {shown}"
    if not _is_name(name):
        raise CallError(f'--env "{shown}" does not name a variable.')
    if names_a_secret(name) and separator:
        raise CallError(
            f"{location} looks like a secret, and a command line is visible to every user.",
            f"Export the variable and write {location}.",
        )
    if not separator:
        value = _from_environment(location, name, env)
    return name, _checked(location, name, value, refuse_secrets=refuse_secrets)


def _is_name(name: str) -> bool:
    return bool(name) and not any(char.isspace() or not char.isprintable() for char in name)


def _from_environment(location: str, name: str, env: Mapping[str, str]) -> str:
    if name not in env:
        raise CallError(
            f"{location}: the environment has no such variable.",
            "Export the variable, or correct its name.",
        )
    return env[name]


def _checked(location: str, name: str, value: str, *, refuse_secrets: bool) -> str:
    """Return the value of a variable that may be given to a build; raises CallError."""
    if names_a_secret(name):
        if refuse_secrets:
            raise CallError(
                f"{location} looks like a secret, which is visible in the container's settings.",
                "Allow it with --visible-secrets, or mount a file with --mount.",
            )
        if len(value) < MIN_LENGTH:
            raise CallError(
                f"the secret {clean(name, 60)} is too short to be redacted in the log.",
                f"Use a value of at least {MIN_LENGTH} characters.",
            )
    return value


def _lines_of(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the variables of an env-file: where each stands, its name, its value."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise CallError(f"the env-file {clean(str(path))} cannot be read: {reason}.") from error
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, separator, value = line.lstrip().partition("=")
        location = clean(f"{path}:{number}")
        if not separator or not _is_name(name):
            raise CallError(
                f"{location} is not NAME=VALUE.",
                "Write one NAME=VALUE per line; a comment begins with #.",
            )
        yield f"{location}: {clean(name, 60)}", name, value


def mounts_of(flags: Sequence[str], settings: BuildSettings | None) -> tuple[Mount, ...]:
    """Return the mounts of a build, those of the file first; raises CallError."""
    mounts = []
    if settings is not None:
        location = f"{settings.origins.get('mounts', settings.origin)}: the mount"
        folder = settings.origin.path.parent
        mounts = [_mount(text, location, folder) for text in settings.mounts]
    return (*mounts, *(_mount(text, "--mount", Path()) for text in flags))


def _mount(text: str, location: str, folder: Path) -> Mount:
    parts = text.split(":")
    mode = parts.pop() if len(parts) > 2 and parts[-1] in MOUNT_MODES else ""
    source, _, target = ":".join(parts).rpartition(":")
    location = clean(location)
    shown = clean(text, 120)
    if not source or not PurePosixPath(target).is_absolute():
        raise CallError(f'{location} "{shown}" is not SRC:DST or SRC:DST:rw, with an absolute DST.')
    # An engine would create a missing folder, owned by root.
    if not exists(folder / source):
        raise CallError(
            f"{location}: {clean(str(folder / source), 120)} does not exist.",
            "Create it, or correct the path.",
        )
    path = (folder / source).resolve()
    label = mode[-1:] if mode[-1:] in {"z", "Z"} else ""
    if label and ":" in str(path):
        raise CallError(f'{location} "{shown}": with z or Z the path must not contain ":".')
    return Mount(path, target, not mode.startswith("rw"), label)
