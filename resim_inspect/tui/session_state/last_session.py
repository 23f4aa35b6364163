"""The session that was open when the app was left: its paths, and the comparison in view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from resim_inspect.tui.batch_address import BatchAddress
from resim_inspect.tui.open.recent import parse_entry
from resim_inspect.tui.session_state.json_values import flag, members, texts
from resim_inspect.tui.session_state.store import read_object
from resim_inspect.tui.user_state import state_file, write_state

STATE = "last-session"
"""Name of the state file."""
MAX_OPEN = 30
"""Most paths that are opened again."""


@dataclass(frozen=True)
class ComparedPair:
    """A comparison that was in view."""

    base: Path
    other: Path
    is_batch: bool = False
    """True if jobs were compared with jobs."""


@dataclass(frozen=True)
class LastSession:
    """Paths and addresses that were open, the most recently used first."""

    opened: tuple[Path | BatchAddress, ...] = ()
    compared: ComparedPair | None = None


def read_last_session() -> LastSession:
    """Read what was open last, without paths that no longer exist; empty if nothing is known."""
    values = read_object(state_file(STATE))
    opened = _entries(texts(values.get("opened"), MAX_OPEN))
    pair = members(values.get("compared"))
    sides = _entries(texts([pair.get("base"), pair.get("other")], 2))
    compared = None
    if len(sides) == 2:
        base, other = sides
        if isinstance(base, Path) and isinstance(other, Path):
            compared = ComparedPair(base, other, flag(pair.get("is_batch")))
    return LastSession(opened, compared)


def _entries(names: Sequence[str]) -> tuple[Path | BatchAddress, ...]:
    entries = (parse_entry(name) for name in names if name and "\0" not in name)
    return tuple(dict.fromkeys(entry for entry in entries if entry is not None))


def write_last_session(session: LastSession) -> None:
    """Keep what is open; do nothing if the file cannot be written."""
    values: dict[str, object] = {"opened": [str(each) for each in session.opened[:MAX_OPEN]]}
    pair = session.compared
    if pair is not None:
        values["compared"] = {
            "base": str(pair.base),
            "other": str(pair.other),
            "is_batch": pair.is_batch,
        }
    write_state(STATE, values)
