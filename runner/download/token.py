"""The API token: from a file that only its owner can read, the environment, or a prompt."""

from __future__ import annotations

import base64
import binascii
import getpass
import json
import os
import stat
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from resim_inspect.files import expanded, is_missing
from resim_inspect.text import clean
from runner.api.client.errors import TokenError
from runner.errors import CallError
from runner.workspace.urls import TOKEN_VARIABLE

_MAX_BYTES = 1 << 16


class NoTokenError(CallError):
    """No token was given, or one that a request cannot carry."""


def find_token(file: Path | None, environment: Mapping[str, str], now: float) -> str:
    """Find the token; raises NoTokenError without one, TokenError for an expired one.

    It is read from `file`, else `RESIM_TOKEN`, else `resim-inspect/token` in the configuration
    folder, else from a prompt on a terminal. `now` is in seconds since 1970.
    """
    default = _folder(environment) / "resim-inspect" / "token"
    if file is not None:
        token = read_token(file)
    elif environment.get(TOKEN_VARIABLE):
        token = environment[TOKEN_VARIABLE]
    elif not is_missing(default):
        token = read_token(default)
    else:
        token = _prompt()
        if not token:
            raise NoTokenError(
                "no token was given.",
                f"Set {TOKEN_VARIABLE}, or put it into {clean(str(default))}, with chmod 600.",
            )
    token = token.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise NoTokenError("the token is empty, or has blanks or invalid characters.")
    ended = expiry(token)
    if ended is not None and ended <= now:
        moment = datetime.fromtimestamp(ended, UTC)
        raise TokenError(
            f"the token expired on {moment:%Y-%m-%d at %H:%M} UTC.", "Get a new token."
        )
    return token


def read_token(path: Path) -> str:
    """Read the first line of a file that only its owner can read; raises CallError."""
    try:
        # Opening a pipe without a writer must not block.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            # Checked on the open file: its name could be redirected in between.
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise CallError(f"{clean(str(path))} is not a regular file.")
            if os.name == "posix" and stat.S_IMODE(status.st_mode) & 0o077:
                raise CallError(
                    f"{clean(str(path))} has a token, and other users can read it.",
                    f"Run `chmod 600 {clean(str(path))}`.",
                )
            data = file.read(_MAX_BYTES)
    except OSError as error:
        raise CallError(f"{clean(str(path))} cannot be read: {error.strerror}.") from error
    return data.partition(b"\n")[0].decode("utf-8", "replace")


def expiry(token: str) -> float | None:
    """Expiry of a JSON web token in seconds since 1970; None if the token has none."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    ended = values.get("exp") if isinstance(values, dict) else None
    if isinstance(ended, bool) or not isinstance(ended, int | float) or not 0 < ended < 1e11:
        return None
    return float(ended)


def _prompt() -> str:
    """Prompt for the token without an echo; empty without a terminal."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return ""
    try:
        return getpass.getpass("ReSim token: ")
    except EOFError:
        return ""


def _folder(environment: Mapping[str, str]) -> Path:
    config_home = environment.get("XDG_CONFIG_HOME", "")
    if os.path.isabs(config_home):  # noqa: PTH117 - a text that may be empty
        return Path(config_home)
    return (Path(home) if (home := environment.get("HOME")) else expanded("~")) / ".config"
