"""Files in the user's state folder: small JSON documents, private to their user, written whole."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from resim_inspect.arguments import NO_STATE
from resim_inspect.files import expanded, write_whole

FORMAT = 1


def is_off() -> bool:
    """Return True if nothing is read from the state folder and nothing written to it.

    That is so if the environment says it, and for a user without a home.
    """
    return os.environ.get(NO_STATE, "") not in {"", "0"} or str(_folder()).startswith("~")


def state_file(name: str) -> Path:
    """Path of a state file: `$XDG_STATE_HOME/resim-inspect/NAME.json`."""
    return _folder() / "resim-inspect" / f"{name}.json"


def _folder() -> Path:
    configured = os.environ.get("XDG_STATE_HOME")
    return Path(configured) if configured else expanded("~/.local/state")


def read_list(name: str, key: str) -> list[Any]:
    """Read a list of a state file; an empty one if the file is missing or damaged."""
    values = read_state(name).get(key)
    return values if isinstance(values, list) else []


def read_state(name: str) -> dict[str, Any]:
    """Read a state file; an empty dictionary if the file is missing or damaged."""
    if is_off():
        return {}
    try:
        text = state_file(name).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return {}
    import json  # Late, as the first frame needs none unless there is a file.

    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def write_state(name: str, values: Mapping[str, Any]) -> str:
    """Write a state file; return the reason if that is not possible, else an empty text.

    Where no state is kept, nothing is written.
    """
    if is_off():
        return ""
    import json

    try:
        text = json.dumps({"format": FORMAT, **values}, indent=1)
        write_whole(state_file(name), text.encode(), private=True, durable=False)
    except OSError as error:
        return error.strerror or str(error)
    return ""
