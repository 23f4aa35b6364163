"""The images and commands that were typed into the run dialog before, in the user's state."""

from __future__ import annotations

from resim_inspect.tui.runs.run_request import BuildChoice, BuildKind
from resim_inspect.tui.user_state import read_list, write_state

STATE = "builds"
"""Name of the state file with the builds that were typed in."""
MAX_REMEMBERED = 12
MAX_TEXT = 4000
"""Characters of an image or command beyond which it is not remembered."""


def read_remembered() -> list[BuildChoice]:
    """Read the images and commands that were run before, the last one first."""
    builds = []
    for entry in read_list(STATE, "builds")[:MAX_REMEMBERED]:
        fields = entry if isinstance(entry, dict) else {}
        kind, text, flags = (fields.get(name, "") for name in ("kind", "text", "flags"))
        if kind not in {BuildKind.IMAGE, BuildKind.COMMAND}:
            continue
        if isinstance(text, str) and text and isinstance(flags, str):
            builds.append(BuildChoice(BuildKind(kind), text, flags))
    return builds


def remember_build(build: BuildChoice) -> None:
    """Put an image or a command on top of the list; builds of a project file need no list."""
    if build.kind is BuildKind.PROJECT or len(build.text) > MAX_TEXT:
        return
    others = (other for other in read_remembered() if other[:2] != build[:2])
    builds = [build, *others][:MAX_REMEMBERED]
    entries = [{"kind": str(b.kind), "text": b.text, "flags": b.flags} for b in builds]
    write_state(STATE, {"builds": entries})
