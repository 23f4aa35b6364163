"""A TOML file: its bytes, its values, and the line of each key; faults as one sentence."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Any

from resim_inspect.settings.faults import Key, SettingsError
from resim_inspect.settings.locator import key_lines

MAX_BYTES = 1 << 20
_LONG_NUMBER = "the file has an integer that does not fit into 64 bits."


def read_bytes(path: Path) -> bytes:
    """Read a file without a byte order mark; raises SettingsError."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SettingsError(f"the file cannot be read: {error.strerror}.", path) from error
    if len(data) > MAX_BYTES:
        raise SettingsError("the file is larger than 1 MiB.", path)
    # Some editors of Windows begin a file with it.
    return data.removeprefix(codecs.BOM_UTF8)


def parsed(data: bytes, path: Path) -> dict[str, Any]:
    """Parse the content of a file; raises SettingsError with the line of the fault."""
    import re
    import tomllib

    try:
        values = tomllib.loads(data.decode("utf-8"))
        has_long_number = _has_long_number(values)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SettingsError("the file is not UTF-8 text.", path, line) from error
    except RecursionError as error:
        raise SettingsError("the file is nested too deeply.", path) from error
    except tomllib.TOMLDecodeError as error:
        location_match = re.search(
            r"\s*\(at (?:line (\d+), column \d+|end of document)\)", str(error)
        )
        reason = str(error)[: location_match.start()] if location_match else str(error)
        line = (
            int(location_match[1])
            if location_match and location_match[1]
            else data.count(b"\n") + 1
        )
        text = f"the file is not valid TOML: {reason[:1].lower()}{reason[1:]}."
        raise SettingsError(text, path, line) from error
    except ValueError as error:
        # A number of so many digits that Python does not convert it.
        raise SettingsError(_LONG_NUMBER, path) from error
    if has_long_number:
        raise SettingsError(_LONG_NUMBER, path)
    return values


def _has_long_number(value: Any) -> bool:
    """Return True for an integer beyond 64 bits, which TOML does not allow, at any depth."""
    if isinstance(value, dict):
        return any(map(_has_long_number, value.values()))
    if isinstance(value, list):
        return any(map(_has_long_number, value))
    return isinstance(value, int) and not -(2**63) <= value < 2**63


def key_lines_of(data: bytes, path: Path) -> dict[Key, int]:
    """Return the line of each key of a file that has been parsed; raises SettingsError."""
    try:
        return key_lines(data.decode("utf-8").replace("\r\n", "\n"))
    except RecursionError as error:
        raise SettingsError("the file is nested too deeply.", path) from error
