"""`resim-inspect --plain`: a document, a workspace or inputs as lines, for screen readers.

No drawing, no colour, no movement of the cursor: each line is one fact, and a change of the
file is announced by new lines.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from resim_inspect.commands.plain_output.document_view import DocumentView
from resim_inspect.commands.plain_output.session import Session
from resim_inspect.commands.plain_output.typed_lines import TypedLines
from resim_inspect.commands.plain_output.workspace_view import WorkspaceView
from resim_inspect.compared_sides import side_of
from resim_inspect.exit_codes import ExitCode
from resim_inspect.tui.open.detect import PathKind, detect

if TYPE_CHECKING:
    from resim_inspect.commands.plain_output.view import View


def run_plain(path: Path) -> int:
    """Print the facts; on a terminal follow the file and answer commands until the user quits.

    Raises InspectError for a path that cannot be read.
    """
    session = Session(view_of(path), sys.stdout)
    try:
        interactive = sys.stdout.isatty()
        session.say(session.view.everything(short=interactive))
        if interactive:
            typed = TypedLines(sys.stdin.fileno()) if sys.stdin.isatty() else None
            how = "Type help and press Enter for the commands, q to quit."
            stop = "Press Control C to quit."
            session.say(["", f"Changes are announced. {stop if typed is None else how}"])
            session.follow(typed)
    finally:
        session.close()
    return ExitCode.OK


def view_of(path: Path) -> View:
    """Open what a path means: a document, jobs of a workspace, or inputs; raises InspectError."""
    detected = detect(path)
    if detected.kind is PathKind.INPUTS:
        from resim_inspect.commands.plain_output.inputs_view import InputsView

        return InputsView(detected.path, detected.description)
    side = side_of(path)
    if side.is_batch:
        return WorkspaceView(path)
    return DocumentView(side.jobs[0].path)
