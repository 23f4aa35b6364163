"""Where the token comes from: the environment, a file that only its owner reads, or a prompt."""

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

from resim_inspect.text import clean
from runner.api.client.errors import TokenError
from runner.errors import CallError

VARIABLE = "RESIM_TOKEN"
_MOST = 1 << 16


class NoTokenError(CallError):
    """There is no token, or none that could be sent."""


def find_token(file: Path | None, environment: Mapping[str, str], now: float) -> str:
    """The token; raises NoTokenError where there is none, TokenError where it has expired.

    `file` comes first, then `RESIM_TOKEN`, then `resim-inspect/token` in the folder of
    configurations, then whoever sits at the terminal. `now` is in seconds since 1970.
    """
    default = _folder(environment) / "resim-inspect" / "token"
    if file is not None:
        token = read_token(file)
    elif environment.get(VARIABLE):
        token = environment[VARIABLE]
    elif default.exists():
        token = read_token(default)
    else:
        token = _asked()
        if not token:
            raise NoTokenError(
                "no token is given.",
                f"Set {VARIABLE}, or put it into {clean(str(default))}, which only you may read.",
            )
    token = token.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise NoTokenError("the token is empty, or has blanks or strange characters in it.")
    ended = expiry(token)
    if ended is not None and ended <= now:
        moment = datetime.fromtimestamp(ended, UTC)
        raise TokenError(f"the token expired on {moment:%Y-%m-%d at %H:%M} UTC.", "Get a new one.")
    return token


def read_token(path: Path) -> str:
    """The first line of a file that nobody else may read; raises CallError."""
    try:
        with path.open("rb") as file:
            # Asked of the open file: a name may point elsewhere a moment later.
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise CallError(f"{clean(str(path))} is no file.")
            if os.name == "posix" and stat.S_IMODE(status.st_mode) & 0o077:
                raise CallError(
                    f"{clean(str(path))} holds a token, and others may read it.",
                    f"chmod 600 {clean(str(path))}",
                )
            data = file.read(_MOST)
    except OSError as error:
        raise CallError(f"{clean(str(path))} cannot be read: {error.strerror}.") from error
    return data.partition(b"\n")[0].decode("utf-8", "replace")


def expiry(token: str) -> float | None:
    """When a JSON web token ends, in seconds since 1970; None for what says nothing of it."""
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


def _asked() -> str:
    """What is typed at the terminal, unseen; empty where nobody sits there."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return ""
    try:
        return getpass.getpass("ReSim token: ")
    except EOFError:
        return ""


def _folder(environment: Mapping[str, str]) -> Path:
    given = environment.get("XDG_CONFIG_HOME", "")
    if os.path.isabs(given):  # noqa: PTH117 - a text that may be empty
        return Path(given)
    return Path(environment.get("HOME") or Path.home()) / ".config"
