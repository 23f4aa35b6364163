"""The project file of a folder: found upwards, read, checked and turned into values."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from resim_inspect.files import is_file, is_open_to_all
from resim_inspect.settings.faults import (
    NOT_A_FILE,
    Key,
    Origin,
    SettingsError,
    line_of,
    near_or_all,
)
from resim_inspect.settings.project_model import (
    FILE_NAME,
    BuildSettings,
    CompareLimit,
    FlagSetting,
    FlagValue,
    ProjectSettings,
    SlurmSettings,
    WatchSettings,
)
from resim_inspect.settings.schema_check import (
    Schema,
    dotted,
    mismatches,
    resolved,
    shipped_schema,
    shown,
)
from resim_inspect.settings.secrets import looks_like_a_secret, names_a_secret
from resim_inspect.settings.toml_file import MAX_BYTES, key_lines_of, parsed, read_bytes

PYPROJECT = "pyproject.toml"
SCHEMA = "resim.schema.json"
STDOUT = "-"
"""Value of a path that stands for stdout."""
_TABLE = ("tool", "resim")
"""Table of pyproject.toml that has the content of resim.toml."""
_NESTED = ("limits", "hardening")
"""Tables of a build whose keys are flags."""


def load_project(folder: Path) -> ProjectSettings | None:
    """Find and read the project file of a folder; None without one; raises SettingsError."""
    path = find_project(folder)
    return None if path is None else read_project(path)


def find_project(folder: Path) -> Path | None:
    """Return the project file of the nearest folder, upwards; None if no folder has one.

    It is `resim.toml`, or `pyproject.toml` with a table `[tool.resim]`. A folder above that
    every user may write to, such as /tmp, is left out: its file would decide what is run.
    Raises SettingsError for a folder with both, or with something else of the first name.
    """
    try:
        folder = folder.absolute()
    except OSError:
        # The working folder was removed.
        return None
    for parent in (folder, *folder.parents):
        if parent != folder and is_open_to_all(parent):
            continue
        own, shared = parent / FILE_NAME, parent / PYPROJECT
        has_own = is_file(own)
        if not has_own and os.path.lexists(own):
            raise SettingsError(NOT_A_FILE, own)
        has_shared = is_file(shared) and _has_table(shared)
        if has_own and has_shared:
            raise SettingsError(
                f"the folder also has {PYPROJECT} with [tool.resim], and only one can be used.",
                own,
                hint=f"Move everything to {FILE_NAME}, or delete it.",
            )
        if has_own or has_shared:
            return own if has_own else shared
    return None


def _has_table(path: Path) -> bool:
    """Return True if a pyproject.toml has the table; one that cannot be read has none."""
    try:
        data = read_bytes(path)
        # Most have none: they are not parsed, and their faults are those of other tools.
        return b"resim" in data and isinstance(_table_of(parsed(data, path)), dict)
    except SettingsError:
        if b"[tool.resim" in _start_of(path):
            raise
        return False


def _start_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES)
    except OSError:
        return b""


def _table_of(values: Mapping[str, Any]) -> Any:
    tool = values.get("tool")
    return tool.get("resim") if isinstance(tool, dict) else None


def read_project(path: Path) -> ProjectSettings:
    """Read and check a project file; raises SettingsError with the line of the first fault."""
    reader, values = _read(path)
    for fault in reader.faults(values):
        raise fault
    return reader.settings(values)


def project_faults(path: Path) -> list[SettingsError]:
    """Return what is wrong with the values of a project file, by their lines.

    Raises SettingsError for a file that cannot be read, or that is not TOML.
    """
    reader, values = _read(path)
    return sorted(reader.faults(values), key=lambda fault: fault.line)


def _read(path: Path) -> tuple[_Reader, dict[str, Any]]:
    path = path.absolute()
    data = read_bytes(path)
    values: Any = parsed(data, path)
    lines = key_lines_of(data, path)
    if path.name == PYPROJECT:
        values = _table_of(values) or {}
        depth = len(_TABLE)
        lines = {key[depth:]: line for key, line in lines.items() if key[:depth] == _TABLE}
    return _Reader(path, lines), values


class _Reader:
    """Checks the values of one file, and turns them into settings."""

    def __init__(self, path: Path, lines: Mapping[Key, int]) -> None:
        self._path = path
        self._lines = lines
        self._schema = shipped_schema(SCHEMA)

    def faults(self, values: dict[str, Any]) -> Iterator[SettingsError]:
        """Yield what is wrong with the values; what belongs together only if each is right."""
        fits = True
        for mismatch in mismatches(values, self._schema, self._schema):
            fits = False
            yield self._error(mismatch.key, mismatch.reason)
        yield from self._secrets(values, ())
        if not fits:
            return
        builds = values.get("build", {})
        for name, table in builds.items():
            yield from self._choice_faults(("build", name), table)
        default = values.get("default-build", "")
        if default and default not in builds:
            text = f"default-build is {shown(default)}, and the file has no such build"
            yield self._error(("default-build",), text + near_or_all(default, list(builds)))
        for name, limit in values.get("compare", {}).items():
            if not math.isfinite(_limit_value(limit)):
                key = ("compare", name)
                yield self._error(key, f"{dotted(key)} must be a finite number.")

    def settings(self, values: dict[str, Any]) -> ProjectSettings:
        """Return the settings in values that have no faults."""
        builds = {name: self._build(name, table) for name, table in values.get("build", {}).items()}
        default = values.get("default-build", "")
        workspace = values.get("default-workspace")
        watch = values.get("watch", {})
        configs = values.get("metrics-config", [])
        return ProjectSettings(
            self._path,
            default or (next(iter(builds)) if len(builds) == 1 else ""),
            None if workspace is None else self._path.parent / workspace,
            MappingProxyType(builds),
            MappingProxyType(
                {
                    command: self._flags(("defaults", command), table)
                    for command, table in values.get("defaults", {}).items()
                }
            ),
            MappingProxyType(
                {
                    name: self._limit(name, limit)
                    for name, limit in values.get("compare", {}).items()
                }
            ),
            WatchSettings(tuple(watch.get("paths", ())), tuple(watch.get("ignore", ()))),
            self._slurm(values.get("slurm", {})),
            tuple(
                self._path.parent / each
                for each in ([configs] if isinstance(configs, str) else configs)
            ),
            MappingProxyType(values),
            MappingProxyType(dict(self._lines)),
        )

    def _error(self, key: Key, reason: str, hint: str = "") -> SettingsError:
        return SettingsError(reason, self._path, line_of(self._lines, key), hint)

    def _origin(self, key: Key) -> Origin:
        return Origin(self._path, line_of(self._lines, key))

    def _secrets(self, value: object, key: Key) -> Iterator[SettingsError]:
        if isinstance(value, dict):
            for name, inner in value.items():
                is_variable = key[-1:] == ("env-set",)
                if is_variable and names_a_secret(name):
                    yield self._secret((*key, name), f'env = ["{name}"]')
                else:
                    yield from self._secrets(inner, (*key, name))
        elif isinstance(value, list):
            for position, inner in enumerate(value):
                yield from self._secrets(inner, (*key, position))
        elif isinstance(value, str) and looks_like_a_secret(value):
            yield self._secret(key, 'env = ["NAME"]')

    def _secret(self, key: Key, example: str) -> SettingsError:
        return self._error(
            key,
            f"{dotted(key)} looks like a secret, and a project file is shared.",
            f"Export the variable and let the build take it from the environment: {example}.",
        )

    def _build(self, name: str, table: Mapping[str, Any]) -> BuildSettings:
        key = ("build", name)
        flags: dict[str, FlagSetting] = {}
        for nested in _NESTED:
            flags |= self._flags((*key, nested), table.get(nested, {}))
        properties = self._schema_at(key)["properties"]
        own = {each: value for each, value in table.items() if properties[each].get("x-flag")}
        flags |= self._flags(key, own)
        files = table.get("env-file", [])
        folder = self._path.parent
        context, dockerfile = table.get("context"), table.get("dockerfile")
        return BuildSettings(
            name,
            self._origin(key),
            table.get("image", ""),
            table.get("command", ""),
            tuple(table.get("arguments", ())),
            None if context is None else folder / context,
            None if dockerfile is None else folder / dockerfile,
            tuple(table.get("env", ())),
            MappingProxyType(dict(table.get("env-set", {}))),
            tuple(folder / each for each in ([files] if isinstance(files, str) else files)),
            tuple(table.get("mounts", ())),
            MappingProxyType(flags),
            MappingProxyType(dict(self._origins_below(key, table))),
        )

    def _choice_faults(self, key: Key, table: Mapping[str, Any]) -> Iterator[SettingsError]:
        """Yield why a build is not one thing: an image, a context to build one, or a command."""
        name = f"[{dotted(key)}]"
        sources = [each for each in ("image", "context", "command") if each in table]
        if not sources:
            text = f"{name} has no image, no context and no command, so there is nothing to run."
            yield self._error(key, text)
        elif "command" in sources and len(sources) > 1:
            text = f"{name} has {sources[0]} and command, and a build is only one of them."
            hint = 'Arguments of an image are a list: arguments = ["…"].'
            yield self._error((*key, "command"), text, hint)
        elif "dockerfile" in table and "context" not in table:
            text = f"{name} has a dockerfile and no context to build it in."
            yield self._error((*key, "dockerfile"), text, 'For example context = ".".')

    def _origins_below(self, key: Key, table: Mapping[str, Any]) -> Iterator[tuple[str, Origin]]:
        for name, value in table.items():
            yield name, self._origin((*key, name))
            if isinstance(value, dict):
                for inner in value:
                    yield f"{name}.{inner}", self._origin((*key, name, inner))

    def _flags(self, key: Key, table: Mapping[str, Any]) -> Mapping[str, FlagSetting]:
        schema = self._schema_at(key)
        return MappingProxyType(
            {
                name: FlagSetting(
                    self._flag_value(value, schema["properties"][name]),
                    self._origin((*key, name)),
                )
                for name, value in table.items()
            }
        )

    def _slurm(self, table: Mapping[str, Any]) -> SlurmSettings:
        flags = self._flags(("slurm",), table)
        fields: dict[str, Any] = {
            name.replace("-", "_"): flag.value for name, flag in flags.items()
        }
        return SlurmSettings(**fields)

    def _schema_at(self, key: Key) -> Schema:
        schema = self._schema
        for part in key:
            inner = schema["properties"].get(part) if "properties" in schema else None
            schema = resolved(inner or schema["additionalProperties"], self._schema)
        return schema

    def _flag_value(self, value: FlagValue | list[str], schema: Schema) -> FlagValue:
        schema = resolved(schema, self._schema)
        if isinstance(value, list):
            return tuple(value)
        if schema.get("format") == "path" and isinstance(value, str) and value != STDOUT:
            return self._path.parent / value
        if not isinstance(value, bool) and isinstance(value, int | float):
            # As the flag's own type: digests of settings must not differ by the source.
            return int(value) if schema.get("type") == "integer" else float(value)
        return value

    def _limit(self, name: str, limit: str | int | float) -> CompareLimit:
        is_absolute = str(limit).startswith("abs:")
        return CompareLimit(_limit_value(limit), is_absolute, self._origin(("compare", name)))


def _limit_value(limit: str | int | float) -> float:
    return float(str(limit).removeprefix("abs:"))
